internal import Basics
package import Paths

/// A permission as places that a kernel can hold, which knows subtrees, files and directories but no patterns.
///
/// Wider than the permission where that cannot be helped, never narrower; what was written is judged again afterwards.
package struct Grants: Hashable, Sendable {
    /// How many files a pattern may match and still be granted one by one.
    package static let fileLimit = 256
    /// How many directories take new entries for one pattern of scratch; where there are more, all of them are open.
    package static let directoryLimit = 64

    /// Everything below, the directory itself included.
    package internal(set) var subtrees: Set<RepoPath> = []
    package private(set) var coversEverything = false
    package internal(set) var files: Set<RepoPath> = []
    /// Directories that take new entries; the root is not among them, see `opensRoot`.
    package internal(set) var directories: Set<RepoPath> = []
    package internal(set) var opensRoot = false
    /// What stays as it is, although something above it is granted.
    package internal(set) var kept: Set<RepoPath> = []
    /// The patterns that were granted as the whole directory they lie below.
    package private(set) var widened: [PathPattern] = []

    /// `matches` lists the base's files below a directory (`nil`: all) that the permission allows, one more than
    /// `fileLimit` at most.
    package init<Failure: Error>(
        _ permission: Permission, scratch: [PathPattern] = [],
        matches: (RepoPath?) throws(Failure) -> [RepoPath],
        directories: (RepoPath?) throws(Failure) -> [RepoPath] = { _ in [] }
    ) throws(Failure) {
        for pattern in Self.candidates(permission) {
            if pattern.isLiteral {
                if let path = try? RepoPath(pattern.text), permission.allows(path) { grant(path) }
            } else if Self.isGranted(pattern, in: permission.allowed) {
                grantSubtree(pattern.fixedDirectory)
            } else {
                try grantMatches(of: pattern, matches)
            }
        }
        for pattern in scratch { try grantScratch(pattern, permission, directories) }
        keep(permission)
    }

    /// What is never part of the change is written without being allowed; what is protected stays.
    private mutating func grantScratch<Failure: Error>(
        _ pattern: PathPattern, _ permission: Permission,
        _ directories: (RepoPath?) throws(Failure) -> [RepoPath]
    ) throws(Failure) {
        if pattern.isLiteral {
            guard let path = try? RepoPath(pattern.text) else { return }
            switch permission.refusal(of: path) {
            case nil, .notAllowed: grant(path)
            case .forbidden, .protected: return
            }
        } else if let directory = pattern.fixedDirectory, pattern.coversEverything(below: directory) {
            grantSubtree(directory)
        } else {
            open(pattern.fixedDirectory)
            let rest = pattern.text.dropFirst(pattern.fixedDirectory.map { $0.description.count + 1 } ?? 0)
            guard rest.contains("/") || rest.contains("**") else { return }
            let found = try directories(pattern.fixedDirectory)
            guard found.count <= Self.directoryLimit else {
                widened.append(pattern)
                return grantSubtree(pattern.fixedDirectory)
            }
            for directory in found where !Self.isProtected(directory) { self.directories.insert(directory) }
        }
    }

    private static func isProtected(_ directory: RepoPath) -> Bool {
        ProtectedPaths.places.contains { directory == $0 || directory.isBelow($0) }
    }

    private mutating func grant(_ path: RepoPath) {
        files.insert(path)
        open(path.parent)
    }

    mutating func open(_ directory: RepoPath?) {
        if let directory { directories.insert(directory) } else { opensRoot = true }
    }

    private mutating func grantSubtree(_ directory: RepoPath?) {
        if let directory { subtrees.insert(directory) } else { coversEverything = true }
    }

    private mutating func grantMatches<Failure: Error>(
        of pattern: PathPattern, _ matches: (RepoPath?) throws(Failure) -> [RepoPath]
    ) throws(Failure) {
        let found = try matches(pattern.fixedDirectory)
        if found.count > Self.fileLimit {
            widened.append(pattern)
            return grantSubtree(pattern.fixedDirectory)
        }
        for path in found where pattern.matches(path) { grant(path) }
        open(pattern.fixedDirectory)
    }

    /// Everything, for programs whose work is thrown away.
    package static let everything: Grants = {
        var grants = Grants()
        grants.coversEverything = true
        return grants
    }()

    private init() {}

    // MARK: What several layers leave of a pattern

    /// The task's patterns, each replaced by what narrower patterns of the other layers leave of it.
    private static func candidates(_ permission: Permission) -> [PathPattern] {
        var candidates = permission.allowed.first?.patterns ?? []
        for layer in permission.allowed.dropFirst() {
            candidates = candidates.flatMap { candidate in
                if layer.patterns.contains(where: { covers($0, candidate) }) { return [candidate] }
                let met = layer.patterns.filter { $0.couldOverlap(candidate) }
                return met.allSatisfy { covers(candidate, $0) } ? met : [candidate]
            }
        }
        return candidates
    }

    private static func covers(_ wide: PathPattern, _ narrow: PathPattern) -> Bool {
        if wide == narrow { return true }
        if narrow.isLiteral { return (try? RepoPath(narrow.text)).map(wide.matches) ?? false }
        if wide.text == "**" { return true }
        return narrow.fixedDirectory.map(wide.coversEverything(below:)) ?? false
    }

    /// Whether every layer allows all that lies below the pattern's directory.
    private static func isGranted(_ pattern: PathPattern, in layers: [Permission.Layer]) -> Bool {
        layers.allSatisfy { layer in
            layer.patterns.contains { one in
                one.text == "**" || pattern.fixedDirectory.map(one.coversEverything(below:)) ?? false
            }
        }
    }

    // MARK: What stays as it is

    private mutating func keep(_ permission: Permission) {
        let forbidden = permission.forbidden.flatMap(\.patterns).compactMap { pattern -> RepoPath? in
            if pattern.isLiteral { return try? RepoPath(pattern.text) }
            guard let directory = pattern.fixedDirectory, pattern.coversEverything(below: directory) else {
                return nil
            }
            return directory
        }
        for path in forbidden + ProtectedPaths.places where isOpen(path) && !holdsGrant(path) { kept.insert(path) }
        directories = directories.filter { directory in
            !kept.contains { directory == $0 || directory.isBelow($0) }
        }
    }

    private func isOpen(_ path: RepoPath) -> Bool {
        if coversEverything || subtrees.contains(where: { path == $0 || path.isBelow($0) }) { return true }
        return path.parent.map(directories.contains) ?? opensRoot
    }

    /// A file that the policy names exactly lies in a protected directory, and is open.
    private func holdsGrant(_ path: RepoPath) -> Bool {
        files.contains { $0 == path || $0.isBelow(path) } || subtrees.contains { $0.isBelow(path) }
    }
}
