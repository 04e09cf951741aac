import Basics
import Observability
import Testing

@Suite struct MetricsTextTests {
    @Test func samplesHaveTheLabelsOfTheirMetricAndNothingBreaksALine() {
        var page = MetricsText()
        page.begin(.heldTasks)
        page.sample(["a\"b\\c\nd", "max-open-prs"], 3)
        page.add(.anchorLag, 1.5)
        let lines = page.text.split(separator: "\n")
        #expect(lines[1] == "# TYPE leviathan_held_tasks gauge")
        #expect(lines[2] == #"leviathan_held_tasks{target="a\"b\\c\nd",reason="max-open-prs"} 3"#)
        #expect(lines.last == "leviathan_anchor_lag_seconds 1.5")
    }

    @Test func aHistogramCountsUpwards() {
        var histogram = Histogram([1, 10])
        for value in [0.5, 2, 100] { histogram.add(value) }
        var page = MetricsText()
        page.begin(.queueWait)
        page.sample([], histogram)
        let lines = page.text.split(separator: "\n").dropFirst(2)
        #expect(
            lines.elementsEqual([
                #"leviathan_queue_wait_seconds_bucket{le="1.0"} 1"#,
                #"leviathan_queue_wait_seconds_bucket{le="10.0"} 2"#,
                #"leviathan_queue_wait_seconds_bucket{le="+Inf"} 3"#, "leviathan_queue_wait_seconds_sum 102.5",
                "leviathan_queue_wait_seconds_count 3",
            ]))
    }

    /// The names and labels that others build upon.
    @Test func namesAreThoseThatWerePromised() {
        let promised = """
            leviathan_build_info{version,revision} leviathan_autonomy_enabled{target} leviathan_stop_active
            leviathan_queue_tasks{target,state} leviathan_held_tasks{target,reason} leviathan_queue_wait_seconds
            leviathan_oldest_eligible_timestamp_seconds{target} leviathan_grants_total{target,class}
            leviathan_attempts_total{target,result} leviathan_attempt_duration_seconds{target,stage}
            leviathan_refusals_total{target,reason} leviathan_breaker_state{scope,class,state}
            leviathan_breaker_transitions_total{scope,to} leviathan_open_changes{target}
            leviathan_open_changes_limit{target} leviathan_budget_used{budget,unit}
            leviathan_budget_reserved{budget,unit} leviathan_budget_limit{budget,unit}
            leviathan_limit_unmeasurable{target,limit} leviathan_fence_attempts_total{mode}
            leviathan_journal_events_total{type} leviathan_chain_verified_timestamp_seconds
            leviathan_anchor_lag_seconds leviathan_feed_lag_seconds leviathan_http_requests_total{route,code}
            leviathan_http_request_duration_seconds{route} leviathan_events_received_total
            leviathan_events_by_type_total{event_type} leviathan_spider_up leviathan_spider_last_event_ts
            leviathan_cost_usd_total{target} cicd_pipeline_run_duration_seconds{cicd_pipeline_name}
            cicd_pipeline_run_active{cicd_pipeline_run_state} cicd_pipeline_run_errors_total{error_type}
            cicd_system_errors_total{cicd_system_component,error_type} cicd_worker_count{cicd_worker_state}
            vcs_change_count{target,vcs_change_state} vcs_change_time_to_merge_seconds{target}
            """
        let declared = Set(Metric.all.map(\.text))
        for name in promised.split(whereSeparator: \.isWhitespace) { #expect(declared.contains(String(name))) }
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
    }
}
