internal import Basics
internal import Model
internal import YAML

/// The executor of a task is there, and the task's inputs are what that executor knows.
enum InputsRule {
    static func check(
        _ subject: LintSubject, _ executors: ExecutorDeclarations, templates: @escaping () -> [String],
        _ report: inout LintReport
    ) {
        guard !executors.isEmpty else { return }
        var scopes: [String: String] = [:]
        for scope in subject.policy?.scopes ?? [] {
            scopes[scope.name] = scope.executor ?? (executors[scope.name] == nil ? nil : scope.name)
            checkName(scope, subject, executors, &report)
        }
        for task in subject.tasks where !task.isFinished {
            let fields = task.task
            if let name = fields.executor, !checkName(name, of: task, executors, &report) { continue }
            guard let name = fields.executor ?? fields.scope.flatMap({ scopes[$0] }),
                let declaration = executors[name]
            else { continue }
            for problem in InputCheck.problems(of: fields.inputs, declaration, templates: templates) {
                add(problem, of: task, name, &report)
            }
        }
    }

    private static func checkName(
        _ scope: Scope, _ subject: LintSubject, _ executors: ExecutorDeclarations, _ report: inout LintReport
    ) {
        guard let name = scope.executor, !executors.isKnown(name) else { return }
        let span = subject.policyDraft?.scopes[scope.name].flatMap {
            ScopeFormat.record.node("executor", of: $0)?.span
        }
        addUnknown(name, in: ContractPaths.policy, at: span, executors, &report)
    }

    private static func checkName(
        _ name: String, of task: LintTask, _ executors: ExecutorDeclarations, _ report: inout LintReport
    ) -> Bool {
        guard !executors.isKnown(name) else { return true }
        addUnknown(name, in: task.file, at: task.span("executor"), executors, &report)
        return false
    }

    /// A name like none that is known may be that of a plugin on another machine.
    private static func addUnknown(
        _ name: String, in file: String, at span: SourceSpan?, _ executors: ExecutorDeclarations,
        _ report: inout LintReport
    ) {
        let nearest = Suggestion.nearest(to: name, among: executors.names)
        report.add(
            .unknownExecutor, "there is no executor '\(name)'", in: file, at: span,
            as: nearest == nil ? .warning : .error,
            hint: nearest.map { "did you mean '\($0)'?" }
                ?? "a plugin is a program 'leviathan-executor-\(name)' in PATH or in .leviathan/executors/")
    }

    private static func add(
        _ problem: InputProblem, of task: LintTask, _ executor: String, _ report: inout LintReport
    ) {
        let id: DiagnosticID =
            switch problem.kind {
            case .unknownName: .unknownInput
            case .missing: .missingInput
            case .wrongValue, .unknownValue: .wrongInput
            }
        report.add(
            id, "executor '\(executor)': \(problem.message)", in: task.file, at: span(of: problem, task),
            hint: problem.hint)
    }

    /// The value that the path leads to, or the key of a member that is not known.
    private static func span(of problem: InputProblem, _ task: LintTask) -> SourceSpan? {
        guard let inputs = task.entry("inputs") else { return task.idSpan }
        var node = inputs.value
        var key = inputs.key
        for step in problem.path {
            switch step {
            case .member(let name):
                guard let entry = node.pairs?.last(where: { $0.key.scalarText == name }) else { return node.head }
                (node, key) = (entry.value, entry.key)
            case .element(let index):
                guard let items = node.items, index < items.count else { return node.head }
                node = items[index]
                key = node
            }
        }
        switch problem.kind {
        case .unknownName: return key.head
        case .missing: return problem.path.isEmpty ? inputs.key.span : node.head
        case .wrongValue, .unknownValue: return node.head
        }
    }
}
