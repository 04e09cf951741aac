import Basics
import CommandLine
import Glibc
import Journal
import Processes
import TestSupport
import Testing

/// The page of findings: what is looked at, what mends it, and what `--fix` does.
@Suite struct DoctorTests {
    private func findings(_ target: TestTarget, _ words: String..., extra: [String: String] = [:]) throws -> [JSON]
    {
        try target.leviathan(arguments: ["doctor", "--json"] + words, extra: extra).json.elements ?? []
    }

    private func named(_ name: String, in findings: [JSON]) -> [JSON] {
        findings.filter { $0["name"] == .string(name) }
    }

    @Test func everyPartIsLookedAt() throws {
        let target = try TestTarget()
        let found = try findings(target)
        let names = Set(found.compactMap { $0["name"]?.string })
        #expect(
            names.isSuperset(of: [
                "version", "git", "home", "disk", "fence", "journal", "clock", "checkout", "workspaces", "remote",
                "branch", "contract", "forge",
            ]), "\(names)")
        #expect(found.allSatisfy { $0["fix"] != nil && $0["hint"] != nil })
        #expect(
            named("version", in: found).first?["text"]?.string?.contains(#/libgit2 \d+\.\d+.*SQLite \d/#) == true)
    }

    @Test func noWordStandsTwice() throws {
        let target = try TestTarget()
        for finding in try findings(target) {
            let (name, text) = (finding["name"]?.string ?? "", finding["text"]?.string ?? "")
            #expect(
                !text.lowercased().hasPrefix(name + ":") && !text.lowercased().hasPrefix(name + " "),
                "\(name) \(text)")
        }
    }

    @Test func thePermissionsOfTheHomeAreMended() throws {
        let target = try TestTarget()
        #expect(chmod(target.home, 0o775) == 0 && chmod(target.home + "/config.yaml", 0o666) == 0)
        let page = try target.leviathan("doctor")
        #expect(page.ending == .exited(3), "\(page.output.text)")
        #expect(
            page.output.text.contains("problem  home         others can write to Leviathan's home")
                && page.output.text.contains("mend: chmod 700 '\(target.home)' (--fix does it)"),
            "\(page.output.text)")
        #expect(page.errors.text.contains("'leviathan doctor --fix' mends 2 of them"), "\(page.errors.text)")
        let fixed = try findings(target, "--fix")
        #expect(named("home", in: fixed).map { $0["fix"] } == ["done", "done"], "\(named("home", in: fixed))")
        #expect(try FileSystem.status(target.home)?.permissions == 0o700)
        #expect(try FileSystem.status(target.home + "/config.yaml")?.permissions == 0o644)
        #expect(try target.leviathan("doctor").succeeded)
    }

    /// A home that others live in as well is never closed to them.
    @Test func aPlaceOfManyIsNotClosed() throws {
        let target = try TestTarget(hasHome: false)
        try FileSystem.createDirectory(target.home)
        #expect(chmod(target.home, 0o1777) == 0)
        let found = named("home", in: try findings(target, "--fix"))
        #expect(found.first?["state"] == "problem" && found.first?["fix"] == .null, "\(found)")
        #expect(try FileSystem.status(target.home)?.permissions == 0o1777)
        let personal = target.repository.environment["HOME"] ?? ""
        #expect(chmod(personal, 0o755) == 0)
        _ = try target.leviathan("doctor", "--fix", extra: ["LEVIATHAN_HOME": personal])
        #expect(try FileSystem.status(personal)?.permissions == 0o755)
    }

    @Test func aStaleLockAndAnOrphanAreOfferedAndMended() throws {
        let target = try TestTarget()
        let lock = target.repository.path + "/.git/index.lock"
        try FileSystem.write([], to: lock)
        var old = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
        #expect(utimes(lock, &old) == 0)
        let (orphan, hold) = try OwnedDirectory.make(in: target.home + "/fenced")
        hold.release()
        let before = try findings(target)
        #expect(named("lock", in: before).first?["fix"] == "offered" && FileSystem.exists(lock))
        #expect(before.contains { $0["fix"] == "offered" && $0["name"] == "fence" } && FileSystem.exists(orphan))
        let after = try findings(target, "--fix")
        #expect(after.filter { $0["fix"] == "done" }.count == 2, "\(after)")
        #expect(!FileSystem.exists(lock) && !FileSystem.exists(orphan))
        #expect(try findings(target).allSatisfy { $0["fix"] == .null })
    }

    @Test func aClockThatWasPutBackIsAProblem() throws {
        let target = try TestTarget()
        try Journal(at: target.home + "/journal.db").append([
            EventDraft(
                id: "later", type: .runResumed, timestamp: "2199-01-01T00:00:00.000000Z", actor: nil, payload: [:])
        ])
        let clock = named("clock", in: try findings(target)).first
        #expect(
            clock?["state"] == "problem" && clock?["text"]?.string?.contains("2199-01-01") == true,
            "\(clock ?? .null)")
    }

    @Test func outsideOfACheckoutNothingOfATargetIsCalledFine() throws {
        let target = try TestTarget()
        let outside = target.repository.directory.path + "/outside"
        try FileSystem.createDirectory(outside)
        let page = try target.leviathan("doctor", "--json", in: outside)
        let names = page.json.elements?.compactMap { $0["name"]?.string } ?? []
        for name in ["remote", "branch", "contract", "forge", "workspaces"] { #expect(!names.contains(name)) }
        #expect(named("checkout", in: page.json.elements ?? []).first?["state"] == "warning")
        #expect(page.succeeded)
        #expect(try target.leviathan("doctor", "--strict", in: outside).ending == .exited(3))
        #expect(try target.leviathan("doctor", "--minimum", "bubblewrap", in: outside).succeeded)
        #expect(try target.leviathan("doctor", "--minimum", "nothing", in: outside).ending == .exited(2))
    }

    @Test func completionsAreFoundWhereTheShellLooks() throws {
        let target = try TestTarget()
        let home = target.repository.environment["HOME"] ?? ""
        func found(_ shell: String) throws -> JSON? {
            named("completions", in: try findings(target, extra: ["SHELL": shell])).first
        }
        #expect(try found("/bin/sh") == nil)
        for shell in ["bash", "zsh", "fish"] {
            let missing = try found("/bin/" + shell)
            guard missing?["state"] == "warning" else { continue }
            #expect(missing?["hint"]?.string?.hasPrefix("mkdir -p \(home)/") == true)
            let mend = [
                "sh", "-c", "leviathan() { \"$PROGRAM\" \"$@\"; }; " + (missing?["hint"]?.string ?? "false"),
            ]
            _ = try BackgroundProgram.run(["env", "PROGRAM=\(TestTarget.program)"] + mend)
            #expect(try found("/bin/" + shell)?["state"] == "ok")
        }
        try FileSystem.write(Array("source <(leviathan completions bash)\n".utf8), to: home + "/.bashrc")
        #expect(try found("/bin/bash")?["state"] == "ok")
        try FileSystem.createDirectory(home + "/.config/fish/completions")
        try FileSystem.write([], to: home + "/.config/fish/completions/leviathan.fish")
        #expect(try found("/usr/bin/fish")?["state"] == "ok")
    }

    @Test func theSizeOfSetUpsCounts() throws {
        let target = try TestTarget(
            policy: """
                version: 1
                scopes: {code: {allowed_paths: [src/**], executor: command}}
                workspace: {setup: "mkdir -p built && head -c 3000000 /dev/urandom > built/large"}
                """,
            backlog: """
                tasks:
                  - {id: task-001, title: Run, scope: code, ready: true, allowed_paths: [src/], inputs: {run: "mkdir -p src && echo x > src/a"}}
                """)
        #expect(try target.leviathan("propose", "task-001", "--dry-run").succeeded)
        let text = named("workspaces", in: try findings(target)).compactMap { $0["text"]?.string }
        #expect(text.contains { $0.contains(#/1 result of set-ups, [3-9]\.?\d* MB/#) }, "\(text)")
    }

    @Test(arguments: [20, 60, 80])
    func thePageFits(width: Int) throws {
        let target = try TestTarget()
        let page = try target.leviathan("doctor", extra: ["COLUMNS": "\(width)"]).output.text
        for line in page.split(separator: "\n") where DisplayWidth.of(line) > width {
            #expect(!line.drop { $0 == " " }.contains(" ") || width < 60, "\(line)")
        }
    }

    @Test func whatATreeTakesIsCountedOnce() throws {
        let place = try TemporaryDirectory()
        try place.write("tree/one", String(repeating: "x", count: 1_000_000))
        let before = try FileSystem.diskUsage(place.path + "/tree")
        #expect((1_000_000..<1_300_000).contains(before))
        #expect(link(place.path + "/tree/one", place.path + "/tree/two") == 0)
        #expect(symlink("/", place.path + "/tree/root") == 0)
        #expect(try FileSystem.diskUsage(place.path + "/tree") - before < 10_000)
        #expect(try FileSystem.freeBytes(at: place.path) > 0)
    }
}
