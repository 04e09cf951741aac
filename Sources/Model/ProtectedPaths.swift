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
        if glance.isSurelyOpen(path) { return nil }
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

    private static let glance = ProtectedGlance(ProtectedPlace.all)
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
