import Basics
import TestSupport
import Testing

/// What a person sees, command by command; a change of it shows in `Tests/Screens`.
@Suite struct ScreenTests {
    /// One task from the backlog to its pull request, and everything that can be asked about it.
    @Test(arguments: ["", " --json"])
    func theWholeWay(form: String) throws {
        let target = try TestTarget()
        var screen = Screen("whole-way" + (form.isEmpty ? "" : "-json"))
        for line in [
            "lint", "tasks", "show task-001", "plan task-001", "next", "propose task-001 --dry-run",
            "propose task-001", "propose task-001", "tasks", "next", "show task-001", "sync", "attempts",
            "events --limit 3", "failures", "graph", "graph summary", "stats", "artifacts",
            "verify origin/agent/task-001", "journal verify", "workspaces", "target list", "target show",
            "executors",
        ] {
            try screen.run(line + form, target)
        }
        // As JSON it names the libraries of this machine: VersionTests.
        if form.isEmpty { try screen.run("version", target) }
        try screen.expect()
    }

    /// What the task or the machine says no to.
    @Test(arguments: ["", " --json"])
    func refusals(form: String) throws {
        let target = try TestTarget(backlog: Self.refused)
        var screen = Screen("refusals" + (form.isEmpty ? "" : "-json"))
        for task in ["not-ready", "later", "waits", "done", "no-scope", "nowhere", "nope", "goes-first"] {
            try screen.run("propose \(task)\(form)", target)
            try screen.run("plan \(task)\(form)", target)
        }
        try screen.run("tasks" + form, target)
        try screen.run("next --all" + form, target)
        try screen.run("stop --reason maintenance" + form, target)
        try screen.run("propose ready" + form, target)
        try screen.run("run --once" + form, target)
        try screen.run("resume" + form, target)
        try screen.run("autonomy off --reason weekend" + form, target)
        try screen.run("propose ready" + form, target)
        try screen.run("autonomy status" + form, target)
        try screen.run("autonomy on" + form, target)
        try screen.run("propose ready" + form, target)
        try screen.run("retry ready" + form, target)
        try screen.expect()
    }

    private static let refused = """
        version: 1
        tasks:
          - {id: ready, title: Can be done, scope: docs, ready: true, allowed_paths: [docs/a.md]}
          - {id: not-ready, title: Not ready, scope: docs, allowed_paths: [docs/b.md]}
          - {id: later, title: Later, scope: docs, ready: true, not_before: 2099-01-01, allowed_paths: [docs/c.md]}
          - {id: waits, title: Waits, scope: docs, ready: true, dependencies: [not-ready], allowed_paths: [docs/d.md]}
          - {id: done, title: Done, scope: docs, ready: true, status: completed, allowed_paths: [docs/e.md]}
          - {id: no-scope, title: No scope, scope: code, ready: true, allowed_paths: [docs/f.md]}
          - {id: nowhere, title: Nowhere, scope: docs, ready: true, allowed_paths: [src/a.md]}
          - {id: goes-first, title: Unknown input, scope: docs, ready: true, allowed_paths: [docs/g.md], inputs: {tilte: x}}
        """

    /// What is wrong with the change, with what carries it out, or with where it is to go.
    @Test(arguments: ["", " --json"])
    func failures(form: String) throws {
        let target = try TestTarget(policy: Self.strict, backlog: Self.failing)
        var screen = Screen("failures" + (form.isEmpty ? "" : "-json"))
        for task in ["too-large", "broken", "breaks", "no-change"] {
            try screen.run("propose \(task)\(form)", target)
        }
        try screen.run("attempts" + form, target)
        try screen.run("failures" + form, target)
        try screen.run("tasks" + form, target)
        try FileSystem.removeTree(target.remote)
        try screen.run("propose ready" + form, target)
        try screen.run("propose ready --offline" + form, target)
        try screen.expect()
    }

    private static let strict = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: docs, max_files: 1}
          edits: {allowed_paths: [docs/**, README.md], executor: edit}
        limits: {max_patch_bytes: 400}
        invariants:
          - {name: No secrets, builtin: secrets}
          - {name: Links lead somewhere, builtin: links}
        """

    private static let failing = """
        version: 1
        tasks:
          - {id: ready, title: Can be done, scope: docs, ready: true, allowed_paths: [docs/a.md]}
          - {id: too-large, title: Too large, scope: docs, ready: true, allowed_paths: [docs/b.md], inputs: {sections: [{title: One, text: '\(String(repeating: "much ", count: 100))'}]}}
          - {id: broken, title: Nothing to replace, scope: edits, ready: true, allowed_paths: [README.md], inputs: {edits: [{replace: README.md, find: nothing like it, with: x}]}}
          - {id: breaks, title: Break a link, scope: edits, ready: true, allowed_paths: [README.md], inputs: {edits: [{replace: README.md, find: Hello, with: "[a](docs/missing.md)"}]}}
          - {id: no-change, title: No change, scope: edits, ready: true, allowed_paths: [README.md], inputs: {edits: [{replace: README.md, find: Hello, with: Hello}]}}
        """

    /// What a newcomer types in the wrong place or in the wrong way.
    @Test func mistakes() throws {
        let target = try TestTarget()
        var screen = Screen("mistakes")
        let empty = target.repository.directory.path + "/empty"
        try FileSystem.createDirectory(empty)
        for line in ["tasks", "lint", "propose task-001", "attempts", "run --once", "next"] {
            try screen.run(line, target, in: empty)
        }
        for line in [
            "", "porpose task-001", "propose", "propose task-01", "propose task-001 --dry-rnu", "show nothing",
            "plan", "attempts show nothing", "verify nothing", "artifacts show nothing", "target add",
            "target show nothing", "journal", "journal verfy", "events --limit many", "fence", "help nothing",
            "retry nothing", "breaker reset nothing", "autonomy", "schema nothing", "tasks --color red",
        ] {
            try screen.run(line, target)
        }
        try screen.expect()
    }

    /// Contracts with something wrong in them.
    @Test(arguments: ["", " --json"])
    func contracts(form: String) throws {
        let target = try TestTarget(
            policy: "version: 1\nscopes: {docs: {allowed_path: [docs/**], executor: dosc}}\n")
        var screen = Screen("contracts" + (form.isEmpty ? "" : "-json"))
        for line in ["lint", "tasks", "propose task-001", "next"] { try screen.run(line + form, target) }
        for (name, text) in [
            ("policy", "version: 1\nscopes: [\n"),
            ("policy", Self.builtinAsProgram), ("policy", "version: 99\n"),
            ("backlog", "version: 1\ntasks: {}\n"),
            ("policy", ""),
        ] {
            try target.repository.write(".leviathan/\(name).yaml", text)
            try target.repository.commitAll()
            try target.repository.git("push", "--quiet", "origin", "main")
            for line in ["lint", "propose task-001"] { try screen.run(line + form, target) }
        }
        try screen.expect()
    }

    private static let builtinAsProgram = """
        version: 1
        scopes: {docs: {allowed_paths: [docs/**]}}
        invariants: [{name: Links, check: builtin:links}]
        """
}
