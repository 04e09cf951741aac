internal import Basics
internal import Model

/// A scope can ask that its changes also touch tests or documentation.
struct RequirementsRule: Rule {
    func violations(in subject: Case) -> [Violation] {
        guard !subject.judged.isEmpty else { return [] }
        return subject.scope.requires.filter { requirement in
            !subject.judged.contains { $0.operation != .delete && Self.serves(requirement, $0.path) }
        }.map { requirement in
            Violation(
                "requirement-missing",
                "scope '\(subject.scope.name)' requires that a change also touches \(requirement.rawValue)",
                hint: "add a file of that kind to the task's allowed_paths and criteria")
        }
    }

    private static func serves(_ requirement: Scope.Requirement, _ path: RepoPath) -> Bool {
        let parts = path.description.lowercased().split(separator: "/")
        let name = parts.last ?? ""
        switch requirement {
        case .docs:
            return parts.dropLast().contains { $0 == "docs" || $0 == "doc" }
                || [".md", ".rst", ".adoc", ".txt"].contains { name.hasSuffix($0) }
        case .tests:
            let stem = name.split(separator: ".").first ?? ""
            return parts.dropLast().contains { ["test", "tests", "spec", "__tests__"].contains($0) }
                || stem.hasPrefix("test_") || stem.hasSuffix("_test") || stem.hasSuffix("tests")
                || name.contains(".test.") || name.contains(".spec.")
        }
    }
}
