extension DiagnosticID {
    /// What does not fit together.
    var relationEntry: DiagnosticEntry { taskEntry ?? inputEntry ?? pathEntry }

    private var taskEntry: DiagnosticEntry? {
        switch self {
        case .taskIDSpelling:
            DiagnosticEntry(
                self, "The id works, and is not kebab-case.", bad: Self.tasks("{id: Task_1, \(Self.rest)}"),
                mended: Self.tasks("{id: task-1, \(Self.rest)}"))
        case .badTaskID:
            DiagnosticEntry(
                self, "The id cannot name a branch.", bad: Self.tasks("{id: \"write guide\", \(Self.rest)}"),
                mended: Self.tasks("{id: write-guide, \(Self.rest)}"))
        case .duplicateTaskID:
            DiagnosticEntry(
                self, "Two tasks have one id.", bad: Self.tasks("{id: a, \(Self.rest)}", "{id: a, \(Self.rest)}"),
                mended: Self.tasks("{id: a, \(Self.rest)}", "{id: b, \(Self.rest)}"))
        case .unknownDependency:
            DiagnosticEntry(
                self, "A task waits for one that does not exist.",
                bad: Self.tasks("{id: first, \(Self.rest)}", "{id: next, \(Self.rest), dependencies: [frist]}"),
                mended: Self.tasks("{id: first, \(Self.rest)}", "{id: next, \(Self.rest), dependencies: [first]}"))
        case .dependencyCycle:
            DiagnosticEntry(
                self, "Tasks wait for each other, so that none of them can ever start.",
                bad: Self.tasks(
                    "{id: a, \(Self.rest), dependencies: [b]}", "{id: b, \(Self.rest), dependencies: [a]}"),
                mended: Self.tasks("{id: a, \(Self.rest), dependencies: [b]}", "{id: b, \(Self.rest)}"))
        case .unknownScope:
            DiagnosticEntry(
                self, "The policy has no scope of that name.",
                bad: Self.tasks("{id: a, scope: dosc, ready: true, allowed_paths: [docs/a.md]}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md]}"))
        case .missingScope:
            DiagnosticEntry(
                self, "The task has no scope, so that it may touch nothing.",
                bad: Self.tasks("{id: a, ready: true, allowed_paths: [docs/a.md]}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md]}"))
        case .nothingReady:
            DiagnosticEntry(
                self,
                "No task has `ready`, as in an older variant that ran whatever was pending; Leviathan does not.",
                bad: Self.tasks("{id: a, scope: docs, allowed_paths: [docs/a.md]}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md]}"))
        case .executorNotAllowed:
            DiagnosticEntry(
                self, "The scope lists its executors, and this is none of them.",
                bad: .policy("scopes:\n  docs: {allowed_paths: [docs/**], executors: [docs], executor: tests}"),
                mended: .policy("scopes:\n  docs: {allowed_paths: [docs/**], executors: [docs], executor: docs}"))
        default: invariantEntry
        }
    }

    private var invariantEntry: DiagnosticEntry? {
        switch self {
        case .duplicateInvariant:
            DiagnosticEntry(
                self, "Two invariants have one name, and reports could not tell them apart.",
                bad: .policyWith(
                    "invariants:\n  - {name: Tests, check: make test}\n  - {name: Tests, check: make e2e}"),
                mended: .policyWith(
                    "invariants:\n  - {name: Tests, check: make test}\n  - {name: End to end, check: make e2e}"))
        case .unknownInvariant:
            DiagnosticEntry(
                self, "The policy has no invariant of that name.", bad: .task("invariants: [Tests must pass]"),
                mended: .task("invariants: [{name: Tests must pass, check: make test}]"))
        case .unknownBuiltin:
            DiagnosticEntry(
                self, "There is no builtin of that name.",
                bad: .policyWith("invariants: [{name: Links, builtin: link}]"),
                mended: .policyWith("invariants: [{name: Links, builtin: links}]"))
        default: nil
        }
    }

    private var inputEntry: DiagnosticEntry? {
        switch self {
        case .unknownExecutor:
            DiagnosticEntry(
                self,
                "No executor has that name; one that is like no known name may be a plugin of another machine, and is a warning.",
                bad: .task("executor: doc"), mended: .task("executor: docs"))
        case .unknownInput:
            DiagnosticEntry(
                self,
                "The task's executor knows no such input; `leviathan help executor NAME` lists those it knows.",
                bad: .task("inputs: {titel: Guide}"), mended: .task("inputs: {title: Guide}"))
        case .wrongInput:
            DiagnosticEntry(
                self, "The value of an input is not what the task's executor takes.",
                bad: .task("inputs: {template: giude}"), mended: .task("inputs: {template: guide}"))
        case .missingInput:
            DiagnosticEntry(
                self, "The task's executor cannot work without that input.",
                bad: .task("inputs: {template: runbook, impact: No mail is sent.}"),
                mended: .task("inputs: {template: runbook, steps: [Restart it.]}"))
        default: nil
        }
    }

    private var pathEntry: DiagnosticEntry {
        switch self {
        case .missingAllowedPaths:
            DiagnosticEntry(
                self, "Nothing says what may be touched, so that nothing may be.",
                bad: Self.tasks("{id: a, scope: docs, ready: true}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md]}"))
        case .emptyAllowedPaths:
            DiagnosticEntry(
                self, "An empty list allows nothing.",
                bad: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: []}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md]}"))
        case .patternNeverMatches:
            DiagnosticEntry(
                self, "One of the task's patterns lies outside of what its scope and the limits allow.",
                bad: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md, src/a.swift]}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/a.md]}"))
        default:
            DiagnosticEntry(
                .pathsNeverMatch,
                "All of the task's patterns lie outside of what may be touched: it could never pass.",
                bad: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [.github/workflows/ci.yml]}"),
                mended: Self.tasks("{id: a, scope: docs, ready: true, allowed_paths: [docs/ci.md]}"))
        }
    }

    private static let rest = "scope: docs, ready: true, allowed_paths: [docs/a.md]"

    private static func tasks(_ texts: String...) -> DiagnosticEntry.Example {
        .backlog("tasks:\n" + texts.map { "  - " + $0 }.joined(separator: "\n"))
    }
}
