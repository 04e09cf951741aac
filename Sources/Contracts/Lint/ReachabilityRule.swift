internal import Basics
internal import Model
internal import YAML

/// A task whose paths lie outside of what its scope and limits allow could never pass.
enum ReachabilityRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        guard let policy = subject.policy else { return }
        var reaches: [String: ScopeReach] = [:]
        for scope in policy.scopes where reaches[scope.name] == nil {
            reaches[scope.name] = ScopeReach(scope, policy)
        }
        let common = policy.scopes.first(where: \.servesEveryTask).map { ScopeReach($0, policy) }
        for task in subject.tasks where !task.isFinished {
            let items = task.items("allowed_paths")
            guard checkPresence(task, items, &report), subject.isPolicySound,
                items.count == task.task.allowedPaths.count,
                let reach = common ?? task.task.scope.flatMap({ reaches[$0] })
            else { continue }
            describe(task.task.allowedPaths.map(reach.reason), task, items, &report)
        }
    }

    /// Reports a list that is missing or empty; says whether there is one to look at.
    private static func checkPresence(_ task: LintTask, _ items: [YAMLNode], _ report: inout LintReport) -> Bool {
        guard let node = task.entry("allowed_paths")?.value else {
            report.add(
                .missingAllowedPaths,
                "the task '\(task.task.id)' has no allowed_paths, so that it may touch nothing",
                in: task.file, at: task.idSpan, hint: "add allowed_paths, such as [docs/guide.md]")
            return false
        }
        if node.items != nil, items.isEmpty {
            report.add(
                .emptyAllowedPaths, "an empty list allows nothing", in: task.file, at: node.span,
                as: task.isReleased ? nil : .warning, hint: "name what the task may touch, such as [docs/guide.md]"
            )
        }
        return !items.isEmpty
    }

    private static func describe(
        _ reasons: [String?], _ task: LintTask, _ items: [YAMLNode], _ report: inout LintReport
    ) {
        if reasons.allSatisfy({ $0 == nil }) { return }
        if let first = reasons[0], reasons.allSatisfy({ $0 != nil }) {
            report.add(
                .pathsNeverMatch, "the task '\(task.task.id)' could never pass: \(first)", in: task.file,
                at: items[0].span, as: task.isReleased ? nil : .warning,
                related: zip(items, reasons).dropFirst().prefix(5).compactMap { item, reason in
                    reason.map { .init($0, at: task.place(item.span)) }
                })
            return
        }
        for (item, reason) in zip(items, reasons) {
            guard let reason else { continue }
            report.add(.patternNeverMatches, reason, in: task.file, at: item.span)
        }
    }
}
