internal import Basics
internal import Model
internal import YAML

/// Scopes that are named anywhere exist.
enum ScopeRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        guard let policy = subject.policy else { return }
        checkPaths(subject, &report)
        let names = Set(policy.scopes.map(\.name))
        // What is missing because the policy cannot be read is its mistake alone.
        if names.isEmpty, !subject.isPolicySound { return }
        let servesAll = policy.scopes.contains(where: \.servesEveryTask)
        var hints: [String: String] = [:]
        for task in subject.tasks where !servesAll {
            guard let scope = task.task.scope else {
                if task.entry("scope") == nil, !task.isFinished {
                    report.add(
                        .missingScope, "the task '\(task.task.id)' has no scope, so that it may touch nothing",
                        in: task.file, at: task.idSpan, hint: known(names))
                }
                continue
            }
            if names.contains(scope) { continue }
            let hint = hints[scope] ?? nearest(scope, names)
            hints[scope] = hint
            report.add(
                .unknownScope, "policy.yaml has no scope '\(scope)'", in: task.file, at: task.span("scope"),
                as: task.isFinished ? .warning : nil, hint: hint)
        }
        if !servesAll { checkAutoMerge(subject, names, &report) }
    }

    /// A scope that allows nothing is hardly what somebody meant.
    private static func checkPaths(_ subject: LintSubject, _ report: inout LintReport) {
        let records =
            (subject.policyDraft?.scopes.records ?? []) + [subject.policyDraft?.common].compactMap(\.self)
        for record in records {
            let name = record.value.scope.name
            guard let node = ScopeFormat.record.node("allowed_paths", of: record) else {
                report.add(
                    .missingAllowedPaths, "the scope '\(name)' has no allowed_paths, so that it allows nothing",
                    in: ContractPaths.policy, at: record.value.scope.place?.span,
                    hint: "add allowed_paths, such as [docs/**]")
                continue
            }
            if node.items?.isEmpty == true {
                report.add(
                    .emptyAllowedPaths, "an empty list allows nothing", in: ContractPaths.policy, at: node.span,
                    as: .warning, hint: "name what tasks of the scope may touch, such as [docs/**]")
            }
        }
    }

    private static func checkAutoMerge(_ subject: LintSubject, _ names: Set<String>, _ report: inout LintReport) {
        guard let record = subject.policyRecord,
            let node = PolicyFormat.record.node("auto_merge.scopes", of: record)
        else { return }
        for item in node.items ?? [] {
            guard let scope = item.scalarText, !names.contains(scope) else { continue }
            report.add(
                .unknownScope, "the policy has no scope '\(scope)'", in: ContractPaths.policy, at: item.span,
                hint: nearest(scope, names))
        }
    }

    private static func nearest(_ scope: String, _ names: Set<String>) -> String {
        Suggestion.nearest(to: scope, among: names).map { "did you mean '\($0)'?" } ?? known(names)
    }

    private static func known(_ names: Set<String>) -> String {
        if names.isEmpty { return "policy.yaml defines no scope yet" }
        return "the policy's scopes are " + names.sorted().prefix(20).joined(separator: ", ")
    }
}
