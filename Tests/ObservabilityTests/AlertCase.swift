import Basics
import Observability

/// Series under which a rule fires, and others under which it stays quiet, as `promtool test rules` reads them.
struct AlertCase {
    let rule: String
    /// Values of one sample a minute.
    let firing: [(series: String, values: String)]
    let quiet: [(series: String, values: String)]
    var time = "40m"
    /// The labels that the alert has besides its severity.
    let labels: [(String, JSON)]

    private init(
        _ rule: String, _ series: String, _ firing: String, _ quiet: String, _ labels: [(String, JSON)] = []
    ) {
        (self.rule, self.labels) = (rule, labels)
        (self.firing, self.quiet) = ([(series, firing)], [(series, quiet)])
    }

    private init(
        _ rule: String, firing: [(String, String)], quiet: [(String, String)], _ labels: [(String, JSON)],
        at time: String = "40m"
    ) {
        (self.rule, self.labels, self.time) = (rule, labels, time)
        (self.firing, self.quiet) = (firing, quiet)
    }

    private static let shop: [(String, JSON)] = [("target", "shop")]

    static let all: [AlertCase] = [
        AlertCase("LeviathanChainBroken", "leviathan_chain_broken", "0x30 1x20", "0x50"),
        // The clock of such a test begins at 0.
        AlertCase(
            "LeviathanChainUnverified", "leviathan_chain_verified_timestamp_seconds", "-100000x50", "0x50"),
        AlertCase("LeviathanAnchorLag", "leviathan_anchor_lag_seconds", "86460+60x50", "80000+60x50"),
        AlertCase("LeviathanNoLeader", #"leviathan_leader{duty="keeping"}"#, "1x20 0x30", "1x20 0x3 1x30"),
        AlertCase("LeviathanStoreNotReady", "leviathan_store_ready", "1x30 0x20", "1x50"),
        AlertCase("LeviathanStopped", "leviathan_stop_active", "1x50", "0x20 1x5 0x25"),
        AlertCase(
            "LeviathanDeliversUnderStop",
            firing: [
                (#"leviathan_stop_active{instance="a",job="leviathan"}"#, "1x50"),
                (
                    #"leviathan_journal_events_total{instance="a",job="leviathan",type="branch.pushed"}"#,
                    "3x37 4x20"
                ),
            ],
            quiet: [
                // What was delivered before the order is nobody's fault.
                (#"leviathan_stop_active{instance="a",job="leviathan"}"#, "0x37 1x20"),
                (
                    #"leviathan_journal_events_total{instance="a",job="leviathan",type="branch.pushed"}"#,
                    "3x37 4x20"
                ),
            ], [("instance", "a"), ("job", "leviathan")]),
        AlertCase(
            "LeviathanLimitUnmeasurable", #"leviathan_limit_unmeasurable{target="shop",limit="max_open_prs"}"#,
            "1x50",
            "1x10 0x40", shop + [("limit", "max_open_prs")]),
        AlertCase(
            "LeviathanBudgetNearlySpent",
            firing: [
                (#"leviathan_budget_used{budget="machine",unit="usd"}"#, "8x50"),
                (#"leviathan_budget_reserved{budget="machine",unit="usd"}"#, "1.5x50"),
                (#"leviathan_budget_limit{budget="machine",unit="usd"}"#, "10x50"),
            ],
            quiet: [
                (#"leviathan_budget_used{budget="machine",unit="usd"}"#, "0x50"),
                (#"leviathan_budget_reserved{budget="machine",unit="usd"}"#, "0x50"),
                // Nothing may be spent at all: that is no news.
                (#"leviathan_budget_limit{budget="machine",unit="usd"}"#, "0x50"),
            ], [("budget", "machine"), ("unit", "usd")]),
        AlertCase(
            "LeviathanBreakerOpen", #"leviathan_breaker_state{scope="shop",class="task",state="open"}"#, "1x50",
            "1x10 0x40", [("scope", "shop"), ("class", "task"), ("state", "open")]),
        AlertCase(
            "LeviathanProbeOverdue", #"leviathan_breaker_probe_overdue{scope="forge:a",class="forge"}"#,
            "0x20 1x30",
            "0x50", [("scope", "forge:a"), ("class", "forge")]),
        AlertCase(
            "LeviathanFailuresInRow", #"leviathan_breaker_failures{scope="shop",class="task"}"#, "3x50", "2x50",
            [("scope", "shop"), ("class", "task")]),
        AlertCase(
            "LeviathanTaskWaitsTooLong", #"leviathan_oldest_eligible_timestamp_seconds{target="shop"}"#,
            "-90000x50",
            "-80000x50", shop),
        AlertCase(
            "LeviathanTargetUnreadable", #"leviathan_target_unreadable{target="shop"}"#, "1x50", "0x50", shop),
        AlertCase(
            "LeviathanAnomaly", #"leviathan_anomaly{target="shop",measure="failures"}"#, "0x30 1x20", "0x50",
            shop + [("measure", "failures")]),
        AlertCase("LeviathanDown", #"up{job="leviathan"}"#, "1x30 0x20", "1x50", [("job", "leviathan")]),
        AlertCase("LeviathanFeedLag", "leviathan_feed_lag_seconds", "40x50", "1x50"),
        AlertCase("LeviathanObserverDown", "leviathan_spider_up", "0x50", "1x50"),
        AlertCase(
            "LeviathanErrors",
            firing: [
                (#"leviathan_http_requests_total{instance="a",job="leviathan",route="/",code="500"}"#, "0+60x50")
            ],
            quiet: [
                (#"leviathan_http_requests_total{instance="a",job="leviathan",route="/",code="404"}"#, "0+60x50")
            ],
            [("instance", "a"), ("job", "leviathan")]),
    ]

    func json(fires: Bool) -> JSON {
        let series = (fires ? firing : quiet).map {
            ["series": .string($0.series), "values": .string($0.values)] as JSON
        }
        var alerts: [JSON] = []
        if fires, let known = AlertRule.all.first(where: { $0.name == rule }) {
            let labels =
                labels.map { JSON.Member($0.0, $0.1) } + [
                    JSON.Member("severity", .string(known.severity.rawValue))
                ]
            alerts = [["exp_labels": .object(labels), "exp_annotations": known.json["annotations"] ?? .null]]
        }
        return [
            "interval": "1m", "input_series": .array(series),
            "alert_rule_test": [
                ["eval_time": .string(time), "alertname": .string(rule), "exp_alerts": .array(alerts)]
            ],
        ]
    }
}
