import Basics
import Processes
import TestSupport
import Testing

/// The script that installs a release without root: `install.sh`.
@Suite(.enabled(if: FileSystem.exists("/usr/bin/minisign") && FileSystem.exists("/usr/bin/dpkg-deb")))
struct InstallerTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private let directory: TemporaryDirectory

    /// A release of a program that is as small as a call of the one that was built, signed with a key of its own.
    init() throws {
        directory = try TemporaryDirectory()
        let made = try run(
            """
            printf '#!/bin/sh\\nexec "%s" "$@"\\n' "$PROGRAM" >program; chmod 755 program
            for key in key other; do minisign -G -W -p $key.pub -s $key </dev/null >/dev/null; done
            MINISIGN_KEY=$HERE/key "$ROOT/scripts/dist"
            mkdir bin; for each in /usr/bin/* /bin/*; do ln -s "$each" bin/ 2>/dev/null || true; done; rm bin/minisign
            """)
        #expect(made.succeeded, "\(made.errors.text)")
    }

    private func run(_ line: String) throws -> ProcessOutcome {
        let environment = TestRepository.environment(home: directory.path).merging([
            "PROGRAM": TestTarget.program, "LEVIATHAN_BINARY": directory.path + "/program", "ROOT": Self.root,
            "LEVIATHAN_DIST": directory.path + "/dist", "SOURCE_DATE_EPOCH": "1700000000",
            "HERE": directory.path, "DPKG_DEB_COMPRESSOR_LEVEL": "0", "TMPDIR": directory.path,
        ]) { $1 }
        var program = Subprocess.shell("set -e; cd \"$HERE\"; " + line, environment: environment)
        program.workingDirectory = directory.path
        return try program.run()
    }

    private func exists(_ path: String) -> Bool { FileSystem.exists(directory.path + "/" + path) }

    /// With minisign, and with OpenSSL alone.
    @Test(arguments: ["", "PATH=$HERE/bin "])
    func itInstallsWhatIsSignedAndRemovesItAgain(path: String) throws {
        let installed = try run(path + "dist/install.sh --prefix prefix && prefix/bin/leviathan version")
        #expect(installed.succeeded && installed.output.text.contains("\nleviathan "), "\(installed.errors.text)")
        for file in ["man/man1/leviathan.1.gz", "zsh/site-functions/_leviathan", "leviathan/installed"] {
            #expect(exists("prefix/share/" + file), "\(file)")
        }
        // Again, over what is there: what the older version alone had goes away, what is somebody else's stays.
        let again = try run(
            path + "touch prefix/bin/old prefix/bin/mine; echo bin/old >>prefix/share/leviathan/installed; "
                + "dist/install.sh --prefix prefix")
        #expect(again.succeeded && !exists("prefix/bin/old") && exists("prefix/bin/mine"))
        #expect(try run("dist/install.sh --uninstall --prefix prefix").succeeded)
        #expect(!exists("prefix/bin/leviathan") && exists("prefix/bin/mine") && !exists("prefix/share/leviathan"))
    }

    @Test(arguments: ["", "PATH=$HERE/bin "])
    func nothingThatWasChangedIsInstalled(path: String) throws {
        let deeds = [
            ("echo >>dist/SHA256SUMS", "the signature of SHA256SUMS is not that of the key"),
            ("for file in dist/leviathan-*.tar.gz; do echo >>\"$file\"; done", "is damaged"),
            ("rm dist/SHA256SUMS.minisig", "the release is not signed"),
            ("rm dist/SHA256SUMS", "there is no SHA256SUMS"),
            ("minisign -S -s other -m dist/SHA256SUMS </dev/null >/dev/null", "is not that of the key"),
        ]
        for (deed, message) in deeds {
            let outcome = try run(
                "cp -r dist kept; \(deed); status=0; \(path)dist/install.sh --prefix prefix || status=$?; "
                    + "rm -r dist; mv kept dist; exit $status")
            let said = outcome.errors.text
            #expect(outcome.ending == .exited(1) && said.contains(message), "\(said)")
            #expect(!exists("prefix"), "\(deed)")
        }
        let other = try run(path + "dist/install.sh --prefix prefix --key \"$(tail -n 1 other.pub)\"")
        #expect(other.ending == .exited(1) && !exists("prefix"))
    }

    @Test func aReleaseWithoutASignatureNeedsAWordForIt() throws {
        let outcome = try run("rm dist/*.minisig; dist/install.sh --unsigned --prefix prefix")
        #expect(outcome.succeeded && outcome.errors.text.contains("warning: the release is not signed"))
        #expect(exists("prefix/bin/leviathan"))
    }
}
