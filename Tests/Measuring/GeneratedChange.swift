import Basics
import Enforcement
import Model
import Paths
import TestSupport

/// A large change with contents as they occur, the same for the same seed.
struct GeneratedChange: ChangeContents, TreeQuestion {
    private(set) var changes: [Change]
    private var blobs: [ObjectID: [UInt8]] = [:]
    private var items: [RepoPath: TreeItem] = [:]
    private var directories: [[UInt8]: [[UInt8]]] = [:]

    /// Half of the files are new, the others altered; each has some kilobytes.
    init(files: Int, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        changes = []
        let endings = ["md", "swift", "py", "json", "yaml", "txt", "toml", "c"]
        for number in 0..<files {
            let ending = endings[number % endings.count]
            let path = try RepoPath("docs/area\(number % 97)/part\(number % 13)/page\(number).\(ending)")
            let old = number % 2 == 0 ? store(Self.text(ending, &random)) : nil
            let new = store(Self.text(ending, &random))
            changes.append(
                Change(
                    path: path, operation: old == nil ? .create : .update, oldMode: old.map { _ in 0o100644 },
                    newMode: 0o100644, oldBlob: old, newBlob: new, size: blobs[new]?.count ?? 0, added: 60,
                    removed: 3,
                    isBinary: false))
            items[path] = .file(new)
        }
        changes.sort { $0.path < $1.path }
        for change in changes {
            let name = Array(change.path.name.utf8)
            directories[change.path.parent?.bytes ?? [], default: []].append(name)
        }
    }

    /// Other changes of the same tree.
    init(changes: [Change], like other: GeneratedChange) {
        self = other
        self.changes = changes
    }

    /// Judged under twenty patterns, as a policy with some detail has them.
    func subject(seesTree: Bool = true) throws -> RuleSubject {
        var (task, scope, policy) = (BacklogTask(id: "task-001"), Scope(name: "docs"), Policy())
        task.allowedPaths = try Self.patterns(["docs/**", "src/**", "README.md"])
        scope.allowedPaths = try Self.patterns(["docs/", "**/*.md", "tests/**/test_*.py", "examples/*/main.swift"])
        policy.forbidden = try Self.patterns([
            "**/*.key", "**/*.pem", "secrets/", "**/.env", "**/node_modules/**", "infra/**/*.tf",
            "**/*_generated.*",
            "**/id_rsa*", "vendor/", "**/[Pp]rivate/**", "**/*.{p12,pfx}", "dist/**", "build/",
            "**/package-lock.json",
        ])
        policy.limits.maxFileSizes = [Limits.FileSize(pattern: try PathPattern("*"), bytes: 1 << 20)]
        return RuleSubject(
            changes: ChangeSet(base: .zero, baseTree: .zero, tree: .zero, changes: changes, patchBytes: 1),
            rules: RuleSet(
                scope: scope,
                permission: Permission(task: task, scope: scope, policy: policy, limits: [policy.limits]),
                limits: EffectiveLimits([(.target, policy.limits)]), invariants: [], sandbox: Sandbox()),
            contents: self, tree: seesTree ? self : nil)
    }

    var bytes: Int { changes.reduce(0) { $0 + $1.size } }

    static func patterns(_ texts: [String]) throws -> [PathPattern] { try texts.map { try PathPattern($0) } }

    func bytes(of blob: ObjectID) -> [UInt8]? { blobs[blob] }

    func item(at path: RepoPath) -> TreeItem? { items[path] }

    func names(in directory: RepoPath?) -> [[UInt8]] { directories[directory?.bytes ?? []] ?? [] }

    private mutating func store(_ text: String) -> ObjectID {
        let number = blobs.count + 1
        let bytes = (0..<4).map { UInt8(number >> ($0 * 8) & 0xFF) } + [UInt8](repeating: 9, count: 16)
        let id = ObjectID(bytes: bytes) ?? .zero
        blobs[id] = Array(text.utf8)
        return id
    }

    private static func text(_ ending: String, _ random: inout SeededRandom) -> String {
        let count = Int.random(in: 5...60, using: &random)
        let number = Int.random(in: 0..<100_000, using: &random)
        switch ending {
        case "md":
            return "# Page \(number)\n"
                + lines(count) { "Some words with a [link](page\($0).md) and `code` to read.\n" }
        case "swift": return lines(count) { "    let value\($0) = compute(\"\(number)\", with: \($0)) // why\n" }
        case "py": return lines(count) { "def function_\($0)(a, b='\(number)'):\n    return [a, (b, \($0))]\n" }
        case "json":
            return "{" + lines(count) { "\n  \"key\($0)\": [\(number), \"text\"]," } + "\n  \"last\": null\n}\n"
        case "yaml": return lines(count) { "key\($0):\n  - \(number)\n  - \"text\"\n" }
        case "toml": return lines(count) { "[table\($0)]\nkey = \"text\" # \(number)\n" }
        default: return lines(count) { "Line \($0) of a text about \(number), as people write it.\n" }
        }
    }

    private static func lines(_ count: Int, _ line: (Int) -> String) -> String { (0..<count).map(line).joined() }
}

extension GeneratedChange {
    /// The same paths, as deletions and changes of mode leave nothing to read.
    func withoutContents() -> GeneratedChange {
        GeneratedChange(
            changes: changes.map {
                Change(
                    path: $0.path, operation: $0.operation, oldMode: $0.oldMode, newMode: $0.newMode,
                    oldBlob: $0.newBlob, newBlob: $0.newBlob, size: $0.size, added: 0, removed: 0, isBinary: false)
            }, like: self)
    }
}
