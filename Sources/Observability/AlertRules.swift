/// The rules that come with the program.
extension AlertRule {
    package static let all = record + switches + work + service

    private static let record: [AlertRule] = [
        AlertRule(
            "LeviathanChainBroken", .critical, for: "0m", "leviathan_chain_broken == 1",
            "The journal's chains do not fit.",
            "Stop with 'leviathan stop', keep the file as it is, and let 'leviathan journal verify' say which event is "
                + "the first that does not fit; then restore a backup or salvage."),
        AlertRule(
            "LeviathanChainUnverified", .warning, for: "15m",
            "time() - leviathan_chain_verified_timestamp_seconds > 90000",
            "Nobody has followed the journal's chains for a day.",
            "Run 'leviathan journal verify'; the control plane does so every six hours, and logs what keeps it from that."
        ),
        AlertRule(
            "LeviathanAnchorLag", .warning, for: "15m", "leviathan_anchor_lag_seconds > 86400",
            "Events of the last day stand in no anchor.",
            "A control plane writes one every 15 minutes, and logs what keeps it from that: see whether any leads "
                + "(`leviathan_leader`), and whether the anchor remote can be reached. 'leviathan journal anchor' "
                + "writes one in a checkout at any time."),
        AlertRule(
            "LeviathanNoLeader", .warning, for: "5m", #"sum(leviathan_leader{duty="keeping"}) == 0"#,
            "No process of the control plane does what one alone does.",
            "Anchors, looks at the chains and claims that ran out wait for it. The log of each replica says why it does "
                + "not lead: the database is away, or its lease is held by a connection that nobody answers any more."
        ),
        AlertRule(
            "LeviathanStoreNotReady", .critical, for: "1m", "leviathan_store_ready == 0",
            "The journal cannot be read.",
            "See the log of the control plane and GET /ready: the disk is full, the file is damaged, or the database "
                + "is away. Workers keep their events and send them later."),
    ]

    private static let switches: [AlertRule] = [
        AlertRule(
            "LeviathanStopped", .info, for: "15m", "leviathan_stop_active == 1", "Everything is stopped.",
            "'leviathan autonomy status' says by whom and why; 'leviathan resume' ends it."),
        AlertRule(
            "LeviathanDeliversUnderStop", .critical, for: "0m",
            "min_over_time(leviathan_stop_active[5m]) == 1 and on (instance, job) sum by (instance, job) "
                + #"(increase(leviathan_journal_events_total{type=~"branch.pushed|pr.created"}[4m])) > 0"#,
            "Something was delivered although everything is stopped.",
            "Somebody overrode the order (the audit has 'run.stop_overridden'), or a worker runs that does not see "
                + "this home: find it in GET /v1/claims, and end it."),
        AlertRule(
            "LeviathanLimitUnmeasurable", .warning, for: "15m", "leviathan_limit_unmeasurable == 1",
            "A limit cannot be measured, and holds its target.",
            "'leviathan next --limits' for the target says why: most often the forge cannot be asked, or the price "
                + "of a model is not known."),
        AlertRule(
            "LeviathanBudgetNearlySpent", .warning, for: "5m",
            "(leviathan_budget_used + leviathan_budget_reserved) / (leviathan_budget_limit > 0) > 0.9",
            "More than nine tenths of a budget are spent or reserved.",
            "Nothing goes beyond it: tasks wait until a day is over. 'leviathan stats' says what was spent where."),
    ]

    private static let work: [AlertRule] = [
        AlertRule(
            "LeviathanBreakerOpen", .warning, for: "15m", #"leviathan_breaker_state{state="open"} == 1"#,
            "A circuit breaker is open.",
            "'leviathan failures' says why; mend that, then 'leviathan breaker reset', or wait for the cooldown."),
        AlertRule(
            "LeviathanProbeOverdue", .warning, for: "5m", "leviathan_breaker_probe_overdue == 1",
            "What finds out whether an outage is over is past its deadline.",
            "'leviathan breaker list' names it; end the attempt that hangs, or reset the breaker."),
        AlertRule(
            "LeviathanFailuresInRow", .warning, for: "5m", "leviathan_breaker_failures >= 3",
            "At least three failures in a row.", "'leviathan failures' lists them with their reasons."),
        AlertRule(
            "LeviathanTaskWaitsTooLong", .warning, for: "15m",
            "time() - leviathan_oldest_eligible_timestamp_seconds > 86400",
            "A task that may run has waited for its turn for a day.",
            "Either nothing is granted (no leader, '--no-scheduler' everywhere), or there is not enough room: see "
                + "'leviathan next --all' and the running attempts against their limit."),
        AlertRule(
            "LeviathanTargetUnreadable", .warning, for: "15m", "leviathan_target_unreadable == 1",
            "A target's contract cannot be read.", "'leviathan target show TARGET' prints what is wrong."),
        AlertRule(
            "LeviathanAnomaly", .info, for: "0m", "leviathan_anomaly == 1",
            "The last hour is far from what that hour of the week usually is.",
            "GET /v1/anomalies says by how much, and from how many weeks that is known. Nothing acts on it."),
    ]

    private static let service: [AlertRule] = [
        AlertRule(
            "LeviathanDown", .critical, for: "2m", #"up{job="leviathan"} == 0"#,
            "The control plane does not answer.",
            "See whether the process runs and what its log ends with. Workers go on, and send their events later."),
        AlertRule(
            "LeviathanFeedLag", .warning, for: "5m", "leviathan_feed_lag_seconds > 30",
            "The feed of events stands still.",
            "The journal is slow or away; the console and every stream are behind until it is back."),
        AlertRule(
            "LeviathanObserverDown", .info, for: "10m", "leviathan_spider_up == 0", "No events arrive.",
            "Start the observer again, and look at its log; nothing else waits for it."),
        AlertRule(
            "LeviathanErrors", .warning, for: "5m",
            #"sum by (instance, job) (rate(leviathan_http_requests_total{code=~"5.."}[5m])) > 0.1"#,
            "The control plane answers with errors.",
            "The log has a line with level error and the id of each such request."),
    ]
}
