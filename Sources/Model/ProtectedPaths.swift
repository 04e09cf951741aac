internal import Basics
package import Paths

/// Paths that no task may touch, whatever its allowed paths say; names that some system takes for one of them too.
package enum ProtectedPaths {
    package enum Reason: String, Sendable {
        case gitMetadata = "it is, or looks like, git's own metadata"
        case submodules = ".gitmodules decides what other repositories are pulled in"
        case ownRules = ".leviathan/ holds the rules that the change is judged by"
        case codeOwners = "CODEOWNERS decides who reviews"
        case continuousIntegration = "it defines CI; a scope must name the file exactly to open it"
        case hookManager = "it makes machines run something; a scope must name the file exactly to open it"
        case bot = "it steers a bot that changes or merges; a scope must name the file exactly to open it"
    }

    /// `nil` for a path that is not protected.
    package static func reason(for path: RepoPath, namedByScope patterns: [PathPattern]) -> Reason? {
        if table.isSurelyOpen(path) { return nil }
        let components = path.components.map { String(decoding: $0, as: UTF8.self) }
        if components.contains(where: { isGitLookalike($0) }) { return .gitMetadata }
        let folded = FoldedName.parts(of: path)
        if folded.contains(".gitmodules") { return .submodules }
        if folded.first == ".leviathan" { return .ownRules }
        if folded.last == "codeowners", codeOwnersPlaces.contains(folded.dropLast().joined(separator: "/")) {
            return .codeOwners
        }
        guard let reason = table.reason(for: folded) else { return nil }
        let isNamed = patterns.contains { $0.isLiteral && $0.matches(path) }
        return isNamed ? nil : reason
    }

    /// What could be protected below a name, once something else stands in place of the directory.
    ///
    /// A symlink at `.github` brings whatever workflows it leads to.
    package static func reason(forDirectory path: RepoPath) -> Reason? {
        let folded = FoldedName.parts(of: path)
        let joined = folded.joined(separator: "/")
        if codeOwnersPlaces.contains(joined) { return .codeOwners }
        return table.reason(below: folded)
    }

    /// Whether some file system would take the name for `.git`.
    package static func isGitLookalike(_ component: String) -> Bool {
        // Plain names that begin with neither are most names, and need no folding.
        if let first = component.utf8.first, !".gG".utf8.contains(first),
            component.utf8.allSatisfy({ $0 < 0x80 })
        {
            return false
        }
        let name = FoldedName.of(component)
        return name == ".git" || isShortName(name)
    }

    /// `git~1`, the 8.3 name that Windows gives to `.git`, and its numbered siblings.
    private static func isShortName(_ name: String) -> Bool {
        guard name.hasPrefix("git~") else { return false }
        let number = name.dropFirst(4)
        return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static let codeOwnersPlaces: Set<String> = ["", "docs", ".github", ".gitlab", ".gitea", ".forgejo"]

    private static let table = ProtectedTable(ProtectedPlace.all)

    /// The protected files and directories that a fence keeps from being written, by the names they usually have.
    package static let places: [RepoPath] = {
        let pinned = ProtectedPlace.all.filter(\.isPinned).map { place in
            place.pattern.hasSuffix("/") ? String(place.pattern.dropLast()) : place.pattern
        }
        let names =
            [".git", ".gitmodules", ".leviathan", "Jenkinsfile"] + pinned
            + codeOwnersPlaces.sorted().map { $0.isEmpty ? "CODEOWNERS" : $0 + "/CODEOWNERS" }
        return names.compactMap { try? RepoPath($0) }
    }()
}

/// The table of places, arranged so that a path is looked up in a few steps.
private struct ProtectedTable: Sendable {
    private typealias Reason = ProtectedPaths.Reason

    /// A name with at most one `*`, as its beginning and its end.
    private struct Wildcard: Sendable {
        let directory: [String]
        let isAnywhere: Bool
        let start: String
        let end: String
        let reason: ProtectedPaths.Reason

        func matches(_ parts: [String]) -> Bool {
            guard let name = parts.last, isAnywhere || parts.dropLast().elementsEqual(directory) else {
                return false
            }
            return name.utf8.count >= start.utf8.count + end.utf8.count && name.hasPrefix(start)
                && name.hasSuffix(end)
        }
    }

    private var files: [String: ProtectedPaths.Reason] = [:]
    private var names: [String: ProtectedPaths.Reason] = [:]
    /// By their first part.
    private var directories: [String: [(parts: [String], reason: ProtectedPaths.Reason)]] = [:]
    private var wildcards: [Wildcard] = []
    /// What the first part of a protected path begins with, and what its name begins with where the directory does not
    /// matter.
    private var (partStarts, nameStarts) = (PairSet(), PairSet())
    /// What such names end with that begin with a `*`.
    private var nameEnds = ByteSet()
    /// Every directory that something protected lies in.
    private var above: [String: ProtectedPaths.Reason] = [:]

    init(_ places: [ProtectedPlace]) {
        for place in places { add(place) }
        nameStarts.insert("codeowners")
    }

    /// Whether one look at a few of its bytes shows that the path is not protected, as for most.
    func isSurelyOpen(_ path: RepoPath) -> Bool {
        let bytes = path.bytes
        guard let last = bytes.last, FoldedName.isPlain(path), !partStarts.contains(bytes, at: 0),
            !nameEnds.contains(last)
        else { return false }
        var start = 0
        for index in bytes.indices where bytes[index] == RepoPath.separator {
            if bytes[start] == UInt8(ascii: ".") { return false }
            start = index + 1
        }
        return bytes[start] != UInt8(ascii: ".") && !nameStarts.contains(bytes, at: start)
    }

    private mutating func note(_ first: String, _ name: String, isAnywhere: Bool) {
        guard isAnywhere else { return partStarts.insert(first) }
        if name.utf8.first == UInt8(ascii: "*") {
            nameEnds.insert(name.utf8.last!)
        } else {
            nameStarts.insert(name)
        }
    }

    private mutating func add(_ place: ProtectedPlace) {
        let isAnywhere = place.pattern.hasPrefix("**/")
        let parts = place.pattern.split(separator: "/").map(String.init).filter { $0 != "**" }
        guard let name = parts.last, let first = parts.first else { return }
        note(first, name, isAnywhere: isAnywhere)
        for count in 1..<max(1, parts.count) where !isAnywhere {
            above[parts.prefix(count).joined(separator: "/"), default: place.reason] = place.reason
        }
        if place.pattern.hasSuffix("/") {
            directories[first, default: []].append((parts, place.reason))
        } else if let star = name.firstIndex(of: "*") {
            wildcards.append(
                Wildcard(
                    directory: parts.dropLast(), isAnywhere: isAnywhere, start: String(name[..<star]),
                    end: String(name[name.index(after: star)...]), reason: place.reason))
        } else if isAnywhere {
            names[name] = place.reason
        } else {
            files[parts.joined(separator: "/")] = place.reason
        }
    }

    /// Of a path whose parts are folded; what stands in place of a protected directory is that directory.
    func reason(for parts: [String]) -> ProtectedPaths.Reason? {
        guard let first = parts.first, let name = parts.last else { return nil }
        if let reason = names[name] { return reason }
        if let reason = directories[first]?.first(where: { parts.starts(with: $0.parts) })?.reason {
            return reason
        }
        if let reason = files[parts.count == 1 ? name : parts.joined(separator: "/")] { return reason }
        return wildcards.first { $0.matches(parts) }?.reason
    }

    func reason(below parts: [String]) -> ProtectedPaths.Reason? { above[parts.joined(separator: "/")] }
}

/// What names begin with: their first two bytes.
private struct PairSet: Sendable {
    private var bits = [UInt64](repeating: 0, count: 1024)

    /// A name of at least two bytes.
    mutating func insert(_ name: String) {
        let pair = Array(name.utf8.prefix(2))
        let number = Int(pair[0]) << 8 | Int(pair[1])
        bits[number >> 6] |= 1 << UInt64(number & 63)
    }

    func contains(_ bytes: [UInt8], at start: Int) -> Bool {
        guard start + 1 < bytes.count else { return false }
        let number = Int(bytes[start]) << 8 | Int(bytes[start + 1])
        return bits[number >> 6] & (1 << UInt64(number & 63)) != 0
    }
}
