import Basics
import Processes
import TestSupport
import Testing

/// The checkouts that are kept warm, what a workspace gets besides the files, and checks that are not run twice.
@Suite(.timeLimit(.minutes(60))) struct WorkspaceTests {
    /// A target whose task writes a file, with these lines at the end of its policy.
    private static func target(_ line: String = "echo new > src/new.py", policy: String) throws -> TestTarget {
        try CommandTests.target(line, policy: CommandTests.policy + "\n" + policy + "\n")
    }

    private func outcomes(_ result: ProcessOutcome) -> [String] {
        result.json["invariants"]?.elements?.map {
            ($0["outcome"]?.string ?? "") + ($0["cached"] == true ? " (cached)" : "")
        } ?? []
    }

    @Test func aCheckThatPassedIsNotRunAgain() throws {
        let target = try Self.target(
            policy: """
                invariants:
                  - {name: Good, check: 'grep -q new src/new.py'}
                  - {name: Warns, check: 'false', severity: warn, baseline: false}
                  - {name: Open, check: 'true', network: allow}
                """)
        let words = ["propose", "run", "--dry-run", "--json"]
        #expect(outcomes(try target.leviathan(arguments: words)) == ["passed", "failed", "passed"])
        #expect(outcomes(try target.leviathan(arguments: words)) == ["passed (cached)", "failed", "passed"])
        #expect(
            outcomes(try target.leviathan(arguments: words + ["--no-cache"])) == ["passed", "failed", "passed"])
        // Another environment is another question.
        let other = try target.leviathan(arguments: words, extra: ["LANG": "de_DE.UTF-8"])
        #expect(outcomes(other) == ["passed", "failed", "passed"])
        // A record that was damaged is no answer.
        for name in try FileSystem.list(target.home + "/checks") {
            try FileSystem.write(Array("{}".utf8), to: target.home + "/checks/" + name)
        }
        #expect(outcomes(try target.leviathan(arguments: words)).first == "passed")
    }

    @Test(arguments: CommandTests.kinds) func seedsAreThereAndBelongToNoChange(kind: String) throws {
        let target = try Self.target(
            """
            test "$(cat deps/lib.txt)" = library; test "$(cat .env.test)" = settings; test -f made/by-setup
            echo more >> .env.test || true; ! echo x > deps/lib.txt; cat made/by-setup > src/new.py
            """,
            policy: """
                workspace:
                  link: [deps, missing]
                  copy: [.env.test]
                  setup: "mkdir made; echo ready > made/by-setup; echo run >> count.txt"
                  lock_files: [src/a.py]
                invariants: [{name: Seeded, check: 'test -f deps/lib.txt && test -f .env.test && test -f made/by-setup'}]
                """)
        try target.repository.write("deps/lib.txt", "library\n")
        try target.repository.write(".env.test", "settings\n")
        let result = try target.leviathan("propose", "run", "--json", "--workspace", kind)
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        let changes = result.json["changes"]?.elements?.compactMap { $0["path"]?.string }
        #expect(changes == ["src/new.py"])
        #expect(result.json["notes"]?.elements?.contains { $0.string?.contains("missing") == true } == true)
        #expect(
            try String(
                decoding: FileSystem.read(target.repository.path + "/deps/lib.txt", limit: 99), as: UTF8.self)
                == "library\n")
    }

    /// A target with a submodule that the policy wants filled.
    private static func targetWithSubmodule(_ line: String) throws -> TestTarget {
        let target = try CommandTests.target(
            line, paths: "[src/, lib/]",
            policy: CommandTests.policy.replacing("[src/**, docs/**]", with: "[src/**, docs/**, lib/**]")
                + "\nworkspace: {submodules: true}\n"
                + "invariants: [{name: Builds, check: 'test -f lib/lib.c && test -f src/a.py', baseline: false}]\n"
        )
        let library = try TestRepository()
        try library.write("lib.c", "int one;\n")
        try library.write(".gitignore", "*.o\n")
        try library.commitAll("Library")
        try target.repository.git(
            "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.path, "lib")
        try target.repository.commitAll("Submodule")
        try target.repository.git("push", "-q", "origin", "main")
        return target
    }

    @Test(arguments: CommandTests.kinds) func submodulesAreFilledWhereTheyAreAskedFor(kind: String) throws {
        let target = try Self.targetWithSubmodule("cat lib/lib.c > src/new.c; echo object > lib/lib.o")
        let words = ["propose", "run", "--json", "--workspace", kind]
        let result = try target.leviathan(arguments: words)
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["changes"]?.elements?.compactMap { $0["path"]?.string } == ["src/new.c"])
        #expect(try target.repository.git("fsck", "--no-dangling") == "")
        let link = try target.repository.git("--git-dir", target.remote, "ls-tree", "agent/run", "lib")
        #expect(link.hasPrefix("160000 commit"))
    }

    @Test(arguments: CommandTests.kinds) func aSubmoduleIsNobodysToChange(kind: String) throws {
        let target = try Self.targetWithSubmodule("echo 'int two;' > lib/lib.c; echo x > src/new.py")
        let result = try target.leviathan("propose", "run", "--json", "--workspace", kind)
        #expect(result.ending == .exited(4), "\(result.output.text)\(result.errors.text)")
        let violations = result.json["violations"]?.elements ?? []
        #expect(violations.map { $0["rule"]?.string } == ["submodule"])
        #expect(violations.first?["path"] == "lib/lib.c")
    }

    @Test func aSubmoduleThatIsNotHereIsNamed() throws {
        let target = try Self.targetWithSubmodule("test -d lib; ! test -e lib/lib.c; echo x > src/new.py")
        try FileSystem.removeTree(target.repository.path + "/.git/modules")
        let result = try target.leviathan("propose", "run", "--json", "--dry-run")
        let notes = result.json["notes"]?.elements?.compactMap(\.string) ?? []
        #expect(notes.contains { $0.contains("the submodule 'lib' is empty") }, "\(notes)\(result.errors.text)")
    }

    @Test func aSparseWorktreeHasOnlyWhatTheTaskMayTouch() throws {
        let target = try CommandTests.target(
            "test -f src/a.py; test -f README.md; ! test -e docs; echo new > src/new.py", paths: "[src/]",
            policy: CommandTests.policy + "\nworkspace: {sparse: true, slots: 1}\n")
        let result = try target.leviathan("propose", "run", "--json", "--workspace", "worktree")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["changes"]?.elements?.compactMap { $0["path"]?.string } == ["src/new.py"])
        let tree = try target.repository.git(
            "--git-dir", target.remote, "ls-tree", "-r", "--name-only", "agent/run")
        #expect(tree.contains("docs/old.md"))
    }

    @Test func aSetUpThatFailsSaysWhy() throws {
        let target = try Self.target(policy: "workspace: {setup: 'echo no registry >&2; exit 4'}")
        let result = try target.leviathan("propose", "run")
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains("set-up") && result.errors.text.contains("no registry"))
        #expect(try FileSystem.list(target.home + "/fenced") == [])
    }

    @Test func slotsAreListedSharedAndRemoved() throws {
        let target = try Self.target(policy: "")
        let none = try target.leviathan("workspaces")
        #expect(none.succeeded && none.errors.text.contains("no checkout is kept"))
        for _ in 0..<2 { #expect(try target.leviathan("propose", "run", "--dry-run").succeeded) }
        let slots = try target.leviathan("workspaces", "--json").json.elements ?? []
        #expect(slots.count == 1 && slots[0]["leases"] == .array([]), "\(slots)")
        let doctor = try target.leviathan("doctor").output.text
        #expect(doctor.contains("1 kept"))
        #expect(try target.leviathan("workspaces", "--remove-all", "--json").json == .array([]))
        #expect(try target.repository.git("worktree", "list").split(separator: "\n").count == 1)
        #expect(try target.leviathan("workspaces", "--remove", "7").ending != .exited(0))
    }

    @Test func aDamagedSlotIsMadeAnew() throws {
        let target = try Self.target(policy: "")
        #expect(try target.leviathan("propose", "run", "--dry-run").succeeded)
        let slot = try #require(try target.leviathan("workspaces", "--json").json.elements?.first?["path"]?.string)
        try FileSystem.removeTree(slot)
        let result = try target.leviathan("propose", "run", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
    }

    @Test func aHomeThatCannotBeWrittenIsAnError() throws {
        let target = try Self.target(policy: "")
        let file = target.repository.directory.path + "/file"
        try FileSystem.write([], to: file)
        let result = try target.leviathan("propose", "run", "--dry-run", extra: ["LEVIATHAN_HOME": file + "/home"])
        #expect(result.ending == .exited(6), "\(result.errors.text)")
        #expect(result.errors.text.contains("\nerror: cannot"))
    }

    /// Many at once: none fails, none sees another's files.
    @Test func manyAttemptsShareOneCheckout() throws {
        let target = try Self.target(
            "n=$(ls src | wc -l); echo $n > src/seen; echo $LEVIATHAN_ATTEMPT_ID > src/who", policy: "")
        let runs = Workers.map(12, atOnce: 12) { _ -> String in
            guard let result = try? target.leviathan("propose", "run", "--dry-run", "--json") else { return "?" }
            let patch = result.json["patch"]?.string ?? ""
            return (result.json["outcome"]?.string ?? "?") + (patch.contains("+3\n") ? "" : " " + patch)
        }
        #expect(runs == Array(repeating: "prepared", count: 12))
        let slots = try target.leviathan("workspaces", "--json").json.elements ?? []
        #expect(!slots.isEmpty && slots.allSatisfy { $0["leases"] == .array([]) })
    }

    @Test(arguments: [
        ("ln -s /etc/passwd src/link", "src/link"), ("ln -s ../../outside src/link", "src/link"),
        ("mkfifo src/pipe", "src/pipe"), ("git init -q src/inner && touch src/inner/file", "src/inner"),
        ("mkdir src/GIT~1; touch src/GIT~1/x", "src/GIT~1"), ("truncate -s 1G src/huge", "src/huge"),
        ("touch \"$(printf 'src/a\\nb')\"", "src/a"), ("touch \"$(printf 'src/\\377')\"", "src/"),
    ]) func whatCannotBeCommittedIsRefusedWithItsPath(deed: String, path: String) throws {
        let target = try Self.target(deed, policy: "")
        for kind in CommandTests.kinds {
            let result = try target.leviathan("propose", "run", "--dry-run", "--json", "--workspace", kind)
            #expect(result.ending == .exited(4), "\(kind) \(result.output.text)\(result.errors.text)")
            let messages = result.json["violations"]?.elements?.compactMap { $0["message"]?.string } ?? []
            #expect(messages.contains { $0.contains(path) }, "\(messages)")
        }
    }
}
