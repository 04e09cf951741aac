internal import Basics
internal import Model
internal import Paths

/// Two paths that differ only in case or in how an accent is written are one file on many systems.
struct PathCollisionRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        let created = subject.ownChanges.filter { $0.operation == .create }
        guard !created.isEmpty else { return [] }
        var names = SpellingTable(subject.tree)
        if subject.tree == nil {
            for change in subject.ownChanges where change.operation != .delete { names.learn(change.path) }
        }
        return created.compactMap { change in
            do {
                guard let other = try names.rival(of: change.path) else { return nil }
                return Violation(
                    "path-collision", path: change.path,
                    "'\(change.path)' and '\(other)' are the same file on systems that ignore case",
                    hint: "rename one of them")
            } catch {
                return Violation(
                    "path-collision", path: change.path,
                    "whether '\(change.path)' meets another file of that name cannot be checked")
            }
        }
    }
}

/// The names in each directory, by what lenient file systems make of them.
private struct SpellingTable {
    private let tree: (any TreeQuestion)?
    private var directories: [[UInt8]: [String: Set<[UInt8]>]] = [:]
    private var rivals: [[UInt8]: String?] = [:]

    init(_ tree: (any TreeQuestion)?) { self.tree = tree }

    /// Notes every part of a path.
    mutating func learn(_ path: RepoPath) {
        var start = 0
        for end in Self.ends(of: path) {
            let directory = Array(path.bytes[..<max(0, start - 1)])
            let name = Array(path.bytes[start..<end])
            directories[directory, default: [:]][Self.folded(name), default: []].insert(name)
            start = end + 1
        }
    }

    /// Another path that some systems cannot tell from this one, up to the part where they differ.
    mutating func rival(of path: RepoPath) throws -> String? {
        let slash = path.bytes.lastIndex(of: RepoPath.separator)
        let directory = Array(path.bytes[..<(slash ?? 0)])
        if let found = try rival(ofDirectory: directory) { return found }
        return try rival(of: Array(path.bytes[(slash.map { $0 + 1 } ?? 0)...]), in: directory)
    }

    /// Remembers the answer, as many files lie in one directory.
    private mutating func rival(ofDirectory path: [UInt8]) throws -> String? {
        if path.isEmpty { return nil }
        if let known = rivals[path] { return known }
        let found = try rival(of: try RepoPath(bytes: path))
        rivals[path] = .some(found)
        return found
    }

    private mutating func rival(of name: [UInt8], in directory: [UInt8]) throws -> String? {
        let spellings = try names(in: directory)[Self.folded(name)] ?? []
        guard spellings.count > 1 || spellings.first != name else { return nil }
        let other = spellings.filter { $0 != name }.min { $0.lexicographicallyPrecedes($1) }
        let start = directory.isEmpty ? [] : directory + [RepoPath.separator]
        return other.map { String(decoding: start + $0, as: UTF8.self) }
    }

    private mutating func names(in directory: [UInt8]) throws -> [String: Set<[UInt8]>] {
        if let known = directories[directory] { return known }
        guard let tree else { return [:] }
        let path = directory.isEmpty ? nil : try RepoPath(bytes: directory)
        var table: [String: Set<[UInt8]>] = [:]
        for name in try tree.names(in: path) { table[Self.folded(name), default: []].insert(name) }
        directories[directory] = table
        return table
    }

    private static func folded(_ name: [UInt8]) -> String { FoldedName.of(String(decoding: name, as: UTF8.self)) }

    private static func ends(of path: RepoPath) -> [Int] {
        path.bytes.indices.filter { path.bytes[$0] == RepoPath.separator } + [path.bytes.count]
    }
}
