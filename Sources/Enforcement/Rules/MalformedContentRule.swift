internal import Analysis
internal import Basics
internal import Model

/// A file of a known format that is new, or was well-formed before, must be well-formed.
struct MalformedContentRule: ContentRule {
    func violations(in file: ChangedFile) -> [Violation] {
        guard let syntax = ContentSyntax(file.path), let after = file.after,
            !ContentSyntax.isTemplate(file.path, after), let problem = syntax.problem(in: after)
        else { return [] }
        if let before = file.before, syntax.problem(in: before) != nil { return [] }
        return [
            Violation(
                "malformed-content", path: file.path, line: problem.line,
                "'\(file.path)' line \(problem.line): \(problem.message)",
                hint: file.before == nil ? nil : "it was well-formed before the change")
        ]
    }
}
