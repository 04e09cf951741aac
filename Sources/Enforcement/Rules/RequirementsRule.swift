internal import Analysis
internal import Basics
internal import Model
internal import Paths

/// A scope can ask that its changes also touch tests or documentation.
struct RequirementsRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        guard !subject.ownChanges.isEmpty else { return [] }
        return subject.scope.requires.filter { requirement in
            !subject.ownChanges.contains { $0.operation != .delete && Self.serves(requirement, $0.path) }
        }.map { requirement in
            Violation(
                "requirement-missing",
                "scope '\(subject.scope.name)' requires that a change also touches \(requirement.rawValue)",
                hint: "add a file of that kind to the task's allowed_paths and criteria")
        }
    }

    private static func serves(_ requirement: Scope.Requirement, _ path: RepoPath) -> Bool {
        switch requirement {
        case .docs: isDocumentation(path)
        case .tests: TestLanguage.isTestPath(path)
        }
    }

    /// Text files that programs read, not people.
    private static let inputs = ["requirements", "constraints", "cmakelists", "robots", "packages"]

    private static func isDocumentation(_ path: RepoPath) -> Bool {
        let parts = path.description.lowercased().split(separator: "/")
        let name = parts.last ?? ""
        if [".md", ".rst", ".adoc", ".mdx"].contains(where: { name.hasSuffix($0) }) { return true }
        if parts.dropLast().contains(where: { $0 == "docs" || $0 == "doc" }) { return true }
        return name.hasSuffix(".txt") && !inputs.contains { name.hasPrefix($0) }
    }
}
