internal import Basics
internal import Model
internal import Paths

/// A symlink must stay inside the repository, wherever the repository is checked out, and neither lead to a protected
/// path nor stand in the place of one.
struct SymlinkRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        subject.ownChanges.filter { $0.newMode == 0o120000 }.compactMap { change in
            guard let blob = change.newBlob, let bytes = try? subject.contents.bytes(of: blob) else {
                return Violation("symlink", path: change.path, "the target of '\(change.path)' cannot be read")
            }
            if let problem = SymlinkTarget.problem(with: bytes, from: change.path) {
                return Violation(
                    "symlink", path: change.path,
                    "the symlink '\(change.path)' \(problem): it points to "
                        + "'\(String(decoding: bytes.prefix(200), as: UTF8.self))'",
                    hint: SymlinkTarget.advice)
            }
            if let reason = ProtectedPaths.reason(forDirectory: change.path) {
                return Violation(
                    "symlink", path: change.path,
                    "the symlink '\(change.path)' stands where protected files are looked for: \(reason.rawValue)")
            }
            do {
                guard let end = try LinkWalk(subject).protectedEnd(of: bytes, from: change.path) else {
                    return nil
                }
                return Violation(
                    "symlink", path: change.path,
                    "the symlink '\(change.path)' leads to '\(end.path)', which is protected: \(end.reason.rawValue)"
                )
            } catch {
                return Violation(
                    "symlink", path: change.path, "where the symlink '\(change.path)' leads to cannot be checked")
            }
        }
    }
}

/// Follows a link through the links of the frozen tree.
private struct LinkWalk {
    private static let mostLinks = 40

    private let subject: RuleSubject

    init(_ subject: RuleSubject) { self.subject = subject }

    private struct TooManyLinks: Error {}

    /// Where a link comes to something protected, on the way or at its end.
    func protectedEnd(
        of target: [UInt8], from path: RepoPath
    ) throws -> (path: RepoPath, reason: ProtectedPaths.Reason)? {
        var done = Array(path.components.dropLast().map { Array($0) })
        var rest = Self.parts(target)
        var links = 0
        while !rest.isEmpty {
            let part = rest.removeFirst()
            if part == Array("..".utf8) {
                if !done.isEmpty { done.removeLast() }
                continue
            }
            done.append(try spelled(part, in: done))
            let here = try RepoPath(bytes: Array(done.joined(separator: [RepoPath.separator])))
            if let reason = ProtectedPaths.reason(for: here, namedByScope: subject.permission.scopePatterns) {
                return (here, reason)
            }
            guard let next = try link(at: here) else { continue }
            links += 1
            guard links <= Self.mostLinks else { throw TooManyLinks() }
            done.removeLast()
            rest = Self.parts(next) + rest
        }
        return nil
    }

    private func link(at path: RepoPath) throws -> [UInt8]? {
        if let blob = changed(path) { return try subject.contents.bytes(of: blob) }
        guard case .symlink(let blob) = try subject.tree?.item(at: path) else { return nil }
        return try subject.contents.bytes(of: blob)
    }

    /// What a link of the change holds that some system finds by this path.
    private func changed(_ path: RepoPath) -> ObjectID? {
        let folded = FoldedName.parts(of: path)
        return subject.ownChanges.first {
            $0.newMode == 0o120000 && ($0.path == path || FoldedName.parts(of: $0.path) == folded)
        }?.newBlob
    }

    /// A part as the directory spells it where it has another spelling only, which systems without capitals take for it.
    private func spelled(_ part: [UInt8], in directory: [[UInt8]]) throws -> [UInt8] {
        guard let tree = subject.tree else { return part }
        let path =
            directory.isEmpty ? nil : try RepoPath(bytes: Array(directory.joined(separator: [RepoPath.separator])))
        let names = try tree.names(in: path)
        if names.contains(part) { return part }
        let folded = FoldedName.of(String(decoding: part, as: UTF8.self))
        return names.first { FoldedName.of(String(decoding: $0, as: UTF8.self)) == folded } ?? part
    }

    private static func parts(_ target: [UInt8]) -> [[UInt8]] {
        target.split(separator: RepoPath.separator).map { Array($0) }.filter { $0 != Array(".".utf8) }
    }
}
