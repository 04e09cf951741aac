internal import Basics
internal import Model
internal import YAML

/// A task whose paths lie outside of what its scope and limits allow could never pass.
enum ReachabilityRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        guard let policy = subject.policy else { return }
        var scopes: [String: Scope] = [:]
        for scope in policy.scopes where scopes[scope.name] == nil { scopes[scope.name] = scope }
        let common = policy.scopes.first(where: \.servesEveryTask)
        var known: [Question: String?] = [:]
        for task in subject.tasks where !task.isFinished {
            let items = task.items("allowed_paths")
            guard checkPresence(task, items, &report), subject.isPolicySound,
                items.count == task.task.allowedPaths.count,
                let scope = common ?? task.task.scope.flatMap({ scopes[$0] })
            else { continue }
            let reasons = task.task.allowedPaths.map { pattern -> String? in
                let question = Question(pattern: pattern, scope: scope.name)
                if let answer = known[question] { return answer }
                let answer = reason(pattern, scope, policy)
                known[question] = answer
                return answer
            }
            describe(reasons, task, items, &report)
        }
    }

    private struct Question: Hashable {
        let pattern: PathPattern
        let scope: String
    }

    /// Reports a list that is missing or empty; says whether there is one to look at.
    private static func checkPresence(_ task: LintTask, _ items: [YAMLNode], _ report: inout LintReport) -> Bool {
        guard let node = TaskFormat.record.node("allowed_paths", of: task.record) else {
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

    /// A pattern with what it fixes: one path, or the directory that all its paths lie below.
    private struct Candidate {
        let pattern: PathPattern
        let path: RepoPath?
        let directory: RepoPath?

        init(_ pattern: PathPattern) {
            self.pattern = pattern
            path = pattern.isLiteral ? try? RepoPath(pattern.text) : nil
            directory = path == nil ? pattern.fixedDirectory : nil
        }

        func canMeet(_ other: PathPattern) -> Bool { path.map(other.matches) ?? pattern.couldOverlap(other) }

        func isCovered(by other: PathPattern) -> Bool {
            if let path { return other.matches(path) }
            return other == pattern || directory.map(other.coversEverything(below:)) ?? (other.text == "**")
        }
    }

    /// Why no path that the pattern matches may be touched; `nil` when one may.
    private static func reason(_ pattern: PathPattern, _ scope: Scope, _ policy: Policy) -> String? {
        let candidate = Candidate(pattern)
        if let reason = protection(candidate, scope) {
            return "'\(pattern)' is always protected: \(reason.rawValue)"
        }
        if let cover = policy.forbidden.first(where: candidate.isCovered) {
            return "the policy forbids '\(cover)', which covers '\(pattern)'"
        }
        if let cover = scope.forbidden.first(where: candidate.isCovered) {
            return "scope '\(scope.name)' forbids '\(cover)', which covers '\(pattern)'"
        }
        if !scope.allowedPaths.contains(where: candidate.canMeet) {
            return "nothing that '\(pattern)' matches is allowed by scope '\(scope.name)'"
                + list(scope.allowedPaths)
        }
        if let prefixes = policy.limits.allowedPathPrefixes, !prefixes.contains(where: candidate.canMeet) {
            return "nothing that '\(pattern)' matches is within limits.allowed_path_prefixes" + list(prefixes)
        }
        return nil
    }

    private static func protection(_ candidate: Candidate, _ scope: Scope) -> ProtectedPaths.Reason? {
        if let path = candidate.path { return ProtectedPaths.reason(for: path, namedByScope: scope.allowedPaths) }
        guard let inside = try? candidate.directory?.appending("x"),
            let reason = ProtectedPaths.reason(for: inside, namedByScope: scope.allowedPaths)
        else { return nil }
        let isOpened = scope.allowedPaths.contains { named in
            guard named.isLiteral, let path = try? RepoPath(named.text) else { return false }
            return candidate.pattern.matches(path)
                && ProtectedPaths.reason(for: path, namedByScope: scope.allowedPaths) == nil
        }
        return isOpened ? nil : reason
    }

    private static func list(_ patterns: [PathPattern]) -> String {
        if patterns.isEmpty { return ", which allows nothing" }
        let shown = patterns.prefix(5).map(\.text).joined(separator: ", ")
        return " (\(shown)\(patterns.count > 5 ? ", …" : ""))"
    }
}
