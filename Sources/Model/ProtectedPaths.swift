internal import Basics
package import Paths

/// Paths that no task may touch, whatever its allowed paths say.
package enum ProtectedPaths {
    package enum Reason: String, Sendable {
        case gitMetadata = "it is, or looks like, git's own metadata"
        case submodules = ".gitmodules decides what other repositories are pulled in"
        case ownRules = ".leviathan/ holds the rules that the change is judged by"
        case codeOwners = "CODEOWNERS decides who reviews"
        case continuousIntegration = "it defines CI; a scope must name the file exactly to open it"
    }

    /// `nil` for a path that is not protected.
    package static func reason(for path: RepoPath, namedByScope patterns: [PathPattern]) -> Reason? {
        let components = path.components.map { String(decoding: $0, as: UTF8.self) }
        if components.contains(where: { isGitLookalike($0) }) { return .gitMetadata }
        let folded = path.components.map { String(decoding: PathFolding.name(Array($0)), as: UTF8.self) }
        if folded.contains(".gitmodules") { return .submodules }
        if folded.first == ".leviathan" { return .ownRules }
        if folded.last == "codeowners", codeOwnersPlaces.contains(folded.dropLast().joined(separator: "/")) {
            return .codeOwners
        }
        guard isContinuousIntegration(folded) else { return nil }
        let isNamed = patterns.contains { $0.isLiteral && $0.matches(path) }
        return isNamed ? nil : .continuousIntegration
    }

    /// Whether some file system would take the name for `.git`.
    package static func isGitLookalike(_ component: String) -> Bool {
        // Plain names that begin with neither are most names, and need no folding.
        if let first = component.utf8.first, !".gG".utf8.contains(first),
            component.utf8.allSatisfy({ $0 < 0x80 })
        {
            return false
        }
        let visible = String(String.UnicodeScalarView(component.unicodeScalars.filter { !isIgnoredByHFS($0) }))
        var name = visible.lowercased()
        if let stream = name.firstIndex(of: ":") { name = String(name[..<stream]) }
        while name.last == "." || name.last == " " { name.removeLast() }
        return name == ".git" || isShortName(name)
    }

    /// `git~1`, the 8.3 name that Windows gives to `.git`, and its numbered siblings.
    private static func isShortName(_ name: String) -> Bool {
        guard name.hasPrefix("git~") else { return false }
        let number = name.dropFirst(4)
        return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Characters that HFS+ leaves out when it compares names.
    private static func isIgnoredByHFS(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }

    private static let codeOwnersPlaces: Set<String> = ["", "docs", ".github", ".gitlab"]

    private static let ciFiles: Set<String> = [
        ".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", "azure-pipelines.yml", "azure-pipelines.yaml",
        "bitbucket-pipelines.yml", "jenkinsfile", ".drone.yml", "appveyor.yml", ".appveyor.yml", "cloudbuild.yaml",
        ".cirrus.yml", "wercker.yml", "buildspec.yml",
    ]

    private static let ciDirectories: [[String]] = [
        [".github", "workflows"], [".github", "actions"], [".gitlab", "ci"], [".circleci"], [".buildkite"],
        [".woodpecker"], [".forgejo", "workflows"], [".gitea", "workflows"], [".ci"], [".teamcity"],
    ]

    /// The protected files and directories by the names they usually have.
    package static let places: [RepoPath] = {
        let names =
            [".git", ".gitmodules", ".leviathan", "Jenkinsfile"] + ciFiles
            + codeOwnersPlaces.map { $0.isEmpty ? "CODEOWNERS" : $0 + "/CODEOWNERS" }
            + ciDirectories.map { $0.joined(separator: "/") }
        return names.compactMap { try? RepoPath($0) }
    }()

    private static func isContinuousIntegration(_ components: [String]) -> Bool {
        if components.count == 1, ciFiles.contains(components[0]) { return true }
        return ciDirectories.contains { components.count > $0.count && components.starts(with: $0) }
    }
}
