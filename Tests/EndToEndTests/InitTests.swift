import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// `leviathan init` in small repositories of ten kinds: what it proposes, and what it proves.
@Suite(.timeLimit(.minutes(60))) struct InitTests {
    /// A repository of one kind, and what init is to make of it.
    struct Kind: CustomTestStringConvertible, Sendable {
        let name: String
        let files: [String: String]
        /// The command, and whether the tool for it is needed.
        let command: String
        let when: [String]
        let scopes: [String]
        var testDescription: String { name }
    }

    private static let kinds = [
        Kind(
            name: "pip",
            files: [
                "requirements.txt": "requests==2.31.0\n", "requirements-dev.txt": "pytest\n",
                "app/a.py": "x = 1\n",
                "tests/test_a.py": "def test_a():\n    pass\n", "cli.py": "",
            ], command: "python3 -m pytest",
            when: ["app/**", "tests/**", "*.py", "requirements-dev.txt", "requirements.txt"],
            scopes: ["tests", "dependencies"]),
        Kind(
            name: "poetry",
            files: [
                "pyproject.toml": "[tool.poetry]\nname = \"a\"\n[tool.pytest.ini_options]\n", "poetry.lock": "",
                "a/a.py": "", "test/test_a.py": "",
            ], command: "python3 -m pytest", when: ["a/**", "test/**", "poetry.lock", "pyproject.toml"],
            scopes: ["tests", "dependencies"]),
        Kind(
            name: "uv",
            files: ["pyproject.toml": "[dependency-groups]\ndev = [\"pytest\"]\n", "uv.lock": "", "src/a.py": ""],
            command: "python3 -m pytest", when: ["src/**", "pyproject.toml", "uv.lock"], scopes: ["dependencies"]),
        Kind(
            name: "npm",
            files: [
                "package.json": #"{"scripts": {"test": "node t.js"}, "devDependencies": {"x": "1"}}"#,
                "package-lock.json": "{}", "t.js": "", "lib/a.test.js": "",
                ".github/workflows/ci.yml": "on: push\n",
            ], command: "npm test", when: ["lib/**", "*.js", "package-lock.json", "package.json"],
            scopes: ["tests", "dependencies", "ci"]),
        Kind(
            name: "pnpm",
            files: [
                "package.json": #"{"scripts": {"test": "vitest"}}"#, "pnpm-lock.yaml": "", "src/a.ts": "",
                "compose.yaml": "services: {}\n",
            ], command: "pnpm test", when: ["src/**", "package.json", "pnpm-lock.yaml"],
            scopes: ["dependencies"]),
        Kind(
            name: "cargo",
            files: ["Cargo.toml": "[package]\n", "Cargo.lock": "", "src/lib.rs": "", "build.rs": ""],
            command: "cargo test", when: ["src/**", "Cargo.lock", "Cargo.toml", "build.rs"],
            scopes: ["dependencies"]),
        Kind(
            name: "go",
            files: [
                "go.mod": "module a\n", "go.sum": "", "main.go": "", "pkg/a_test.go": "", "Dockerfile": "FROM a\n",
            ],
            command: "go test ./...", when: ["pkg/**", "*.go", "go.mod", "go.sum"],
            scopes: ["tests", "dependencies"]),
        Kind(
            name: "swift", files: ["Package.swift": "", "Sources/A/a.swift": "", "Tests/ATests/a.swift": ""],
            command: "swift test", when: ["Sources/**", "Tests/**", "Package.swift"],
            scopes: ["tests", "dependencies"]),
        Kind(
            name: "maven",
            files: ["pom.xml": "<project/>", "src/main/java/A.java": "", "src/test/java/ATest.java": ""],
            command: "mvn -q -o test", when: ["src/**", "pom.xml"], scopes: ["tests", "dependencies"]),
        Kind(
            name: "make",
            files: ["makefile": "check:\n\ttrue\n", "a.c": "", "Doc/a.md": "# A\n", "Readme.rst": ""],
            command: "make check", when: ["*.c", "makefile"], scopes: []),
    ]

    /// A scope holds what its executor can change.
    @Test func scopesHoldWhatTheirExecutorsChange() throws {
        let resource = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: a:1\n"
        let repository = try Self.repository([
            "requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "a==1\n",
            "constraints.txt": "", "Dockerfile": "FROM a\n", "compose.yaml": "services: {}\n",
            "pnpm-workspace.yaml": "", "web/settings.gradle.kts": "", "apps/web/deploy.yaml": resource,
            "apps/notes.yaml": "kind: words\n", "charts/a/values.yaml": "", "charts/a/templates/a.yaml": resource,
        ])
        let run = try Self.leviathan(["init", "--no-proof", "--json"], in: repository)
        #expect(run.json["scopes"] == ["docs", "dependencies", "infra"], "\(run.output.text)")
        let policy = try Self.policy(of: repository)
        func paths(_ scope: String) -> [String] {
            let lines = policy.split(separator: "\n").drop { $0 != "  \(scope):" }.dropFirst(2)
            return lines.prefix { $0.hasPrefix("      - ") }.map { String($0.dropFirst(8)) }
        }
        #expect(
            paths("dependencies") == [
                "Dockerfile", "compose.yaml", "constraints.txt", "pnpm-workspace.yaml", "requirements.txt",
                "requirements/base.txt", "web/settings.gradle.kts",
            ], "\(policy)")
        #expect(paths("infra") == ["apps/web/deploy.yaml", "charts/a/values.yaml"], "\(policy)")
    }

    private static func repository(_ files: [String: String], commits: Bool = true) throws -> TestRepository {
        let repository = try TestRepository()
        for (path, text) in files { try repository.write(path, text) }
        if commits { try repository.commitAll("Start") }
        return repository
    }

    /// Real tools are where the person who runs the tests has them.
    private static let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"

    private static func leviathan(_ words: [String], in repository: TestRepository) throws -> ProcessOutcome {
        var environment = repository.environment
        environment["LEVIATHAN_HOME"] = repository.directory.path + "/leviathan"
        environment["PATH"] = path
        return try TestTarget.run(words, in: repository.path, environment: environment)
    }

    private static func policy(of repository: TestRepository) throws -> String {
        String(
            decoding: try FileSystem.read(repository.path + "/.leviathan/policy.yaml", limit: 1 << 20),
            as: UTF8.self)
    }

    @Test(arguments: kinds) func proposesWhatFits(kind: Kind) throws {
        let repository = try Self.repository(kind.files)
        let run = try Self.leviathan(["init", "--no-proof", "--json"], in: repository)
        #expect(run.succeeded, "\(run.errors.text)")
        #expect(run.json["scopes"]?.elements?.compactMap(\.string) == ["docs"] + kind.scopes, "\(run.output.text)")
        #expect(run.json["tests"]?.elements?.map { $0["command"]?.string } == [kind.command])
        let policy = try Self.policy(of: repository)
        let when = kind.when.map { "      - " + ($0.hasPrefix("*") ? "\"\($0)\"" : $0) + "\n" }
        for line in when { #expect(policy.contains(line), "\(line) is missing in\n\(policy)") }
        #expect(policy.contains("# not tried: --no-proof was given"))
        let lint = try Self.leviathan(["lint", "--strict"], in: repository)
        #expect(lint.succeeded, "\(lint.output.text)\n\(policy)")
    }

    @Test func namesKeepTheirLetters() throws {
        let repository = try Self.repository([
            "makefile": "check:\n\ttrue\n", "Doc/a.md": "# A\n", "Readme.rst": "",
        ])
        _ = try Self.leviathan(["init", "--no-proof"], in: repository)
        let policy = try Self.policy(of: repository)
        #expect(
            policy.contains("[\"Doc/**\", Readme.rst]") || policy.contains("[Doc/**, Readme.rst]"), "\(policy)")
        #expect(policy.contains("- makefile\n"))
    }

    @Test func worksWithoutACommit() throws {
        let files = ["Makefile": "test:\n\ttrue\n", "src/a.c": "", "requirements.txt": ""]
        let repository = try TestRepository()
        let place = repository.directory.path + "/young"
        _ = try repository.git("init", "--quiet", "--initial-branch", "trunk", place)
        for (path, text) in files {
            try FileSystem.createDirectory(place + "/src")
            try FileSystem.write(Array(text.utf8), to: place + "/" + path)
        }
        let run = try TestTarget.run(["init", "--json"], in: place, environment: repository.environment)
        #expect(run.succeeded, "\(run.errors.text)")
        #expect(run.json["tests"]?.elements?.first?["state"] == "untried", "\(run.output.text)")
        #expect(run.json["scopes"] == ["docs", "dependencies"])
        let contract = try FileSystem.read(place + "/.leviathan/contract.yaml", limit: 1 << 20)
        #expect(String(decoding: contract, as: UTF8.self).contains("default_branch: trunk\n"))
        #expect(
            try TestTarget.run(["lint", "--strict"], in: place, environment: repository.environment).succeeded)
    }

    // MARK: The proof

    /// Real tools on real tests that need nothing from the network.
    private static let provable: [(tool: String, files: [String: String])] = [
        ("make", ["Makefile": "test:\n\ttest -f a.c\n", "a.c": ""]),
        (
            "npm",
            [
                "package.json":
                    #"{"name": "a", "version": "1.0.0", "scripts": {"test": "node -e \"process.exit(0)\""}}"#,
                "index.js": "",
            ]
        ),
        (
            "cargo",
            [
                "Cargo.toml": "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
                "src/lib.rs": "#[test]\nfn holds() {}\n",
            ]
        ),
        (
            "go",
            [
                "go.mod": "module a\n\ngo 1.20\n",
                "a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n",
            ]
        ),
    ]

    private static func isInstalled(_ tool: String) -> Bool {
        path.split(separator: ":").contains { FileSystem.exists("\($0)/\(tool)") }
    }

    @Test(arguments: provable.map(\.tool).filter(isInstalled)) func aTestThatPassesIsProved(tool: String) throws {
        let files = try #require(Self.provable.first { $0.tool == tool }?.files)
        let repository = try Self.repository(files)
        let run = try Self.leviathan(["init", "--json"], in: repository)
        #expect(run.json["tests"]?.elements?.first?["state"] == "passed", "\(run.output.text)\(run.errors.text)")
        let policy = try Self.policy(of: repository)
        #expect(policy.contains("  - name: Tests must pass\n    check: ") && !policy.contains("workspace:"))
        #expect(try repository.git("status", "--porcelain") == "?? .leviathan/")
    }

    /// A set-up that sees some files alone has to see those that they include.
    @Test func aSetUpSeesIncludedRequirements() throws {
        let repository = try Self.repository([
            "requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "-r common.txt\n",
            "requirements/common.txt": "", "requirements/tests.txt": "-r base.txt\npytest\n", "pytest.ini": "",
            "tests/test_a.py": "def test_a():\n    pass\n",
        ])
        // Whether a package manager is there decides what the proof comes to, but not what it is tried with.
        let run = try Self.leviathan(["init"], in: repository)
        let policy = try Self.policy(of: repository)
        let isPlain = policy.contains("check: python3 -m pytest")
        #expect(
            isPlain
                || policy.contains(
                    "lock_files: [requirements.txt, requirements/tests.txt, requirements/base.txt, requirements/common.txt]"
                ), "\(policy)\(run.errors.text)")
    }

    @Test func whatFailsIsWrittenAsACommentWithItsReason() throws {
        let lines =
            "\techo it is broken\n\tprintf '\\033[31mERROR\\033[0m: no such thing\\n'\n\techo '[notice] new'; echo ==; exit 3\n"
        let repository = try Self.repository(["Makefile": "test:\n" + lines, "a.c": ""])
        let run = try Self.leviathan(["init"], in: repository)
        #expect(run.succeeded && run.errors.text.contains("does not pass behind the fence"), "\(run.errors.text)")
        let policy = try Self.policy(of: repository)
        #expect(policy.contains("and so is left out: failed: exit code 2; "), "\(policy)")
        #expect(policy.contains("; ERROR: no such thing; ") && !policy.contains("[notice]"), "\(policy)")
        #expect(policy.contains("  # - name: Tests must pass\n  #   check: make test\n"), "\(policy)")
        #expect(try Self.leviathan(["lint", "--strict"], in: repository).succeeded)
    }

    /// A program of that name in PATH stands for the package manager: it makes what the tests look for.
    @Test func whatNeedsASetUpIsProvedWithIt() throws {
        let script = """
            #!/bin/sh
            case "$1" in
            ci) mkdir -p node_modules && echo made > node_modules/ready ;;
            test) test -f node_modules/ready || { echo 'Cannot find module' >&2; exit 1; } ;;
            esac

            """
        let repository = try Self.repository([
            "package.json": #"{"scripts": {"test": "x"}, "dependencies": {"a": "1"}}"#, "package-lock.json": "{}",
            ".gitignore": "node_modules\n", "a.js": "",
        ])
        let programs = repository.directory.path + "/programs"
        try FileSystem.createDirectory(programs)
        try FileSystem.write(Array(script.utf8), to: programs + "/npm", permissions: 0o755)
        var environment = repository.environment
        environment["PATH"] = programs + ":" + (environment["PATH"] ?? "")
        environment["LEVIATHAN_HOME"] = repository.directory.path + "/leviathan"
        let run = try TestTarget.run(["init", "--json"], in: repository.path, environment: environment)
        #expect(run.json["tests"]?.elements?.first?["state"] == "passed", "\(run.output.text)\(run.errors.text)")
        let policy = try Self.policy(of: repository)
        #expect(
            policy.contains("workspace:\n  setup: npm ci\n  lock_files: [package.json, package-lock.json]\n"),
            "\(policy)")
    }
}

/// The first `.leviathan/` of a repository as a pull request.
@Suite struct OnboardingTests {
    private func target() throws -> TestTarget {
        let target = try TestTarget()
        try target.repository.git("rm", "-r", "--quiet", ".leviathan")
        try target.repository.commitAll("Without rules")
        try target.repository.git("push", "--quiet", "origin", "main")
        return target
    }

    @Test func theFilesAreProposedAndNothingElse() throws {
        let target = try target()
        let dry = try target.leviathan("init", "--propose", "--yes", "--no-proof", "--dry-run")
        #expect(dry.succeeded && dry.output.text.contains("+++ b/.leviathan/policy.yaml"), "\(dry.errors.text)")
        #expect(dry.errors.text.contains("to deliver it: leviathan init --propose"))
        #expect(try target.repository.git("ls-remote", "origin", "refs/heads/agent/*").isEmpty)
        let run = try target.leviathan("init", "--propose", "--yes", "--no-proof")
        #expect(run.succeeded, "\(run.errors.text)")
        #expect(!FileSystem.exists(target.repository.path + "/.leviathan"))
        try target.repository.git("fetch", "--quiet", "origin")
        let names = try target.repository.git("diff", "--name-status", "origin/main", "origin/agent/onboarding")
        #expect(
            names == "A\t.leviathan/backlog.yaml\nA\t.leviathan/contract.yaml\nA\t.leviathan/policy.yaml",
            "\(names)")
        // Once more: it stands there already.
        let again = try target.leviathan("init", "--propose", "--yes", "--no-proof", "--json")
        #expect(again.json["outcome"] == "unchanged", "\(again.output.text)")
        // Merged, the rules hold, and nobody may write them a second time in this way.
        try target.repository.git("merge", "--quiet", "--ff-only", "origin/agent/onboarding")
        try target.repository.git("push", "--quiet", "origin", "main")
        #expect(try target.leviathan("lint").succeeded)
        let late = try target.leviathan("init", "--propose", "--yes", "--no-proof")
        #expect(
            late.ending == .exited(3) && late.errors.text.contains("there is a .leviathan/ in origin/main already")
        )
    }

    /// An order to stop holds for this as for everything that goes outside.
    @Test func nothingIsProposedWhileEverythingIsStopped() throws {
        let target = try target()
        #expect(try target.leviathan("stop", "--reason", "a fire").succeeded)
        let run = try target.leviathan("init", "--propose", "--yes", "--no-proof")
        #expect(run.ending == .exited(7) && run.errors.text.contains("stopped"), "\(run.errors.text)")
        #expect(try target.repository.git("ls-remote", "origin", "refs/heads/agent/*").isEmpty)
    }
}
