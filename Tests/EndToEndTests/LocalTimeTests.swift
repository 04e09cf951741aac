import Basics
import Journal
import Model
import Processes
import TestSupport
import Testing

/// What the clock on the wall of whoever looks has to do with what is shown.
@Suite struct LocalTimeTests {
    /// An attempt of January that took a minute, and its one invariant almost all of it.
    private func target() throws -> TestTarget {
        let target = try TestTarget()
        let subject = EventSubject(target: "remote", task: "task-001", attempt: "attempt-1")
        func draft(_ time: String, _ event: Event) -> EventDraft {
            EventDraft(
                id: "event-\(time)", timestamp: "2026-01-01T12:\(time)Z", actor: "A <a@example.com>", event,
                about: subject)
        }
        let log = Digest(hex: String(repeating: "ab", count: 32))
        try Journal(at: target.home + "/journal.db").append([
            draft("00:00.000000", .attemptCreated(Event.AttemptPlan(number: 1))),
            draft("00:00.100000", .attemptStarted(isolation: nil, clock: nil)),
            draft("00:01.100000", .changeFrozen(Event.FrozenFiles())),
            draft(
                "00:01.120000",
                .policyJudged(Event.PolicyFindings(isApproved: true, violations: [], warnings: []))),
            draft(
                "01:08.119000",
                .artifactCreated(
                    Event.ArtifactName(
                        StoredArtifact(digest: try #require(log), bytes: 3), kind: "log", name: "pytest"))),
            draft(
                "01:08.120000",
                .invariantFinished(Event.InvariantRun(name: "pytest", outcome: "passed", milliseconds: 66_900))),
            draft("01:08.620000", .attemptFailed(kind: "executor", reason: "a reason")),
        ])
        return target
    }

    private static let berlin = ["TZ": "Europe/Berlin"]

    @Test func timesAreThoseOfTheLocalClock() throws {
        let target = try target()
        let page = try target.leviathan("attempts", "show", "attempt-1", extra: Self.berlin).output.text
        #expect(page.contains(#/began +2026-01-01 13:00:00 \+01:00 \([0-9]+ [dy] ago\) by A/#), "\(page)")
        let events = try target.leviathan("events", extra: Self.berlin).output.text
        #expect(events.contains("2026-01-01 13:01:08 +01:00"), "\(events)")
        let list = try target.leviathan("attempts", extra: Self.berlin).output.text
        #expect(list.contains(" 2026-01-01 ") || list.contains(" d ago "), "\(list)")
    }

    @Test(arguments: [["attempts"], ["attempts", "show", "attempt-1"], ["events"], ["artifacts"]])
    func theyAreExactWhereThatIsAskedFor(words: [String]) throws {
        let target = try target()
        let text = try target.leviathan(arguments: words + ["--utc"], extra: Self.berlin).output.text
        #expect(text.contains(#/2026-01-01T12:0[01]:[0-9]{2}Z/#) && !text.contains("ago"), "\(text)")
        let json = try target.leviathan(arguments: words + ["--json"], extra: Self.berlin).output.text
        #expect(json.contains("2026-01-01T12:0") && !json.contains("+01:00") && !json.contains("ago"), "\(json)")
    }

    @Test func aDayWithoutAZoneBeginsAtLocalMidnight() throws {
        let target = try target()
        func found(_ since: String, _ zone: String) throws -> Int? {
            try target.leviathan("attempts", "--since", since, "--json", extra: ["TZ": zone]).json.elements?.count
        }
        // The attempt is of 12:00 in UTC, which is the second of January in Kiritimati.
        for (since, zone, count) in [
            ("2026-01-01 12:30", "UTC", 0), ("2026-01-01 12:30", "Europe/Berlin", 1), ("2026-01-02", "UTC", 0),
            ("2026-01-02", "Pacific/Kiritimati", 1),
        ] {
            #expect(try found(since, zone) == count, "\(since) \(zone)")
        }
        #expect(try found("2026-01-01T12:30:00Z", "Europe/Berlin") == 0)
    }

    @Test func refusalsAndOrdersAreTold() throws {
        let target = try target()
        #expect(try target.leviathan("stop", "--reason", "maintenance", extra: Self.berlin).succeeded)
        let refused = try target.leviathan("propose", "task-001", extra: Self.berlin).errors.text
        #expect(
            refused.contains(#/stopped since [-0-9]{10} [:0-9]{8} \+0[12]:00 \((?:[0-9]+ s ago|just now)\) by /#),
            "\(refused)")
        let exact = try target.leviathan("propose", "task-001", "--utc", extra: Self.berlin).errors.text
        #expect(exact.contains(#/stopped since [-0-9]{10}T[:0-9]{8}Z by /#), "\(exact)")
        let status = try target.leviathan("autonomy", "status", extra: Self.berlin).errors.text
        #expect(status.contains("everything is stopped since"), "\(status)")
        let json = try target.leviathan("propose", "task-001", "--json", extra: Self.berlin).json["error"]
        #expect(json?["message"]?.string?.contains(#/since [-0-9]{10}T[:0-9]{8}Z/#) == true)
    }

    @Test func autonomySaysSinceWhenAndByWhom() throws {
        let target = try target()
        #expect(try target.leviathan("autonomy", "off", "--reason", "weekend").succeeded)
        let row = try target.leviathan("autonomy", "status", "--json").json.elements?.first
        #expect(row?["autonomy"] == "off" && row?["reason"] == "weekend" && row?["by"]?.string?.isEmpty == false)
        #expect(row?["since"]?.string.flatMap { Instant($0) } != nil)
        #expect(try target.leviathan("autonomy", "status").output.text.contains("weekend"))
    }

    /// A program's time is that of its invariant, and not of the rules before it.
    @Test func eachStageHasItsOwnTime() throws {
        let stages =
            try target().leviathan("attempts", "show", "attempt-1", "--json").json["stages"]?.elements ?? []
        let found = stages.map { "\($0["name"]?.string ?? "") \($0["duration_ms"]?.integer ?? -1)" }
        #expect(
            found == [
                "attempt.created -1", "attempt.started 100", "change.frozen 1000", "policy.judged 20",
                "invariant.finished 66900", "attempt.failed 500",
            ])
        #expect(stages[4]["subject"] == "pytest")
    }
}
