internal import Basics
internal import Model
internal import YAML

/// Everything that was read, for the rules that look at how it fits together.
struct LintSubject {
    /// `nil` when the policy could not be read at all.
    var policy: Policy?
    var policyDraft: PolicyDraft?
    var policyRecord: Record<PolicyDraft>?
    /// Whether the policy itself is free of errors, so that judging tasks by it makes sense.
    var isPolicySound = false
    var tasks: [LintTask] = []
    /// The ids of tasks of which something could not be read, wherever that is written.
    var brokenTasks: Set<String> = []
}

/// A task as it was read, with the file it stands in; one for all who look at it, as there may be very many.
final class LintTask: Sendable {
    let file: String
    let record: Record<TaskDraft>
    /// Where it stands in the file.
    let range: Range<Int>
    /// Whether something of it could not be read.
    let isBroken: Bool

    init(file: String, record: Record<TaskDraft>, range: Range<Int>, isBroken: Bool) {
        (self.file, self.record, self.range, self.isBroken) = (file, record, range, isBroken)
    }

    /// Without what its invariants and limits come to.
    var task: BacklogTask { record.value.task }

    /// Nothing will run for it again, so that what no longer fits does no harm.
    var isFinished: Bool { task.status == .completed || task.status == .declined }

    /// The task is held back by nothing but its own text.
    var isReleased: Bool { task.ready && !isFinished }

    func entry(_ field: String) -> YAMLEntry? { TaskFormat.record.entry(field, of: record) }

    func span(_ field: String) -> SourceSpan? { entry(field)?.value.span ?? idSpan }

    var idSpan: SourceSpan? { task.place?.span }

    func items(_ field: String) -> [YAMLNode] { entry(field)?.value.items ?? [] }

    func place(_ span: SourceSpan) -> SourcePlace { SourcePlace(file: file, span: span) }
}

/// What the rules have to say.
struct LintReport {
    private(set) var diagnostics: [Diagnostic] = []

    mutating func add(
        _ id: DiagnosticID, _ message: String, in file: String, at span: SourceSpan?,
        as severity: Diagnostic.Severity? = nil, related: [Diagnostic.Related] = [], hint: String? = nil,
        fix: [TextEdit] = []
    ) {
        guard diagnostics.count <= ContractBounds.diagnostics else { return }
        diagnostics.append(
            Diagnostic(
                id.rawValue, severity ?? id.severity, message, at: span.map { SourcePlace(file: file, span: $0) },
                related: related, hint: hint, fix: fix))
    }
}

/// Runs every rule; one file a rule.
enum Linter {
    static func check(
        _ subject: LintSubject, _ executors: ExecutorDeclarations, templates: @escaping () -> [String]
    ) -> [Diagnostic] {
        var report = LintReport()
        TaskIDRule.check(subject, &report)
        DependencyRule.check(subject, &report)
        ScopeRule.check(subject, &report)
        InvariantRule.check(subject, &report)
        ExecutorRule.check(subject, &report)
        InputsRule.check(subject, executors, templates: templates, &report)
        ReachabilityRule.check(subject, &report)
        ReadyRule.check(subject, &report)
        return report.diagnostics
    }
}
