import Basics
import Processes
import TestSupport
import Testing

/// The policy's set-up: what it sees, whose result is used by whom, and where its paths lead.
@Suite(.timeLimit(.minutes(60))) struct SetUpTests {
    private static let kinds = ["overlay", "worktree"]

    private func target(_ line: String, policy: String, paths: String = "[src/, lock]") throws -> TestTarget {
        let target = try TestTarget(
            policy: """
                version: 1
                scopes: {code: {allowed_paths: [src/**, lock], executor: command}}
                \(policy)
                """,
            backlog: """
                version: 1
                tasks:
                  - id: run
                    title: Run it
                    scope: code
                    ready: true
                    allowed_paths: \(paths)
                    inputs: {run: \(JSON.string(line).text())}
                """)
        for (name, text) in [("src/a.py", "print('a')\n"), ("lock", "good\n")] {
            try target.repository.write(name, text)
        }
        try target.repository.commitAll("Files")
        try target.repository.git("push", "-q", "origin", "main")
        return target
    }

    private func outcomes(_ result: ProcessOutcome) -> [String] {
        result.json["invariants"]?.elements?.compactMap { $0["outcome"]?.string } ?? []
    }

    /// Results that other attempts may use.
    private func kept(_ target: TestTarget) throws -> [String] {
        let place = target.home + "/workspaces/" + (try FileSystem.list(target.home + "/workspaces").first ?? "")
        guard FileSystem.exists(place + "/setup") else { return [] }
        return try FileSystem.list(place + "/setup").filter { $0 != "trash" }
    }

    /// What a set-up left is no part of the change: it counts towards no limit, and no object of it is stored.
    @Test(arguments: kinds) func whatItLeavesIsNoPartOfTheChange(kind: String) throws {
        let target = try target(
            "echo changed >> made/1; echo x > src/x",
            policy: """
                workspace: {setup: "mkdir made; for n in $(seq 40); do echo set-up $n > made/$n; done"}
                limits: {max_files: 3}
                """)
        let result = try target.leviathan("propose", "run", "--json", "--workspace", kind)
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        let changed = try target.repository.git("diff", "--name-only", "origin/main", "origin/agent/run")
        let objects = try target.repository.git("cat-file", "--batch-check", "--batch-all-objects")
        #expect(changed.contains("src/x") && !changed.contains("made"), "\(changed)")
        try target.repository.write("probe", "set-up 7\n")
        let name = try target.repository.git("hash-object", "probe")
        #expect(!objects.contains(name), "\(objects)")
    }

    /// A real virtual environment holds the path where it was made in its scripts.
    @Test(arguments: kinds) func aVirtualEnvironmentWorksWhereItIsUsed(kind: String) throws {
        let check =
            ".venv/bin/pip --version && .venv/bin/python -c 'import sys; assert sys.prefix == \"/workspace/.venv\"'"
        let target = try target(
            ".venv/bin/pip --version > src/version",
            policy: """
                workspace: {setup: python3 -m venv .venv, lock_files: [lock]}
                sandbox: {scratch: [.venv/**, "**/__pycache__/**"]}
                invariants:
                  - {name: Venv, check: \(JSON.string(check).text())}
                  - {name: Again, check: \(JSON.string(check + " && true").text())}
                """)
        for _ in 0..<2 {
            let result = try target.leviathan(
                "propose", "run", "--json", "--dry-run", "--no-cache", "--workspace", kind)
            #expect(outcomes(result) == ["passed", "passed"], "\(result.output.text)\(result.errors.text)")
            #expect(result.json["patch"]?.string?.contains("+pip ") == true)
        }
        #expect(try kept(target).count == 1)
    }

    @Test(arguments: kinds) func itSeesItsLockFilesAndNothingElseOfTheTree(kind: String) throws {
        let target = try target(
            "cat seen > src/seen",
            policy: """
                workspace: {setup: "find . -type f > seen; git log >> seen 2>&1 || true; cat \(Self.marker) >> seen || true", lock_files: [lock]}
                """)
        let line =
            "find . -type f > seen; git log >> seen 2>/dev/null; cat \(target.repository.path)/src/a.py >> seen; true"
        try target.repository.write(
            ".leviathan/policy.yaml",
            """
            version: 1
            scopes: {code: {allowed_paths: [src/**, lock], executor: command}}
            workspace: {setup: \(JSON.string(line).text()), lock_files: [lock]}
            """)
        try target.repository.commitAll("Policy")
        let result = try target.leviathan(
            "propose", "run", "--json", "--dry-run", "--base", "HEAD", "--workspace", kind)
        let patch = result.json["patch"]?.string ?? ""
        #expect(
            patch.contains("+./lock\n") && patch.contains("+./seen\n"),
            "\(result.output.text)\(result.errors.text)")
        #expect(!patch.contains("a.py") && !patch.contains("print") && !patch.contains("commit "), "\(patch)")
    }

    private static let marker = "/nowhere"

    /// The change writes the lock file that the set-up runs by: its invariants see that, and nobody after it.
    @Test(arguments: kinds, ["lock_files: [lock]", "slots: 4"])
    func aTaskLeavesNoResultThatJudgesTheNext(kind: String, more: String) throws {
        let target = try target(
            "echo evil > lock",
            policy: """
                workspace: {setup: cp lock made, \(more)}
                sandbox: {scratch: [made]}
                invariants: [{name: Made, check: cmp made lock}, {name: Good, check: grep -q good made, severity: warn}]
                """)
        let words = ["--json", "--dry-run", "--no-cache", "--workspace", kind]
        let evil = try target.leviathan("propose", "run", arguments: words)
        #expect(outcomes(evil) == ["passed", "failed"], "\(evil.output.text)\(evil.errors.text)")
        let results = try kept(target)
        try target.repository.write(".leviathan/backlog.yaml", try Self.backlog("echo more > src/b.py"))
        try target.repository.commitAll("Backlog")
        let good = try target.leviathan("propose", "run", "--base", "HEAD", arguments: words)
        #expect(outcomes(good) == ["passed", "passed"], "\(good.output.text)\(good.errors.text)")
        // with lock files both attempts share the base's result; else there is one for each base
        #expect(results.count == 1)
        #expect(try kept(target).count == (more.hasPrefix("lock") ? 1 : 2))
        #expect(try FileSystem.list(target.home + "/fenced").isEmpty)
    }

    private static func backlog(_ line: String) throws -> String {
        """
        version: 1
        tasks:
          - id: run
            title: Run it
            scope: code
            ready: true
            allowed_paths: [src/]
            inputs: {run: \(JSON.string(line).text())}
        """
    }

    /// The network of the set-up is not that of the task; both have only their own loopback without it.
    @Test func itsNetworkIsItsOwn() throws {
        let look = "grep -c : /proc/net/dev"
        func found(_ policy: String) throws -> [String] {
            let target = try target(
                "\(look) > src/task; cp made src/setup",
                policy: "workspace: {setup: '\(look) > made', \(policy)}")
            let result = try target.leviathan("propose", "run", "--json", "--dry-run")
            let patch = result.json["patch"]?.string ?? ""
            let plan = try target.leviathan("plan", "run", "--json").json
            return [
                patch.split(separator: "\n").filter { $0.hasPrefix("+") && !$0.hasPrefix("++") }.joined(),
                plan["setup"]?["network"]?.bool.map { "\($0)" } ?? "",
                plan["sandbox"]?["network"]?.bool.map { "\($0)" } ?? "",
            ]
        }
        let closed = try found("network: deny")
        #expect(closed[1...] == ["false", "false"])
        #expect(try found("network: allow")[1...] == ["true", "false"])
    }

    @Test(arguments: kinds) func scratchIsWritableAndNeverPartOfTheChange(kind: String) throws {
        let target = try target(
            "mkdir -p cache/deep src/__pycache__ && echo x > cache/deep/x && echo y > src/__pycache__/y "
                + "&& echo z > top.tmp && mkdir lib/__pycache__ && echo w > lib/__pycache__/w && echo new > src/new.py",
            policy: #"sandbox: {scratch: [cache/**, "**/__pycache__/**", "*.tmp"]}"#)
        try target.repository.write("lib/a.py", "print('lib')\n")
        try target.repository.commitAll("Library")
        let result = try target.leviathan(
            "propose", "run", "--json", "--dry-run", "--base", "HEAD", "--workspace", kind)
        #expect(result.json["outcome"] == "prepared", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["changes"]?.elements?.map { $0["path"]?.string } == ["src/new.py"])
    }

    @Test func theScopeAddsToTheSandbox() throws {
        let target = try TestTarget(
            policy: """
                version: 1
                sandbox: {env: [ONE], memory: 1GB}
                workspace: {kind: worktree}
                scopes:
                  code: {allowed_paths: [src/**], executor: command, sandbox: {env: [TWO], network: allow, memory: 2GB}}
                  docs: {allowed_paths: [docs/**], executor: docs}
                invariants: [{name: Tests, check: 'true', baseline: excuse}]
                """,
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: code, ready: true, allowed_paths: [src/], inputs: {run: 'mkdir -p src; echo $ONE$TWO > src/x'}}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/b.md]}
                """)
        let code = try target.leviathan("plan", "a")
        #expect(
            code.output.text.contains("worktree: workspace.kind in the policy names it"), "\(code.output.text)")
        for line in ["network allowed", "env ONE, TWO", "memory 2 GB"] { #expect(code.output.text.contains(line)) }
        #expect(code.output.text.contains("Tests: runs always, excused where nothing new fails"))
        let docs = try target.leviathan("plan", "b", "--json").json
        #expect(docs["sandbox"]?["env"] == ["ONE"] && docs["sandbox"]?["network"] == false)
        let result = try target.leviathan("propose", "a", "--json", "--dry-run", extra: ["ONE": "1", "TWO": "2"])
        #expect(
            result.json["patch"]?.string?.contains("+12\n") == true, "\(result.output.text)\(result.errors.text)")
        #expect(try target.leviathan("plan", "a", "--json").json["workspace"] == "worktree")
    }
}
