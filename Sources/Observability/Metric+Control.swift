/// Switches, queues and limits.
extension Metric {
    package static let buildInfo = Metric(
        .gauge, "leviathan_build_info", ["version", "revision"], "What runs here.",
        "compare it between replicas after an upgrade")
    package static let stopActive = Metric(
        .gauge, "leviathan_stop_active", "Whether everything is stopped.",
        "`leviathan autonomy status` says by whom and why; `leviathan resume` ends it")
    package static let autonomyEnabled = Metric(
        .gauge, "leviathan_autonomy_enabled", ["target"], "Whether the scheduler takes the target's tasks.",
        "`leviathan autonomy status` says who switched it and why")

    static let controls: [Metric] = [.buildInfo, .stopActive, .autonomyEnabled]

    // MARK: The queue

    package static let queueTasks = Metric(
        .gauge, "leviathan_queue_tasks", ["target", "state"],
        "Tasks that may run, and tasks that wait for something.",
        "look at the reasons in `leviathan_held_tasks`")
    package static let heldTasks = Metric(
        .gauge, "leviathan_held_tasks", ["target", "reason"], "Tasks that wait, by the one reason that each has.",
        "`leviathan next --all` says of each task until when it waits and what one can do")
    package static let queueWait = Metric(
        .histogram, "leviathan_queue_wait_seconds", "How long tasks that were granted had waited for their turn.",
        "raise `max_running_attempts`, or the weight of the target")
    package static let oldestEligible = Metric(
        .gauge, "leviathan_oldest_eligible_timestamp_seconds", ["target"],
        "Since when the oldest task that may run waits for its turn.",
        "see whether anything is granted at all: `leviathan_grants_total`, the leader, the width of `--jobs`")
    package static let grants = Metric(
        .counter, "leviathan_grants_total", ["target", "class"],
        "Tasks that the scheduler handed out since this process began.",
        "compare targets: weights and classes decide who gets how many")
    package static let refusals = Metric(
        .counter, "leviathan_refusals_total", ["target", "reason"],
        "How often a task began to wait for a reason, since this process began.",
        "`leviathan explain REASON` says what the reason means")
    package static let targetUnreadable = Metric(
        .gauge, "leviathan_target_unreadable", ["target"], "Whether a target's contract cannot be read.",
        "`leviathan target show TARGET` prints what is wrong")

    static let queue: [Metric] = [
        .queueTasks, .heldTasks, .queueWait, .oldestEligible, .grants, .refusals, .targetUnreadable,
    ]

    // MARK: Limits

    package static let breakerState = Metric(
        .gauge, "leviathan_breaker_state", ["scope", "class", "state"], "1 at the state of each breaker.",
        "`leviathan failures` says why it opened; `leviathan breaker reset` closes it")
    package static let breakerFailures = Metric(
        .gauge, "leviathan_breaker_failures", ["scope", "class"],
        "Failures in a row that count towards a breaker.",
        "`leviathan failures --target TARGET` lists them")
    package static let breakerProbeOverdue = Metric(
        .gauge, "leviathan_breaker_probe_overdue", ["scope", "class"],
        "Whether the attempt or request that finds out whether an outage is over is past its deadline.",
        "`leviathan breaker list` names the probe; the attempt behind it hangs, or its process died")
    package static let breakerTransitions = Metric(
        .counter, "leviathan_breaker_transitions_total", ["scope", "to"],
        "Breakers that opened, were probed or were closed, since this process began.",
        "one that opens and closes all the time needs a longer `cooldown`")
    package static let openChanges = Metric(
        .gauge, "leviathan_open_changes", ["target"], "Pull requests that people have not decided about.",
        "review them, or close what nobody wants")
    package static let openChangesLimit = Metric(
        .gauge, "leviathan_open_changes_limit", ["target"], "How many pull requests may be open.",
        "`limits.max_open_prs` sets it")
    package static let runningAttempts = Metric(
        .gauge, "leviathan_running_attempts", ["target"], "Attempts that hold a claim.",
        "`leviathan attempts --state running` lists them")
    package static let budgetUsed = Metric(
        .gauge, "leviathan_budget_used", ["budget", "unit"], "What was spent on models within a day.",
        "`leviathan stats` says which target and scope spent it")
    package static let budgetReserved = Metric(
        .gauge, "leviathan_budget_reserved", ["budget", "unit"], "What attempts that run may still spend.",
        "it is settled when they end")
    package static let budgetLimit = Metric(
        .gauge, "leviathan_budget_limit", ["budget", "unit"], "What may be spent within a day.",
        "`limits.budget_per_day` of the machine, the group or the target sets it")
    package static let limitUnmeasurable = Metric(
        .gauge, "leviathan_limit_unmeasurable", ["target", "limit"],
        "Whether nobody can tell how far a limit is used up, so that it holds.",
        "`leviathan next --limits` says why, and what to do")

    static let limits: [Metric] = [
        .breakerState, .breakerFailures, .breakerProbeOverdue, .breakerTransitions, .openChanges,
        .openChangesLimit,
        .runningAttempts, .budgetUsed, .budgetReserved, .budgetLimit, .limitUnmeasurable,
    ]
}
