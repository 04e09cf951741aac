internal import Basics
internal import Git
internal import Paths

/// What a repository shows of itself at first sight: enough for starter files that fit.
package struct RepositorySurvey: Sendable, Equatable {
    /// A way to run the tests, and the paths whose change makes it worth running.
    package struct TestCommand: Sendable, Equatable {
        package let command: String
        package let sign: String
    }

    package private(set) var target = ""
    package private(set) var defaultBranch = "main"
    package private(set) var remote: String?
    /// The most frequent first.
    package private(set) var languages: [String] = []
    /// Top directories that hold code, sorted.
    package private(set) var codeDirectories: [String] = []
    /// Top directories that hold documentation, sorted.
    package private(set) var docsDirectories: [String] = []
    package private(set) var testCommands: [TestCommand] = []

    private static let fileLimit = 100_000

    package init(_ checkout: TargetCheckout) throws(StageError) {
        remote = try checkout.remote(preferring: "origin")
        target = try checkout.fallbackTarget(remote: remote)
        defaultBranch = try Self.defaultBranch(checkout, remote)
        count(try Self.paths(checkout))
        testCommands = Self.testCommands(checkout.root)
    }

    private static func defaultBranch(_ checkout: TargetCheckout, _ remote: String?) throws(StageError) -> String {
        let head: String
        do throws(GitError) {
            if let branch = try remote.flatMap({ name throws(GitError) in
                try checkout.repository.remoteDefaultBranch(name)
            }) {
                return branch
            }
            head = try checkout.repository.head()?.name ?? ""
        } catch { throw StageError(.invalid, error) }
        return head.hasPrefix("refs/heads/") ? String(head.dropFirst("refs/heads/".count)) : "main"
    }

    /// The committed files; none in a repository without a commit.
    private static func paths(_ checkout: TargetCheckout) throws(StageError) -> [RepoPath] {
        var paths: [RepoPath] = []
        do throws(GitError) {
            guard let commit = try checkout.repository.head()?.objectID else { return [] }
            let base = try checkout.repository.commit(commit)
            try checkout.repository.walk(tree: base.tree, under: nil) { path, entry in
                if !entry.isDirectory { paths.append(path) }
                return paths.count < fileLimit ? .descend : .stop
            }
        } catch { throw StageError(.invalid, error) }
        return paths
    }

    // MARK: Languages and directories

    private static let languagesBySuffix: [String: String] = [
        "swift": "Swift", "py": "Python", "js": "JavaScript", "jsx": "JavaScript", "mjs": "JavaScript",
        "ts": "TypeScript", "tsx": "TypeScript", "rs": "Rust", "go": "Go", "java": "Java", "kt": "Kotlin",
        "rb": "Ruby", "c": "C", "h": "C", "cc": "C++", "cpp": "C++", "hpp": "C++", "cs": "C#", "php": "PHP",
        "sh": "Shell", "tf": "Terraform", "scala": "Scala", "ex": "Elixir", "exs": "Elixir", "zig": "Zig",
    ]

    private mutating func count(_ paths: [RepoPath]) {
        var languages: [String: Int] = [:]
        var code: Set<String> = []
        var docs: Set<String> = []
        for path in paths {
            let name = path.name.lowercased()
            let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
            let top = path.components.count > 1 ? Self.plainName(path.components[0]) : nil
            if let language = Self.languagesBySuffix[suffix] {
                languages[language, default: 0] += 1
                if let top { code.insert(top) }
            } else if suffix == "md" || suffix == "rst", let top, ["doc", "docs"].contains(top.lowercased()) {
                docs.insert(top)
            }
        }
        self.languages = languages.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        codeDirectories = code.sorted()
        docsDirectories = docs.sorted()
    }

    /// The name of a directory that a pattern can hold as it is; hidden ones hold no code of the project.
    private static func plainName(_ bytes: ArraySlice<UInt8>) -> String? {
        let name = String(decoding: bytes, as: UTF8.self)
        let isPlain = !name.hasPrefix(".") && !name.utf8.contains { "*?[]{}\\".utf8.contains($0) || $0 < 0x20 }
        return isPlain && name.utf8.elementsEqual(bytes) ? name : nil
    }

    // MARK: Tests

    /// The commands that files at the root suggest; `make test` only where nothing more exact is known.
    private static func testCommands(_ root: String) -> [TestCommand] {
        func text(_ name: String) -> String? {
            // What cannot be read suggests nothing; whoever runs 'init' sees what it found and can say more.
            guard let bytes = try? FileSystem.read(root + "/" + name, limit: 1 << 20) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        func has(_ name: String) -> Bool { FileSystem.exists(root + "/" + name) }
        var found: [TestCommand] = []
        if has("Package.swift") { found.append(TestCommand(command: "swift test", sign: "Package.swift")) }
        if has("Cargo.toml") { found.append(TestCommand(command: "cargo test", sign: "Cargo.toml")) }
        if has("go.mod") { found.append(TestCommand(command: "go test ./...", sign: "go.mod")) }
        if let sign = pytestSign(has, text) {
            found.append(TestCommand(command: "python3 -m pytest", sign: sign))
        }
        if let command = nodeCommand(has, text) {
            found.append(TestCommand(command: command, sign: "package.json"))
        }
        let makefile = ["GNUmakefile", "Makefile", "makefile"].first { text($0)?.contains("\ntest:") == true }
        if found.isEmpty, let makefile { found.append(TestCommand(command: "make test", sign: makefile)) }
        return found
    }

    private static func pytestSign(_ has: (String) -> Bool, _ text: (String) -> String?) -> String? {
        if has("pytest.ini") { return "pytest.ini" }
        if has("conftest.py") { return "conftest.py" }
        return ["pyproject.toml", "setup.cfg", "tox.ini", "requirements-dev.txt", "requirements.txt"].first {
            text($0)?.contains("pytest") == true
        }
    }

    /// The package manager that the lock file names, where there is a test script that is more than npm's placeholder.
    private static func nodeCommand(_ has: (String) -> Bool, _ text: (String) -> String?) -> String? {
        guard let manifest = text("package.json"), let json = try? JSON.parse(manifest),
            let script = json["scripts"]?["test"]?.string, !script.contains("no test specified")
        else { return nil }
        if has("pnpm-lock.yaml") { return "pnpm test" }
        return has("yarn.lock") ? "yarn test" : "npm test"
    }
}
