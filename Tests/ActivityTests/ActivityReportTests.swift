import Activity
import Basics
import Journal
import Testing

@Suite struct ActivityReportTests {
    private static let hour: Int64 = 3600

    /// One merged change, one under review that is asked for changes, two that broke a rule, one that broke a test.
    static func story() throws -> Story {
        var story = try Story()
        let hour = Self.hour
        try story.attempt("a1", of: "one", 100 * hour)
        try story.propose(1, "a1", of: "one", 99 * hour)
        try story.attempt("a2", of: "two", 90 * hour)
        try story.propose(2, "a2", of: "two", 89 * hour)
        let rejected: JSON = ["kind": "rejected", "reason": "the change breaks the policy"]
        try story.attempt("a3", of: "three", 50 * hour, breaks: ["scope", "size"], ends: .attemptFailed, rejected)
        try story.attempt("a4", of: "four", 49 * hour, breaks: ["scope"], ends: .attemptFailed, rejected)
        try story.attempt(
            "a5", of: "five", in: "site", 48 * hour, invariant: "failed", ends: .attemptFailed,
            ["kind": "rejected", "reason": "tests failed"])
        let review: JSON = ["number": 1, "approvals": 2, "changes_requested": 0]
        try story.add(30 * hour, .pullRequestReviewed, EventSubject(target: "shop", task: "one"), review)
        try story.add(29 * hour, .pullRequestMerged, EventSubject(target: "shop", task: "one"), ["number": 1])
        try story.add(
            28 * hour, .pullRequestReviewed, EventSubject(target: "shop", task: "two"),
            ["number": 2, "approvals": 0, "changes_requested": 1])
        return story
    }

    @Test func countsWhatCameOfAttempts() throws {
        let report = try Self.story().report()
        #expect(report.attempts.map(\.attempt.id) == ["a5", "a4", "a3", "a2", "a1"])
        #expect(report.count("delivered") == 2 && report.count("rejected") == 3)
        #expect(ActivityReport.successRate(report.attempts) == 40)
        #expect(report.merged.map(\.number) == [1])
        #expect(report.merged.first?.timeToDecide == .seconds(70 * Self.hour))
        #expect(report.days.count == 8 && report.days.map(\.delivered).reduce(0, +) == 2)
        #expect(report.targets.map(\.target) == ["shop", "site"])
    }

    @Test func saysWhyAttemptsCameToNothing() throws {
        let reasons = try Self.story().report().reasons
        #expect(
            reasons.map { "\($0.count) \($0.words)" } == [
                "2 rule scope", "1 invariant tests: failed", "1 rule size",
            ])
    }

    @Test func billsEachStageItsOwnTime() throws {
        let entry = try #require(try Self.story().report().attempts.last)
        #expect(
            entry.stages.map { "\($0.stage.words) \($0.duration.milliseconds)" }
                == ["workspace 1000", "executor 5000", "rules 0", "invariants 6000", "finish 0"])
    }

    @Test func namesWhatNeedsAPerson() throws {
        var story = try Self.story()
        try story.add(
            10, .autonomyDisabled, EventSubject(target: "site"), ["reason": "holidays"])
        let pending = try story.report().pending.map { "\($0.target ?? "")/\($0.task ?? ""): \($0.words)" }
        #expect(pending.contains("shop/two: pull request #2 is asked for changes"))
        #expect(pending.contains("shop/: 2 attempts in a row failed (task)"))
        #expect(pending.contains("site/: autonomy is off"))
        #expect(pending.contains { $0.hasPrefix("site/five: the last attempt was rejected") })
        #expect(!pending.contains { $0.hasPrefix("shop/one") })
    }

    @Test func tellsOfOneTargetAlone() throws {
        let report = try Self.story().report(target: "site")
        #expect(report.attempts.map(\.attempt.target) == ["site"] && report.changes.isEmpty)
        #expect(!report.evidence.chains.contains { $0.name.text == "target/shop" })
    }

    @Test func tellsOfNothingBeforeItsTime() throws {
        let report = try Self.story().report(since: .seconds(49 * Self.hour + 1))
        #expect(report.attempts.map(\.attempt.id) == ["a5", "a4"])
        // Merged within the time, though its attempt was before.
        #expect(report.merged.map(\.number) == [1])
    }

    @Test func saysWhereTheChainsStand() throws {
        let story = try Self.story()
        let report = try story.report()
        #expect(report.evidence.head == (try story.journal.head()))
        #expect(report.evidence.chains == (try story.journal.chainHeads()))
        #expect(report.evidence.anchorReference == nil)
        #expect(ActivityPage(report).html().contains("which was not verified for it"))
    }

    @Test func anEmptyTimeIsAReportToo() throws {
        let report = try Story().report()
        let page = ActivityPage(report).html()
        #expect(report.attempts.isEmpty && report.pending.isEmpty)
        #expect(page.contains("no attempt began in this time") && page.contains("nothing was merged"))
    }

    @Test func namesStayTextOnThePageAndInTheSheet() throws {
        var story = try Story()
        let name = "<img src=x onerror=alert(1)>\"'\u{202E}"
        try story.attempt(
            "a1", of: "=SUM(A1)", in: name, 100, ends: .attemptFailed,
            ["kind": .string(name), "reason": .string(name)])
        let report = try story.report()
        let page = ActivityPage(report).html()
        #expect(!page.contains("<img") && !page.contains("\u{202E}") && page.contains("&lt;img src=x"))
        let line = try #require(AttemptSheet.text(report).split(separator: "\r\n").last)
        #expect(line.contains("'=SUM(A1)") && line.contains("\"<img src=x onerror=alert(1)>\"\"'\u{202E}\""))
    }

    @Test func exportsWhatThePageSays() throws {
        let report = try Self.story().report()
        let json = report.json
        #expect(json["attempts"]?.elements?.count == 5 && json["omitted_attempts"] == 0)
        #expect(json["targets"]?.elements?.first?["merged"] == 1)
        #expect(json["changes"]?.elements?.last?["approvals"] == 2)
        #expect(json["evidence"]?["chains"]?.elements?.isEmpty == false)
        #expect(AttemptSheet.text(report).split(separator: "\r\n").count == 6)
    }
}
