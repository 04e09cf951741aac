import Basics
import Processes
import TestSupport
import Testing

/// The commands that set a target up and look at it, from the built binary.
@Suite struct LookTests {
    // MARK: init

    /// A repository with some code, and nothing of Leviathan's.
    private static func bare(_ files: [String: String]) throws -> TestRepository {
        let repository = try TestRepository()
        for (path, text) in files { try repository.write(path, text) }
        try repository.commitAll("Start")
        return repository
    }

    private static func leviathan(_ words: String..., in repository: TestRepository) throws -> ProcessOutcome {
        try TestTarget.run(
            words, in: repository.path,
            environment: repository.environment.merging(["LEVIATHAN_HOME": repository.path + "/../home"]) { $1 })
    }

    private static func policy(of repository: TestRepository) throws -> String {
        String(
            decoding: try FileSystem.read(repository.path + "/.leviathan/policy.yaml", limit: 1 << 20),
            as: UTF8.self)
    }

    @Test(arguments: [
        (
            ["Package.swift": "", "Sources/A/a.swift": "", "Tests/ATests/a.swift": ""], "swift test",
            "Sources/**, Tests/**, Package.swift"
        ),
        (
            ["pyproject.toml": "[tool.pytest.ini_options]\n", "app/a.py": ""], "python3 -m pytest",
            "app/**, pyproject.toml"
        ),
        (["package.json": #"{"scripts": {"test": "jest"}}"#, "lib/a.js": ""], "npm test", "lib/**, package.json"),
        (
            ["package.json": #"{"scripts": {"test": "jest"}}"#, "yarn.lock": "", "lib/a.js": ""], "yarn test",
            "lib/**, package.json, yarn.lock"
        ),
        (["Cargo.toml": "", "src/main.rs": ""], "cargo test", "src/**, Cargo.toml"),
        (["go.mod": "", "cmd/x/main.go": ""], "go test ./...", "cmd/**, go.mod"),
        (["Makefile": "all:\n\ntest:\n\ttrue\n", "c/a.c": ""], "make test", "c/**, Makefile"),
    ])
    func recognisesHowTestsAreRun(files: [String: String], command: String, when: String) throws {
        let repository = try Self.bare(files)
        #expect(try Self.leviathan("init", "--no-proof", in: repository).ending == .exited(0))
        let policy = try Self.policy(of: repository)
        let lines = when.replacing(", ", with: "\n      - ")
        #expect(policy.contains("check: \(command)\n    when:\n      - \(lines)\n"), "\(policy)")
        let lint = try Self.leviathan("lint", "--strict", in: repository)
        #expect(lint.ending == .exited(0), "\(lint.output.text)")
    }

    @Test func npmsPlaceholderIsNoTest() throws {
        let script = #"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#
        let repository = try Self.bare(["package.json": script])
        _ = try Self.leviathan("init", in: repository)
        #expect(try !Self.policy(of: repository).contains("check:"))
    }

    @Test func takesFlagsAndKeepsWhatIsThere() throws {
        let repository = try Self.bare(["go.mod": ""])
        let first = try Self.leviathan(
            "init", "--target", "my shop", "--default-branch", "trunk", "--test", "make a", "--test", "make b",
            "--no-proof",
            in: repository)
        #expect(first.ending == .exited(0))
        let policy = try Self.policy(of: repository)
        #expect(
            policy.contains("check: make a\n") && policy.contains("check: make b\n") && !policy.contains("go test")
        )
        let again = try Self.leviathan("init", "--no-tests", in: repository)
        #expect(again.ending == .exited(3) && again.errors.text.contains("are there already"))
        #expect(try Self.policy(of: repository) == policy)
        #expect(try Self.leviathan("init", "--no-tests", "--force", in: repository).ending == .exited(0))
        #expect(try !Self.policy(of: repository).contains("check:"))
    }

    @Test func aDryRunWritesNothing() throws {
        let repository = try Self.bare(["go.mod": ""])
        let outcome = try Self.leviathan("init", "--dry-run", in: repository)
        #expect(outcome.ending == .exited(0) && outcome.output.text.contains("# --- .leviathan/backlog.yaml\n"))
        #expect(!FileSystem.exists(repository.path + "/.leviathan"))
    }

    /// `script` makes a terminal of its own for the program.
    private static func onATerminal(_ repository: TestRepository, typing text: String) throws -> ProcessOutcome {
        var program = Subprocess(
            "script", ["--quiet", "--return", "--command", "'\(TestTarget.program)' init", "/dev/null"],
            environment: repository.environment)
        program.workingDirectory = repository.path
        program.input = .bytes(Array(text.utf8))
        return try program.run()
    }

    @Test func asksOnATerminal() throws {
        let repository = try Self.bare(["go.mod": ""])
        let outcome = try Self.onATerminal(repository, typing: "shop\n\n-\n")
        #expect(outcome.ending == .exited(0), "\(outcome.output.text)")
        #expect(outcome.output.text.contains("Which command runs the tests? ('-' for none) [go test ./...]"))
        let contract = try FileSystem.read(repository.path + "/.leviathan/contract.yaml", limit: 1 << 20)
        #expect(String(decoding: contract, as: UTF8.self).contains("target: shop\n"))
        #expect(try !Self.policy(of: repository).contains("check:"))
    }

    @Test func writesNothingForAPersonWhoLeaves() throws {
        let repository = try Self.bare(["go.mod": ""])
        let outcome = try Self.onATerminal(repository, typing: "shop\n\u{4}")
        #expect(outcome.ending == .exited(130), "\(outcome.output.text)")
        #expect(!FileSystem.exists(repository.path + "/.leviathan"))
    }

    // MARK: plan and tasks

    private static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**, README.md], forbidden: [docs/legal/**], executor: docs, max_files: 5}
        limits: {allowed_path_prefixes: [docs/], max_file_size: {"*.md": 500KB}}
        invariants:
          - {name: Always, builtin: secrets}
          - {name: Code, check: make test, when: [src/**]}
          - {name: Legal, builtin: parse, when: [docs/legal/**], severity: warn}
        """

    private static let backlog = """
        tasks:
          - id: task-001
            title: Add a guide
            scope: docs
            ready: true
            labels: [a, b]
            allowed_paths: [docs/guide.md, docs/, "**/*.md", README.md, .gitmodules, docs/legal/x.md, src/]
          - {id: task-002, title: Later, scope: docs, priority: low, labels: [a], allowed_paths: [docs/later.md]}
        """

    @Test func thePlanGivesTheReasonForEachPattern() throws {
        let target = try TestTarget(policy: Self.policy, backlog: Self.backlog)
        let plan = try target.leviathan("plan", "task-001")
        let lines = plan.output.text.split(separator: "\n").map { $0.drop { $0 == " " } }
        for expected in [
            "paths         docs/guide.md: allowed",
            "docs/: allowed, except docs/legal/** (scope 'docs' forbidden)",
            "**/*.md: allowed, only within docs/**, README.md (scope 'docs' allowed_paths), only within docs/ "
                + "(limits.allowed_path_prefixes), except docs/legal/** (scope 'docs' forbidden)",
            "README.md: refused, 'README.md' meets nothing in limits.allowed_path_prefixes (docs/)",
            ".gitmodules: refused, '.gitmodules' is always protected: .gitmodules decides what other repositories are "
                + "pulled in",
            "docs/legal/x.md: refused, scope 'docs' forbidden 'docs/legal/**' covers 'docs/legal/x.md'",
            "src/: refused, 'src/' meets nothing in scope 'docs' allowed_paths (docs/**, README.md)",
            "invariants    Always: runs always",
            "Legal: runs if the change touches docs/legal/**, and only warns",
            "max_files 5 (scope)", "max_file_size *.md: 500 KB (policy limits)",
            "max_attempts_per_task 2 (platform default), 0 used",
            "isolation     the executor runs no program; those of invariants run behind the fence",
        ] { #expect(lines.contains(Substring(expected)), "\(expected)\n\(plan.output.text)\(plan.errors.text)") }
        let paths = try target.leviathan("plan", "task-001", "--json").json["paths"]?.elements ?? []
        #expect(paths.map { $0["allowed"] == true } == [true, true, true, false, false, false, false])
    }

    @Test func theStrictestPlaceSetsALimit() throws {
        let target = try TestTarget(policy: Self.policy, backlog: Self.backlog)
        try FileSystem.createDirectory(target.home)
        try FileSystem.write(Array("limits: {max_files: 3}\n".utf8), to: target.home + "/config.yaml")
        let plan = try target.leviathan("plan", "task-001")
        #expect(plan.output.text.contains("max_files 3 (this machine's config.yaml)"))
        try FileSystem.write(Array("limits: {max_files: many}\n".utf8), to: target.home + "/config.yaml")
        for words in [["plan", "task-001"], ["propose", "task-001", "--dry-run"], ["tasks"]] {
            let outcome = try TestTarget.run(
                words, in: target.repository.path,
                environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
            #expect(outcome.ending == .exited(3))
            #expect(outcome.errors.text.contains("config.yaml:1:21: error[wrong-type]"), "\(outcome.errors.text)")
        }
    }

    @Test(arguments: [
        ([], ["task-001", "task-002"]), (["--runnable"], ["task-001"]), (["--priority", "low"], ["task-002"]),
        (["--label", "a"], ["task-001", "task-002"]), (["--label", "a", "--label", "b"], ["task-001"]),
        (["--state", "completed"], []), (["--scope", "other"], []),
    ])
    func tasksAreFiltered(words: [String], expected: [String]) throws {
        let target = try TestTarget(policy: Self.policy, backlog: Self.backlog)
        let outcome = try TestTarget.run(
            ["tasks", "--json"] + words, in: target.repository.path,
            environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
        #expect(outcome.json.elements?.compactMap { $0["id"]?.string } == expected)
    }
}
