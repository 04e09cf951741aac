internal import Basics
internal import Model
internal import Paths
internal import YAML

/// Limits while they are read: the parts of the breaker may stand far apart.
struct LimitsDraft: Blankable {
    var limits = Limits()
    var failures: Int?
    var cooldown: Duration?
    var breakerEnabled: Bool?

    var finished: Limits {
        var limits = limits
        if failures != nil || cooldown != nil {
            limits.breaker = Limits.Breaker(failures: failures ?? 2, cooldown: cooldown)
        }
        return limits
    }
}

/// Declares what limits a place may set.
enum LimitsFormat {
    static let longest: Int64 = 30 * 86_400
    private static let count = Codec<Int>.integer(0...1_000_000)

    /// Limits of a single attempt, which a scope or a task may tighten too.
    static let ofOneTask: [Field<LimitsDraft>] =
        [
            Field(
                "max_attempts_per_task", \.limits.maxAttemptsPerTask, .integer(1...1000), standard: "2",
                "Attempts after which a task is left to a person."),
            Field(
                "attempt_timeout", \.limits.attemptTimeout, .duration(1...longest),
                also: [
                    Alias("timeout.attempt_timeout_minutes", .minutes(1...longest)),
                    Alias("attempt_timeout_seconds", .seconds(1...longest)),
                ], standard: "15m", "The longest an attempt may take."),
            Field(
                "backoff", \.limits.backoff, .duration(0...longest),
                also: [Alias("backoff_seconds", .seconds(0...longest))], standard: "0s",
                "The pause after a failed attempt, doubled after each further one."),
            Field("max_files", \.limits.maxFiles, count, "The most files one change may touch."),
            Field("max_patch_bytes", \.limits.maxPatchBytes, .size, "The largest patch, as text."),
            Field(
                "max_file_size", .fileSizes(.size),
                also: [Alias("max_file_size_kb", .fileSizes(.kilobytes))],
                "The largest size of a changed file, by pattern; the first pattern that matches counts.",
                set: { draft, pairs in
                    draft.limits.maxFileSizes = pairs.map { Limits.FileSize(pattern: $0.key, bytes: $0.value) }
                }),
        ] + ofAgents

    /// What an agent may spend on one attempt.
    private static let ofAgents: [Field<LimitsDraft>] = [
        Field(
            "agent_budget.tokens", \.limits.agentBudget.tokens, .integer(1...1_000_000_000_000),
            "The most tokens of a model that one attempt of an agent may use, cached ones counted too."),
        Field(
            "agent_budget.usd", \.limits.agentBudget.dollars, .number(0...1_000_000),
            "The most dollars that one attempt of an agent may spend on a model."),
        Field(
            "agent_budget.turns", \.limits.agentBudget.turns, .integer(1...1_000_000),
            "The most calls of a model in one attempt of an agent."),
        Field(
            "agent_budget.time", \.limits.agentBudget.time, .duration(1...longest),
            "The longest an agent may work on one attempt."),
    ]

    /// What models may cost in a day.
    private static let ofADay: [Field<LimitsDraft>] = [
        Field(
            "budget_per_day.usd", \.limits.dailyBudget.dollars, .number(0...1_000_000),
            "The most dollars that may be spent on models within 24 hours, whenever they begin."),
        Field(
            "budget_per_day.tokens", \.limits.dailyBudget.tokens, .integer(0...1_000_000_000_000),
            "The most tokens of models within 24 hours, whenever they begin, cached ones counted too."),
    ]

    /// Limits that a scope may set of its own tasks, beside those of each of them.
    static let ofAScope: [Field<LimitsDraft>] =
        ofTheTarget.filter { shared.contains($0.name) } + ofADay + ofOneTask

    private static let shared: Set<String> = [
        "max_open_prs", "max_running_attempts", "max_tasks_per_hour", "max_tasks_per_day", "raise_priority_after",
    ]

    /// Limits of a whole target.
    static let all: [Field<LimitsDraft>] = ofTheTarget + ofADay + ofOneTask

    private static let ofTheTarget: [Field<LimitsDraft>] = [
        Field(
            "allowed_path_prefixes", \.limits.allowedPathPrefixes, .list(of: .pattern),
            "Patterns within which every change must stay, whatever its scope allows."),
        Field(
            "max_open_prs", \.limits.maxOpenPullRequests, count, standard: "1",
            "The most pull requests of Leviathan that may be open at once."),
        Field(
            "max_open_prs_per_path", \.limits.maxOpenPerPath, count,
            "The most open pull requests of tasks that allow a path which the task allows as well."),
        Field(
            "max_open_prs_per_owner", \.limits.maxOpenPerOwner, count,
            "The most open pull requests that may touch files of one owner, as CODEOWNERS of the base says."),
        Field(
            "raise_priority_after", \.limits.raisePriorityAfter, .duration(60...longest * 12),
            "After each such time of waiting a task moves up one class of priority."),
        Field(
            "max_running_attempts", \.limits.maxRunningAttempts, count,
            also: ["max_concurrent_attempts"], standard: "1",
            "The most attempts that may run at once."),
        Field(
            "circuit_breaker.failures", \.failures, .integer(1...1000),
            also: [
                "circuit_breaker.consecutive_failures_threshold", "circuit_breaker_failures",
            ], standard: "2", "Failures in a row after which the target is stopped."),
        Field(
            "circuit_breaker.cooldown", \.cooldown, .duration(1...longest),
            also: [Alias("circuit_breaker.cooldown_minutes", .minutes(1...longest))],
            "After this time the breaker tries again; without it only a person resets it."),
        Field(
            "circuit_breaker.enabled", expected: "true", schema: ["type": "boolean"],
            "The breaker cannot be switched off; `true` says nothing."
        ) { entry, draft, context in
            guard let isOn = Codec<Bool>.flag.read(entry.value, &context) else { return }
            draft.breakerEnabled = isOn
            if !isOn {
                context.report(
                    .ignoredSetting, "the circuit breaker cannot be switched off", at: entry.value.span,
                    hint: "raise circuit_breaker.failures instead")
            }
        },
        Field(
            "max_tasks_per_hour", \.limits.maxTasksPerHour, count,
            "The most tasks that are started within an hour, whenever it begins."),
        Field(
            "max_tasks_per_day", \.limits.maxTasksPerDay, count,
            "The most tasks that are started within 24 hours, whenever they begin."),
    ]
}

extension Codec where Value == [Pair<PathPattern, Int>] {
    static func fileSizes(_ size: Codec<Int>) -> Codec {
        let base = Codec.dictionary("a mapping from path patterns to sizes", keys: .pattern, values: size)
        return Codec(
            size.expected == Codec<Int>.size.expected
                ? base.expected : "a mapping from path patterns to kilobytes",
            plural: base.plural, schema: base.schema,
            written: { pairs in
                let texts = pairs.map {
                    "\(JSON.string($0.key.text).text()): \(Codec<Int>.size.written?($0.value) ?? "")"
                }
                return "{" + texts.joined(separator: ", ") + "}"
            }, read: base.read)
    }
}
