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
            "../lib/sysusers.d/leviathan.conf", "../../lib/systemd/system/leviathan-run.timer",
        ] {
            #expect(FileSystem.exists(directory.path + "/unpacked/usr/share/" + path), "\(path)")
        }
        let sums = try run("cd dist && sha256sum --check --quiet SHA256SUMS && ls", in: directory)
        #expect(sums.succeeded && sums.output.text.split(separator: "\n").count == 5, "\(sums.output.text)")
        let parts = try run("cat dist/*.cdx.json", in: directory).json
        #expect(parts["bomFormat"] == "CycloneDX" && (parts["components"]?.elements?.count ?? 0) > 5)
        #expect(try run("tar -tzf dist/*.tar.gz", in: directory).output.text.contains("/bin/leviathan\n"))
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/dpkg-deb")))
    func theSameProgramGivesTheSameBytesWhereverItIsPacked() throws {
        let directory = try TemporaryDirectory()
        let made = try run(
            """
            printf '#!/bin/sh\nexec "%s" "$@"\n' "$PROGRAM" >leviathan; chmod 755 leviathan
            TZ=UTC LC_ALL=C "$ROOT/scripts/dist" && mv dist one && sleep 1
            umask 077; mkdir other; TMPDIR=$HERE/other TZ=Pacific/Chatham "$ROOT/scripts/dist" && diff -r one dist
            """, in: directory)
        #expect(made.succeeded, "\(made.output.text) \(made.errors.text)")
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/lintian")))
    func lintianHasNothingToSay() throws {
        let directory = try TemporaryDirectory()
        // The debug build finds Swift's libraries by a path of the toolchain, a release has them inside.
        let found = try run(
            "strip -o leviathan \"$PROGRAM\" && \"$ROOT/scripts/dist\" >packed 2>&1 && "
                + "lintian --fail-on error,warning --suppress-tags custom-library-search-path dist/*.deb 2>&1",
            in: directory)
        #expect(found.succeeded, "\(found.output.text)")
    }

    @Test func theChangelogKeepsItsForm() throws {
        let directory = try TemporaryDirectory()
        let held = try run("\"$ROOT/scripts/check-changelog\"", in: directory)
        #expect(held.succeeded, "\(held.errors.text)")
        let good = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-02-03\n\n### Added\n\n- A.\n"
        let bad = [
            (good, ""), (good.replacing("2026-02-03", with: "3.2.2026"), "line 5"),
            (good.replacing("Added", with: "New"), "line 7: '### New'"),
            (good.replacing("- A.", with: ""), "line 7"),
            (good + "\n## [1.10.0] - 2026-01-01\n\n### Fixed\n\n- B.\n", "line 11: 1.10.0"),
            (good.replacing("## [Unreleased]\n\n", with: ""), "[Unreleased]"),
        ]
        for (text, message) in bad {
            try FileSystem.write(Array(text.utf8), to: directory.path + "/changelog.md")
            let held = try run("\"$ROOT/scripts/check-changelog\" changelog.md", in: directory)
            let said = held.errors.text
            #expect(held.succeeded == message.isEmpty && (message.isEmpty || said.contains(message)), "\(said)")
        }
    }

    /// A ratio that became worse fails, in either direction; what has a unit, or got better, does not.
    @Test func aBenchmarkIsHeldAgainstTheLastRecordedOne() throws {
        let directory = try TemporaryDirectory()
        func rows(_ less: String, _ more: String, _ time: String) -> String {
            "| what | measured | promised | holds |\n| --- | --- | --- | --- |\n"
                + "| a / b | \(less) (2 ms, 1 ms) | at most 3 | yes |\n| c / d | \(more) | at least 10 | yes |\n"
                + "| e | \(time) ms | under 50 ms | yes |\n"
        }
        func history(_ word: String, _ table: String) throws -> ProcessOutcome {
            try FileSystem.write(Array(table.utf8), to: directory.path + "/bench.md")
            let line = "LEVIATHAN_HISTORY=$HERE/history \"$ROOT/scripts/bench-history\" \(word) bench.md"
            return try run(line, in: directory)
        }
        #expect(try history("compare", rows("2.0", "20", "10")).output.text.hasPrefix("0 ratios compared"))
        #expect(try history("record", rows("2.0", "20", "10")).succeeded)
        #expect(try history("compare", rows("2.2", "18", "49")).succeeded)
        let slower = try history("compare", rows("2.4", "20", "10"))
        #expect(slower.ending == .exited(1) && slower.errors.text.contains("a / b: 2.4, and 2 on "))
        let less = try history("compare", rows("2.0", "16", "10"))
        #expect(less.ending == .exited(1) && less.errors.text.contains("c / d: 16, and 20 on "))
        // The last recorded run counts.
        #expect(try history("record", rows("2.4", "16", "10")).succeeded)
        #expect(try history("compare", rows("2.4", "16", "10")).succeeded)
    }
}
