internal import Basics
internal import Model

/// What can be seen only when all files are read: names that lead nowhere, tasks that could never pass.
struct ContractChecks {
    let target: TargetDescription
    let policy: Policy
    let backlog: Backlog

    var diagnostics: [Diagnostic] {
        duplicateIDs + unknownScopes + unknownDependencies + DependencyCycles(backlog.tasks).diagnostics
            + unknownInvariants + hopelessPaths + nothingReady
    }

    private func diagnostic(
        _ id: DiagnosticID, _ message: String, severity: Diagnostic.Severity = .error, at place: SourcePlace?,
        related: [Diagnostic.Related] = [], hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(id.rawValue, severity, message, at: place, related: related, hint: hint)
    }

    private var duplicateIDs: [Diagnostic] {
        var first: [String: BacklogTask] = [:]
        return backlog.tasks.compactMap { task -> Diagnostic? in
            guard let known = first[task.id] else {
                first[task.id] = task
                return nil
            }
            return diagnostic(
                .duplicateTaskID, "two tasks have the id '\(task.id.printable)'", at: task.place,
                related: known.place.map { [Diagnostic.Related("first defined here", at: $0)] } ?? [])
        }
    }

    private var unknownScopes: [Diagnostic] {
        let names = policy.scopes.map(\.name)
        let known = Set(names)
        guard !names.isEmpty, !policy.scopes.contains(where: \.servesEveryTask) else { return [] }
        return backlog.tasks.compactMap { task -> Diagnostic? in
            guard let scope = task.scope else {
                return diagnostic(
                    .missingField, "task '\(task.id.printable)' has no 'scope'", at: task.place,
                    hint: "the policy defines \(names.joined(separator: ", "))")
            }
            guard !known.contains(scope) else { return nil }
            let nearest = Suggestion.nearest(to: scope, among: names).map { "did you mean '\($0)'?" }
            return diagnostic(
                .unknownScope,
                "task '\(task.id.printable)' has the scope '\(scope.printable)', which the policy does not define",
                at: task.place, hint: nearest ?? "the policy defines \(names.joined(separator: ", "))")
        }
    }

    private var unknownDependencies: [Diagnostic] {
        let known = Set(backlog.tasks.map(\.id))
        return backlog.tasks.flatMap { task in
            task.dependencies.filter { !known.contains($0) }.map { name in
                diagnostic(
                    .unknownDependency,
                    "task '\(task.id.printable)' depends on '\(name.printable)', which does not exist",
                    at: task.place,
                    hint: Suggestion.nearest(to: name, among: known.sorted()).map { "did you mean '\($0)'?" })
            }
        }
    }

    private var unknownInvariants: [Diagnostic] {
        let known = policy.invariants.map(\.name)
        return backlog.tasks.flatMap { task in
            task.invariants.compactMap { extra -> Diagnostic? in
                guard case .named(let name) = extra, !known.contains(name) else { return nil }
                return diagnostic(
                    .unknownInvariant,
                    "task '\(task.id.printable)' names an invariant '\(name.printable)' that the policy does not have",
                    at: task.place,
                    hint: Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" })
            }
        }
    }

    /// Patterns of a task that no layer above it would ever let through.
    private var hopelessPaths: [Diagnostic] {
        backlog.tasks.flatMap { task -> [Diagnostic] in
            guard let scope = policy.scope(task.scope) else { return [] }
            let layers = [scope.allowedPaths] + [policy.limits, scope.limits].compactMap(\.allowedPathPrefixes)
            return task.allowedPaths.compactMap { pattern -> Diagnostic? in
                let problem =
                    layers.contains { layer in !layer.contains { $0.couldOverlap(pattern) } }
                    ? "the scope and the limits allow nothing there" : refusal(of: pattern, scope)
                guard let problem else { return nil }
                return diagnostic(
                    .pathsNeverMatch,
                    "'\(pattern.text.printable)' in task '\(task.id.printable)' can never be touched: \(problem)",
                    at: task.place,
                    hint:
                        "scope '\(scope.name)' allows \(scope.allowedPaths.prefix(5).map(\.text).joined(separator: ", "))"
                )
            }
        }
    }

    private func refusal(of pattern: PathPattern, _ scope: Scope) -> String? {
        guard pattern.isLiteral, let path = try? RepoPath(pattern.text) else { return nil }
        if let reason = ProtectedPaths.reason(for: path, namedByScope: scope.allowedPaths) {
            return reason.rawValue
        }
        let forbidden = (policy.forbidden + scope.forbidden).first { $0.matches(path) }
        return forbidden.map { "'\($0)' forbids it" }
    }

    private var nothingReady: [Diagnostic] {
        guard let first = backlog.tasks.first,
            !backlog.mentionsReady
        else { return [] }
        return [
            diagnostic(
                .nothingReady, "no task says 'ready': nothing is released, and nothing will run",
                severity: .warning, at: first.place,
                hint: "add 'ready: true' to the tasks that may run")
        ]
    }
}
