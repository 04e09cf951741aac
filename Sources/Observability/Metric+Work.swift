/// Attempts and what becomes of them.
extension Metric {
    package static let attempts = Metric(
        .counter, "leviathan_attempts_total", ["target", "result"], "Attempts that ended, by how.",
        "`leviathan failures` says why those failed that did")
    package static let attemptDuration = Metric(
        .histogram, "leviathan_attempt_duration_seconds", ["target", "stage"],
        "How long attempts and their stages took.",
        "the stage `execute` is the executor's, `invariants` are the target's own checks")
    package static let fences = Metric(
        .counter, "leviathan_fence_attempts_total", ["mode"], "Attempts that began, by the fence that held.",
        "a weaker rung than expected: `leviathan doctor` on that machine says why")
    package static let cost = Metric(
        .counter, "leviathan_cost_usd_total", ["target"],
        "What models have cost, as far as their prices are known.",
        "`leviathan stats` splits it by scope; `limits.budget_per_day` bounds it")
    package static let anomaly = Metric(
        .gauge, "leviathan_anomaly", ["target", "measure"],
        "Whether the last hour is far from what that hour of the week usually is.",
        "`GET /v1/anomalies` says by how much, and of how many weeks that is known; nothing acts on it")

    static let work: [Metric] = [
        .attempts, .attemptDuration, .fences, .cost, .anomaly, .runDuration, .runsActive, .runErrors,
        .systemErrors,
        .workers,
    ]

    // MARK: Names of the OpenTelemetry conventions

    package static let runDuration = Metric(
        .histogram, "cicd_pipeline_run_duration_seconds", ["cicd_pipeline_name"], "How long attempts took.",
        "as `leviathan_attempt_duration_seconds`")
    package static let runsActive = Metric(
        .gauge, "cicd_pipeline_run_active", ["cicd_pipeline_run_state"], "Attempts that hold a claim.",
        "as `leviathan_running_attempts`")
    package static let runErrors = Metric(
        .counter, "cicd_pipeline_run_errors_total", ["error_type"], "Attempts that failed or were rejected.",
        "as `leviathan_attempts_total`")
    package static let systemErrors = Metric(
        .counter, "cicd_system_errors_total", ["cicd_system_component", "error_type"],
        "Attempts that failed through no fault of their task, since this process began.",
        "`leviathan failures` names the forge, the model service or the machine that failed")
    package static let workers = Metric(
        .gauge, "cicd_worker_count", ["cicd_worker_state"], "Workers that hold a lease or a lock for an attempt.",
        "compare it with the Jobs of the cluster")
    package static let changeCount = Metric(
        .gauge, "vcs_change_count", ["target", "vcs_change_state"], "Pull requests, by what became of them.",
        "many that are closed: look at what people said there")
    package static let timeToMerge = Metric(
        .histogram, "vcs_change_time_to_merge_seconds", ["target"], "From a pull request to its merge.",
        "it is people who wait for people: `limits.max_open_prs_per_owner` spreads the load")

    static let changes: [Metric] = [.changeCount, .timeToMerge]
}
