internal import Basics
internal import HTTP
package import Journal
internal import Model
internal import Runner
internal import Scheduler

/// What is measured, in Prometheus' text format; labels are bounded: targets that are configured, types that are known.
package struct MetricsPage {
    private let home: ControlPlaneHome
    private var lines: [String] = []

    init(_ home: ControlPlaneHome) { self.home = home }

    func text() throws -> String {
        var page = self
        page.family("leviathan_build_info", "gauge", "What runs here.")
        page.sample("leviathan_build_info", [("version", home.version)], 1)
        try page.journal()
        try page.queues()
        try page.attempts()
        page.requests()
        return page.lines.joined(separator: "\n") + "\n"
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let text = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        let number = value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : JSON.double(value).text()
        lines.append(name + (text.isEmpty ? "" : "{\(text)}") + " " + number)
    }

    private static func escaped(_ text: String) -> String {
        String(
            text.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n", "\r", "\r\n": ["\\", "n"]
                default: [character]
                }
            })
    }

    // MARK: The journal

    private mutating func journal() throws {
        let context = home.context
        let (stop, names) = (
            StopSwitch(context).order(), Set(try TargetRegistry(context).readable().map(\.name)).sorted()
        )
        family("leviathan_stop_active", "gauge", "Whether everything is stopped.")
        sample("leviathan_stop_active", [], stop == nil ? 0 : 1)
        let facts = try home.journals.with { journal in
            try journal.reading { () throws(JournalError) in
                JournalFacts(
                    isOff: try names.map { (name) throws(JournalError) in try journal.isAutonomyOff(target: name)
                    },
                    open: try names.map { (name) throws(JournalError) in
                        try journal.openPullRequests(target: name).count
                    },
                    results: try journal.attemptResults(), events: try journal.eventCounts(),
                    running: try journal.claims().map(\.target))
            }
        }
        family("leviathan_autonomy_enabled", "gauge", "Whether the scheduler takes the target's tasks.")
        for (name, isOff) in zip(names, facts.isOff) {
            sample("leviathan_autonomy_enabled", [("target", name)], isOff ? 0 : 1)
        }
        family("leviathan_open_changes", "gauge", "Pull requests that people have not decided about.")
        for (name, count) in zip(names, facts.open) {
            sample("leviathan_open_changes", [("target", name)], Double(count))
        }
        family("leviathan_running_attempts", "gauge", "Attempts that hold a claim.")
        for name in names {
            let count = facts.running.count { $0 == name }
            sample("leviathan_running_attempts", [("target", name)], Double(count))
        }
        family("cicd_pipeline_run_active", "gauge", "Attempts that hold a claim.")
        sample("cicd_pipeline_run_active", [("cicd_pipeline_run_state", "executing")], Double(facts.running.count))
        family("cicd_pipeline_run_errors_total", "counter", "Attempts that failed or were rejected.")
        for (kind, words) in [("failed", ["failed", "interrupted"]), ("rejected", ["rejected"])] {
            let count = facts.results.filter { words.contains($0.result) }.reduce(0) { $0 + $1.count }
            sample("cicd_pipeline_run_errors_total", [("error_type", kind)], Double(count))
        }
        family("leviathan_attempts_total", "counter", "Attempts that ended, by how.")
        for result in facts.results where names.contains(result.target) {
            sample(
                "leviathan_attempts_total", [("target", result.target), ("result", result.result)],
                Double(result.count))
        }
        events(facts.events)
    }

    private struct JournalFacts {
        let isOff: [Bool]
        let open: [Int]
        let results: [(target: String, result: String, count: Int)]
        let events: [(type: EventType, count: Int)]
        let running: [String]
    }

    private mutating func events(_ counts: [(type: EventType, count: Int)]) {
        var (known, other): ([(String, Int)], Int) = ([], 0)
        for (type, count) in counts {
            if Self.knownTypes.contains(type.current) {
                known.append((type.current.name, count))
            } else {
                other += count
            }
        }
        let merged = Dictionary(known + [("other", other)], uniquingKeysWith: +).sorted { $0.key < $1.key }
        for name in ["leviathan_journal_events_total", "leviathan_events_by_type_total"] {
            family(name, "counter", "Events of the journal, by type.")
            for (type, count) in merged {
                sample(
                    name, [(name == "leviathan_journal_events_total" ? "type" : "event_type", type)], Double(count)
                )
            }
        }
        family("leviathan_events_received_total", "counter", "Events of the journal.")
        sample("leviathan_events_received_total", [], Double(counts.reduce(0) { $0 + $1.count }))
    }

    /// The types that have a name of their own in measurements and on pages.
    package static let knownTypes: Set<EventType> = Set(
        AuditTypes.all + [
            .taskCompleted, .taskBlocked, .taskDeclined, .attemptCreated, .attemptGranted, .attemptHeld,
            .attemptStarted, .attemptSucceeded, .attemptFailed, .attemptInterrupted, .changeFrozen, .policyJudged,
            .invariantFinished, .artifactCreated, .deliveryStarted, .branchPushed, .branchDeleted,
            .pullRequestCreated, .pullRequestUpdated, .pullRequestMerged, .pullRequestClosed, .pullRequestReviewed,
            .pullRequestChecked, .pullRequestMergeDecided, .breakerTripped, .chainClosed, .modelCallStarted,
            .modelCallCompleted,
        ])

    // MARK: Queues

    private mutating func queues() throws {
        let facts = try home.queueFacts.value(home)
        family("leviathan_queue_tasks", "gauge", "Tasks that may run, and tasks that wait for something.")
        for target in facts {
            for (state, count) in [
                ("runnable", target.runnable), ("held", target.held.reduce(0) { $0 + $1.count }),
            ] {
                sample("leviathan_queue_tasks", [("target", target.name), ("state", state)], Double(count))
            }
        }
        family("leviathan_held_tasks", "gauge", "Tasks that wait, by the one reason that each has.")
        for target in facts {
            for (reason, count) in target.held {
                sample("leviathan_held_tasks", [("target", target.name), ("reason", reason)], Double(count))
            }
        }
        family("leviathan_open_changes_limit", "gauge", "How many pull requests may be open.")
        for target in facts {
            if let limit = target.openLimit {
                sample("leviathan_open_changes_limit", [("target", target.name)], Double(limit))
            }
        }
        family("leviathan_breaker_failures", "gauge", "Failures in a row that count towards a breaker.")
        for target in facts {
            for (name, count) in target.failures {
                sample("leviathan_breaker_failures", [("scope", target.name), ("class", name)], Double(count))
            }
        }
        family("leviathan_breaker_state", "gauge", "1 at the state of each breaker.")
        for target in facts {
            for failureClass in FailureClass.allCases {
                let isOpen = target.openBreakers.contains(failureClass)
                for (state, isIt) in [("closed", !isOpen), ("open", isOpen)] {
                    sample(
                        "leviathan_breaker_state",
                        [("scope", target.name), ("class", failureClass.rawValue), ("state", state)], isIt ? 1 : 0)
                }
            }
        }
        family("leviathan_target_unreadable", "gauge", "Whether a target's contract cannot be read.")
        for target in facts {
            sample("leviathan_target_unreadable", [("target", target.name)], target.isUnreadable ? 1 : 0)
        }
    }

    // MARK: Events as they come

    private mutating func attempts() throws {
        let names = Set(try TargetRegistry(home.context).readable().map(\.name))
        let counts = home.feed.measurements.counts
        func ordered<Value>(_ values: [String: Value]) -> [(key: String, value: Value)] {
            values.filter { names.contains($0.key) }.sorted { $0.key < $1.key }
        }
        family(
            "leviathan_grants_total", "counter", "Tasks that the scheduler handed out since this process began.")
        for (target, count) in ordered(counts.grants) {
            sample("leviathan_grants_total", [("target", target)], Double(count))
        }
        family("leviathan_breaker_transitions_total", "counter", "Breakers that opened or were closed.")
        for (target, transitions) in ordered(counts.breakers) {
            for (state, count) in transitions.sorted(by: { $0.key < $1.key }) {
                sample("leviathan_breaker_transitions_total", [("scope", target), ("to", state)], Double(count))
            }
        }
        family("leviathan_attempt_duration_seconds", "histogram", "How long attempts and their stages took.")
        for (target, stages) in ordered(counts.durations) {
            for (stage, histogram) in stages.sorted(by: { $0.key < $1.key }) {
                self.histogram(
                    "leviathan_attempt_duration_seconds", [("target", target), ("stage", stage)], histogram)
            }
        }
        family("cicd_pipeline_run_duration_seconds", "histogram", "How long attempts took.")
        for (target, stages) in ordered(counts.durations) {
            guard let histogram = stages["all"] else { continue }
            self.histogram("cicd_pipeline_run_duration_seconds", [("cicd_pipeline_name", target)], histogram)
        }
        family("leviathan_fence_attempts_total", "counter", "Attempts that began, by the fence that held.")
        for (mode, count) in counts.fences.sorted(by: { $0.key < $1.key }) {
            sample("leviathan_fence_attempts_total", [("mode", mode)], Double(count))
        }
        family("vcs_change_time_to_merge_seconds", "histogram", "From a pull request to its merge.")
        for (target, histogram) in ordered(counts.merges) {
            self.histogram("vcs_change_time_to_merge_seconds", [("target", target)], histogram)
        }
    }

    private mutating func histogram(
        _ name: String, _ labels: [(String, String)], _ histogram: EventMeasurements.Histogram
    ) {
        for (bound, count) in zip(EventMeasurements.bounds, histogram.within) {
            sample(name + "_bucket", labels + [("le", JSON.double(bound).text())], Double(count))
        }
        sample(name + "_bucket", labels + [("le", "+Inf")], Double(histogram.count))
        sample(name + "_sum", labels, histogram.seconds)
        sample(name + "_count", labels, Double(histogram.count))
    }

    // MARK: Requests

    private mutating func requests() {
        let routes = home.measurements.all()
        family("leviathan_http_requests_total", "counter", "Requests, by route and status.")
        for (name, route) in routes {
            for (code, count) in route.codes.sorted(by: { $0.key < $1.key }) {
                sample("leviathan_http_requests_total", [("route", name), ("code", String(code))], Double(count))
            }
        }
        let name = "leviathan_http_request_duration_seconds"
        family(name, "histogram", "How long answers took.")
        for (path, route) in routes {
            for (bound, count) in zip(HTTPMeasurements.bounds, route.within) {
                sample(name + "_bucket", [("route", path), ("le", JSON.double(bound).text())], Double(count))
            }
            sample(name + "_bucket", [("route", path), ("le", "+Inf")], Double(route.count))
            sample(name + "_sum", [("route", path)], route.seconds)
            sample(name + "_count", [("route", path)], Double(route.count))
        }
        family("leviathan_feed_lag_seconds", "gauge", "How long ago the feed of events last looked for new ones.")
        sample("leviathan_feed_lag_seconds", [], home.feed.lag)
        family("leviathan_event_listeners", "gauge", "Streams of events that are open.")
        sample("leviathan_event_listeners", [], Double(home.feed.listenerCount))
    }
}
