internal import Analysis
internal import Basics
internal import Editing
internal import Enforcement
internal import Executors
internal import Forges
internal import Git
internal import Model
internal import Paths
internal import Patterns
internal import Secrets
internal import TOML
internal import XML
internal import YAML

/// One reader of text that comes from outside, for the fuzzer and for measuring how its time grows.
package struct Reader: Sendable {
    package let name: String
    /// Reads the bytes to the end, or refuses them.
    package let read: @Sendable ([UInt8]) -> Void

    package static func named(_ name: String) -> Reader? { all.first { $0.name == name } }

    package static let all: [Reader] =
        [
            Reader(name: "json") { _ = try? JSON.parse($0) },
            Reader(name: "yaml") { _ = try? YAML.parse($0) },
            Reader(name: "toml") { _ = try? TOMLDocument($0) },
            Reader(name: "xml") { _ = try? XMLElement.parse($0) },
            Reader(name: "pattern") { readPattern($0) },
            Reader(name: "glob") { readGlob($0) },
            Reader(name: "plugin-line") { bytes in
                var conversation = PluginConversation()
                conversation.take(#"{"type": "hello", "protocol": 1, "version": "1", "summary": "a"}"#)
                for line in bytes.split(separator: 10) where !conversation.isOver {
                    conversation.take(String(decoding: line, as: UTF8.self))
                }
            },
            Reader(name: "patch") { bytes in
                let diff = String(decoding: bytes, as: UTF8.self)
                run(PatchExecutor(), ["diff": .string(diff)], ["a": Array("a\nb\na\nb\n".utf8)])
            },
            Reader(name: "patched") { bytes in
                let diff = "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n a\n@@ -9,3 +9,3 @@\n b\n-a\n+c\n b\n"
                run(PatchExecutor(), ["diff": .string(diff)], ["a": bytes])
            },
            Reader(name: "hcl") { bytes in
                run(InfraExecutor(), ["modules": ["vpc": "5.2.0"]], ["main.tf": bytes])
            },
            Reader(name: "placeholders") { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                run(EditExecutor(), ["edits": [["create": "a", "text": .string(text)]]], [:])
            },
            Reader(name: "gitignore") { readIgnoreFile($0) },
            Reader(name: "codeowners") { readOwners($0) },
            Reader(name: "junit") { _ = JUnitReport.failures(in: $0) },
            Reader(name: "test-output") { _ = TestFailures.read(String(decoding: $0, as: UTF8.self)) },
            Reader(name: "secrets") { readSecrets($0) },
            Reader(name: "markdown-links") { _ = MarkdownPage($0).links },
            Reader(name: "diff") { readDifference($0) },
        ] + fromNetwork + FileFormat.allCases.map(edited) + manifests.map(manifest) + judged.map(judging)

    private static func edited(_ format: FileFormat) -> Reader {
        Reader(name: "edit-\(format.rawValue)") { bytes in
            _ = try? format.value(of: bytes)
            _ = try? format.setting(ValuePath([.key("fuzzed")]), to: "x", in: bytes)
        }
    }

    private static let manifests = [
        "pom.xml", "requirements.txt", "build.gradle", "Package.swift", "Gemfile", "Dockerfile", "go.mod",
        "setup.cfg",
        "package.json", "compose.yaml",
    ]

    private static func manifest(_ name: String) -> Reader {
        Reader(name: "manifest-\(name)") { bytes in
            run(DependenciesExecutor(), ["a": "2", "a:a": "2"], [name: bytes])
        }
    }

    private static let judged = ["gitattributes", "md", "py", "json", "swift", "go", "ts", "rs", "java", "txt"]

    private static func judging(_ ending: String) -> Reader {
        Reader(name: "judge-\(ending)") { bytes in
            guard
                let path = try? RepoPath(
                    ending == "gitattributes" ? "docs/.gitattributes" : "docs/test_a.\(ending)")
            else { return }
            let change = ReadChange(path: path, bytes: bytes)
            if let subject = try? change.subject() { _ = Rules.findings(in: subject) }
        }
    }

    /// The first line is the pattern, the rest the text.
    private static func readPattern(_ bytes: [UInt8]) {
        let end = bytes.firstIndex(of: 10) ?? bytes.count
        guard let pattern = try? Pattern(String(decoding: bytes[..<end], as: UTF8.self)),
            let matches = try? PatternMatches(
                of: pattern, in: Array(bytes[end...]), until: Deadline(cancellation: Cancellation()))
        else { return }
        while (try? matches.next()) != nil {}
    }

    /// The first line is the pattern, the rest the path.
    private static func readGlob(_ bytes: [UInt8]) {
        let end = bytes.firstIndex(of: 10) ?? bytes.count / 2
        let (pattern, path) = (Array(bytes[..<end]), Array(bytes[end...].dropFirst()))
        for dialect in [Wildmatch.Dialect.policy, .git, .owners] {
            _ = (try? Wildmatch(pattern, dialect))?.matches(path)
        }
        guard let path = try? RepoPath(bytes: path) else { return }
        _ = (try? PathPattern(String(decoding: pattern, as: UTF8.self)))?.forbids(path)
    }

    /// As many lines as are read of a `.gitignore`, against a path that each may match in many ways.
    private static func readIgnoreFile(_ bytes: [UInt8]) {
        let path = Array(String(repeating: "a/", count: 50).utf8) + Array("aaaaaaaaaaaaaaaaaaab".utf8)
        for line in bytes.prefix(1 << 20).split(separator: 10).prefix(10_000) {
            _ = (try? Wildmatch(Array(line), .git))?.matches(path)
        }
    }

    private static func readOwners(_ bytes: [UInt8]) {
        guard let path = try? RepoPath("a/a/a/aaaaaaaaaaab") else { return }
        for dialect in [CodeOwners.Dialect.github, .gitlab] {
            _ = CodeOwners(bytes, dialect).reviewers(for: [path], limit: 5)
        }
    }

    private static let known = KnownSecrets(
        granted: ["A_TOKEN": "aaaaaaaaaaaaaaaaaaaaaaab", "B_TOKEN": "[[[[[[[[[["], listed: [],
        isPublic: { _ in false })

    private static func readSecrets(_ bytes: [UInt8]) {
        let text = WideText.utf8(of: bytes) ?? bytes
        _ = SecretScan.findings(in: text, extent: [.assignments, .connections, .urlPasswords])
        _ = URLRedaction.redact(String(decoding: text, as: UTF8.self))
        _ = known?.redacted(bytes)
    }

    /// The lines, and the same lines in another order.
    private static func readDifference(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        let mixed = lines.indices.map { lines[($0 &* 2_654_435_761 >> 16) % lines.count] }
        _ = try? TextComparison.lineCounts(from: bytes, to: Array(mixed.joined(separator: [10])))
    }

    private static func run(_ executor: any Executor, _ inputs: JSON, _ files: [String: [UInt8]]) {
        guard let all = try? PathPattern("**") else { return }
        var task = BacklogTask(id: "task-001")
        task.inputs = inputs
        task.allowedPaths = [all]
        var scope = Scope(name: "all")
        scope.allowedPaths = [all]
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        let job = Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
        _ = try? executor.execute(job, in: ReadFiles(files))
    }
}
