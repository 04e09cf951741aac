import Basics
import Processes
import TestSupport
import Testing

/// What a release consists of: `scripts/dist`.
@Suite struct PackageTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private func run(_ line: String, in directory: TemporaryDirectory) throws -> ProcessOutcome {
        let environment = TestRepository.environment(home: directory.path).merging([
            "PROGRAM": TestTarget.program, "LEVIATHAN_BINARY": directory.path + "/leviathan",
            "LEVIATHAN_DIST": directory.path + "/dist", "ROOT": Self.root,
            "SOURCE_DATE_EPOCH": "1700000000", "HERE": directory.path,
            "DPKG_DEB_COMPRESSOR_LEVEL": "0", "TMPDIR": directory.path,
        ]) { $1 }
        var program = Subprocess.shell("set -e; cd \"$HERE\"; " + line, environment: environment)
        program.workingDirectory = directory.path
        return try program.run()
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/dpkg-deb")))
    func theDebianPackageHoldsTheProgramAndItsPages() throws {
        let directory = try TemporaryDirectory()
        let made = try run(
            "strip -o leviathan \"$PROGRAM\" && \"$ROOT/scripts/dist\" && dpkg-deb -x dist/*.deb unpacked",
            in: directory)
        #expect(made.succeeded, "\(made.errors.text)")
        let version = try run("unpacked/usr/bin/leviathan version", in: directory).output.text
        let fields = try run("dpkg-deb --field dist/*.deb Version Depends", in: directory).output.text
        #expect(version == "leviathan \(fields.split(separator: "\n")[0].dropFirst("Version: ".count))\n")
        #expect(fields.contains("git (>= "))
        for path in [
            "man/man1/leviathan.1.gz", "man/man1/leviathan-propose.1.gz",
            "bash-completion/completions/leviathan", "zsh/vendor-completions/_leviathan",
            "fish/vendor_completions.d/leviathan.fish", "doc/leviathan/copyright",
        ] {
            #expect(FileSystem.exists(directory.path + "/unpacked/usr/share/" + path), "\(path)")
        }
        let sums = try run("cd dist && sha256sum --check --quiet SHA256SUMS && ls", in: directory)
        #expect(sums.succeeded && sums.output.text.split(separator: "\n").count == 4, "\(sums.output.text)")
        let parts = try run("cat dist/*.cdx.json", in: directory).json
        #expect(parts["bomFormat"] == "CycloneDX" && (parts["components"]?.elements?.count ?? 0) > 5)
        #expect(try run("tar -tzf dist/*.tar.gz", in: directory).output.text.contains("/bin/leviathan\n"))
    }
}
