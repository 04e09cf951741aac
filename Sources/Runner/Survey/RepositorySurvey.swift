internal import Basics
package import Contracts
internal import Git
internal import Paths

/// What a repository shows of itself at first sight: enough for starter files that fit.
package struct RepositorySurvey: Sendable, Equatable {
    package private(set) var target = ""
    package private(set) var defaultBranch = "main"
    package private(set) var remote: String?
    /// The most frequent first.
    package private(set) var languages: [String] = []
    /// Top directories that hold code, sorted.
    package private(set) var codeDirectories: [String] = []
    /// Top directories that hold documentation, sorted.
    package private(set) var docsDirectories: [String] = []
    package private(set) var tests: [TestSuggestion] = []
    package private(set) var scopes: [StarterScope] = []
    /// What makes it worth running the tests: code, manifests, lock files and build scripts.
    package private(set) var testedPaths: [String] = []
    /// As it is spelled; `nil` where there is none.
    package private(set) var readme: String?

    private static let fileLimit = 100_000
    /// So many files are looked into.
    private static let textLimit = 2000

    package init(_ checkout: TargetCheckout) throws(StageError) {
        remote = try checkout.remote(preferring: "origin")
        target = checkout.fallbackTarget(remote: remote)
        defaultBranch = try Self.defaultBranch(checkout, remote)
        let (paths, resources) = try Self.paths(checkout)
        count(paths)
        let names = paths.map(\.description)
        readme = names.first { !$0.contains("/") && $0.lowercased().hasPrefix("readme") }
        (scopes, tests) = (
            ScopeSuggestions(names, resources: resources).scopes, TestSuggestions(root: checkout.root).all
        )
        testedPaths = codeDirectories.prefix(12).map { $0 + "/**" } + Self.rootPatterns(names)
    }

    private static func defaultBranch(_ checkout: TargetCheckout, _ remote: String?) throws(StageError) -> String {
        let head: String
        do throws(GitError) {
            if let branch = try remote.flatMap({ name throws(GitError) in
                try checkout.repository.remoteDefaultBranch(name)
            }) {
                return branch
            }
            head = try checkout.repository.head()?.name ?? unbornHead(checkout)
        } catch { throw StageError(.invalid, error) }
        return head.hasPrefix("refs/heads/") ? String(head.dropFirst("refs/heads/".count)) : "main"
    }

    /// What HEAD says in a repository without a commit.
    private static func unbornHead(_ checkout: TargetCheckout) -> String {
        let path = checkout.repository.gitDirectory + "/HEAD"
        guard let bytes = try? FileSystem.read(path, limit: 4096) else { return "" }
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        return text.hasPrefix("ref: ") ? String(text.dropFirst(5)) : ""
    }

    /// The committed files; those of the working directory in a repository without a commit.
    private static func paths(
        _ checkout: TargetCheckout
    ) throws(StageError) -> (all: [RepoPath], resources: [String]) {
        var paths: [RepoPath] = []
        var texts: [(path: RepoPath, blob: ObjectID)] = []
        do throws(GitError) {
            guard let commit = try checkout.repository.head()?.objectID else {
                return (present(in: checkout.root, "", depth: 0), [])
            }
            let base = try checkout.repository.commit(commit)
            try checkout.repository.walk(tree: base.tree, under: nil) { path, entry in
                if !entry.isDirectory { paths.append(path) }
                if mayDescribeResources(path), entry.kind == .regular { texts.append((path, entry.id)) }
                return paths.count < fileLimit ? .descend : .stop
            }
            var resources: [String] = []
            for text in texts.prefix(textLimit) {
                guard try checkout.repository.blobSize(text.blob) < 256 << 10 else { continue }
                let bytes = try checkout.repository.blob(text.blob, limit: 256 << 10)
                if describesResources(bytes) { resources.append(text.path.description) }
            }
            return (paths, resources)
        } catch { throw StageError(.invalid, error) }
    }

    /// YAML outside of hidden directories and of a chart's templates, which are none.
    private static func mayDescribeResources(_ path: RepoPath) -> Bool {
        guard path.bytes.suffix(4).elementsEqual(".yml".utf8) || path.bytes.suffix(5).elementsEqual(".yaml".utf8)
        else { return false }
        return !path.components.dropLast().contains {
            $0.first == UInt8(ascii: ".") || $0.elementsEqual("templates".utf8)
        }
    }

    /// Whether it says which kind of a thing of Kubernetes' it is.
    private static func describesResources(_ bytes: [UInt8]) -> Bool {
        func has(_ key: String) -> Bool {
            bytes.starts(with: key.utf8) || bytes.contains(piece: Array(("\n" + key).utf8))
        }
        return has("apiVersion:") && has("kind:") && bytes.contains(piece: Array("image:".utf8))
    }

    /// Where tools put what nobody commits.
    private static let generated: Set<String> = [
        ".git", "node_modules", "target", "build", "dist", "vendor", "__pycache__",
    ]

    private static func present(in root: String, _ directory: String, depth: Int) -> [RepoPath] {
        guard depth < 6, let names = try? FileSystem.list(root + "/" + directory) else { return [] }
        var found: [RepoPath] = []
        for name in names where !generated.contains(name) && (!name.hasPrefix(".") || depth == 0) {
            let path = directory.isEmpty ? name : directory + "/" + name
            switch (try? FileSystem.status(root + "/" + path))??.kind {
            case .directory where name != ".venv" && name != ".build":
                found += present(in: root, path, depth: depth + 1)
            case .file: if let path = try? RepoPath(path) { found.append(path) }
            default: break
            }
            if found.count > 20_000 { break }
        }
        return found
    }

    // MARK: What tests depend on at the root

    private static let buildFiles: Set<String> = [
        "makefile", "gnumakefile", "cmakelists.txt", "setup.py", "setup.cfg", "tox.ini", "pytest.ini",
        "conftest.py",
        "tsconfig.json", "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "pyproject.toml",
        "poetry.lock", "uv.lock", "go.mod", "go.sum", "cargo.toml", "cargo.lock", "build.rs", "pom.xml",
        "build.gradle",
        "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradle.properties", "package.swift",
        "package.resolved", "justfile", "noxfile.py", ".nvmrc", ".python-version",
    ]

    /// Manifests, lock files and build scripts by their names, and sources at the root by their suffixes.
    private static func rootPatterns(_ names: [String]) -> [String] {
        var patterns: Set<String> = []
        for name in names where !name.contains("/") {
            let small = name.lowercased()
            let isRequirement = small.hasPrefix("requirements") && small.hasSuffix(".txt")
            let isPlain = !name.utf8.contains { "*?[]{}\\".utf8.contains($0) }
            if buildFiles.contains(small) || isRequirement {
                if isPlain { patterns.insert(name) }
            } else if let dot = name.lastIndex(of: "."), dot > name.startIndex {
                let suffix = String(name[name.index(after: dot)...])
                if languagesBySuffix[suffix.lowercased()] != nil { patterns.insert("*." + suffix) }
            }
        }
        return patterns.sorted()
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
}
