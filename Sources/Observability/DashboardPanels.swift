extension Dashboard {
    package static let all = state + queue + work + service

    private static func one(_ expression: String, _ legend: String = "") -> [Query] { [Query(expression, legend)] }

    private static let state: [Panel] = [
        Panel(
            "Stopped", .stat, "1 while everything is stopped: 'leviathan autonomy status' says why.",
            one("max(leviathan_stop_active)")),
        Panel(
            "Targets switched on", .stat, "How many targets the scheduler takes tasks of.",
            one(#"sum(leviathan_autonomy_enabled{target=~"$target"})"#)),
        Panel(
            "Running", .stat, "Attempts that run now.", one(#"sum(leviathan_running_attempts{target=~"$target"})"#)
        ),
        Panel(
            "Open breakers", .stat, "Each holds a target or a service: 'leviathan failures'.",
            one(#"sum(leviathan_breaker_state{state="open"})"#)),
        Panel(
            "Limits that cannot be measured", .stat, "They hold their targets: 'leviathan next --limits'.",
            one(#"sum(leviathan_limit_unmeasurable{target=~"$target"})"#)),
        Panel(
            "Chains verified", .stat, unit: "s", "How long ago; more than a day is too long.",
            one("time() - max(leviathan_chain_verified_timestamp_seconds)")),
    ]

    private static let queue: [Panel] = [
        Panel(
            "Queue", .timeseries, "Runnable tasks that grow want more room; held ones have reasons.",
            one(#"sum by (state) (leviathan_queue_tasks{target=~"$target"})"#, "{{state}}")),
        Panel(
            "Why tasks wait", .timeseries, "'leviathan explain REASON' says what each means.",
            one(#"sum by (reason) (leviathan_held_tasks{target=~"$target"})"#, "{{reason}}")),
        Panel(
            "Wait before a grant", .timeseries, unit: "s",
            "Half and nine tenths of the granted tasks waited less.",
            [
                Query(
                    "histogram_quantile(0.5, sum by (le) (rate(leviathan_queue_wait_seconds_bucket[1h])))",
                    "median"),
                Query(
                    "histogram_quantile(0.9, sum by (le) (rate(leviathan_queue_wait_seconds_bucket[1h])))", "0.9"),
            ]),
        Panel(
            "Oldest task that may run", .timeseries, unit: "s",
            "A day is an alert: nothing is granted, or too little.",
            one(#"time() - leviathan_oldest_eligible_timestamp_seconds{target=~"$target"}"#, "{{target}}")),
        Panel(
            "Grants", .timeseries, "Compare targets: weights decide who gets how many.",
            one(#"sum by (target) (increase(leviathan_grants_total{target=~"$target"}[1h]))"#, "{{target}}")),
        Panel(
            "Began to wait", .timeseries, "How often tasks came to each reason.",
            one(#"sum by (reason) (increase(leviathan_refusals_total{target=~"$target"}[1h]))"#, "{{reason}}")),
    ]

    private static let work: [Panel] = [
        Panel(
            "Attempts by result", .timeseries, "Failures that rise: 'leviathan failures'.",
            one(#"sum by (result) (increase(leviathan_attempts_total{target=~"$target"}[1h]))"#, "{{result}}")),
        Panel(
            "Stages, median", .timeseries, unit: "s", "Which stage takes the time.",
            one(
                "histogram_quantile(0.5, sum by (le, stage) "
                    + #"(rate(leviathan_attempt_duration_seconds_bucket{target=~"$target"}[1h])))"#, "{{stage}}")),
        Panel(
            "Open pull requests against their limit", .timeseries, "At the limit nothing new is opened: review.",
            [
                Query(#"leviathan_open_changes{target=~"$target"}"#, "{{target}}"),
                Query(#"leviathan_open_changes_limit{target=~"$target"}"#, "{{target}} limit"),
            ]),
        Panel(
            "Time to merge, median", .timeseries, unit: "s", "People wait for people here.",
            one(
                "histogram_quantile(0.5, sum by (le, target) "
                    + #"(rate(vcs_change_time_to_merge_seconds_bucket{target=~"$target"}[1d])))"#, "{{target}}")),
        Panel(
            "Budgets", .timeseries, "Used and reserved together never pass the limit.",
            [
                Query("leviathan_budget_used", "{{budget}} {{unit}} used"),
                Query("leviathan_budget_reserved", "{{budget}} {{unit}} reserved"),
                Query("leviathan_budget_limit", "{{budget}} {{unit}} limit"),
            ]),
        Panel(
            "Cost a day", .timeseries, unit: "currencyUSD", "What models cost, by target.",
            one(#"increase(leviathan_cost_usd_total{target=~"$target"}[1d])"#, "{{target}}")),
        Panel(
            "Failures in a row", .timeseries, "Each row that grows opens its breaker.",
            one("leviathan_breaker_failures", "{{scope}} {{class}}")),
        Panel(
            "Anomalies", .timeseries, "1 where the last hour is unusual; GET /v1/anomalies explains.",
            one(#"leviathan_anomaly{target=~"$target"}"#, "{{target}} {{measure}}")),
    ]

    private static let service: [Panel] = [
        Panel(
            "Requests by status", .timeseries, unit: "reqps", "5xx have a line in the log.",
            one("sum by (code) (rate(leviathan_http_requests_total[5m]))", "{{code}}")),
        Panel(
            "Answers, 0.99", .timeseries, unit: "s", "A slow route waits for the journal.",
            one(
                "histogram_quantile(0.99, sum by (le, route) (rate(leviathan_http_request_duration_seconds_bucket[5m])))",
                "{{route}}")),
        Panel(
            "Events", .timeseries, "What the journal takes in.",
            one("sum by (type) (rate(leviathan_journal_events_total[5m]))", "{{type}}")),
        Panel(
            "Lags", .timeseries, unit: "s", "Feed: seconds. Anchors: below a day.",
            [
                Query("leviathan_feed_lag_seconds", "feed"), Query("leviathan_anchor_lag_seconds", "anchor"),
            ]),
    ]
}
