import Basics
import Journal
import Testing

/// Names and members on the wire never change, whatever the code calls them.
@Suite struct EventCodecTests {
    private static let commit = ObjectID(hex: String(repeating: "c", count: 40))
    private static let digest = Digest(hex: String(repeating: "d", count: 64))!
    private static let request = Event.PullRequestName(number: 7, url: "https://x/7", branch: "agent/t")

    private static var plan: Event.AttemptPlan {
        var plan = Event.AttemptPlan(number: 2)
        (plan.title, plan.scope, plan.base) = ("Title", "docs", commit)
        (plan.executor, plan.workspace, plan.specification) = ("docs", "tree", digest)
        plan.dependencies = ["task-0"]
        return plan
    }

    private static var frozen: Event.FrozenFiles {
        var frozen = Event.FrozenFiles()
        (frozen.tree, frozen.executorVersion, frozen.files, frozen.added) = (commit, "1", 1, 3)
        frozen.changes = [Event.FrozenFiles.File(path: "docs/a.md", operation: "create", added: 3, removed: 0)]
        return frozen
    }

    private static var found: Event.ModelCallOutcome {
        var outcome = Event.ModelCallOutcome()
        (outcome.outcome, outcome.stopReason, outcome.inputTokens) = ("answered", "end_turn", 10)
        (outcome.outputTokens, outcome.cacheReadTokens, outcome.cacheWriteTokens) = (20, 30, 40)
        outcome.milliseconds = 50
        return outcome
    }

    private static func pushed(_ isReviewed: Bool?, isRecovered: Bool = false) -> Event.PushedCommit {
        var pushed = Event.PushedCommit(branch: "agent/t", remote: ".", commit: commit, isReviewed: isReviewed)
        pushed.isRecovered = isRecovered
        return pushed
    }

    /// Every case, its name on the wire, and the members that it adds to what it is about.
    static let golden: [(Event, String, String)] = {
        let (c, d) = (String(repeating: "c", count: 40), String(repeating: "d", count: 64))
        let name = #""branch":"agent/t","number":7,"url":"https://x/7""#
        return [
            (
                .targetRegistered(Event.TargetDescription(url: "u", defaultBranch: nil)), "target.registered",
                #"{"default_branch":null,"url":"u"}"#
            ),
            (
                .targetUpdated(Event.TargetDescription(url: nil, defaultBranch: "main")), "target.updated",
                #"{"default_branch":"main","url":null}"#
            ),
            (.taskCompleted, "task.completed", "{}"),
            (.taskBlocked(reason: "r"), "task.blocked", #"{"reason":"r"}"#),
            (.taskDeclined(nil, reason: "no"), "task.declined", #"{"reason":"no"}"#),
            (
                .taskDeclined(request, reason: "no"), "task.declined",
                #"{"branch":"agent/t","number":7,"reason":"no","url":"https://x/7"}"#
            ),
            (.taskUnblocked(settled: [3, 7]), "task.unblocked", #"{"settled":[3,7]}"#),
            (
                .attemptCreated(plan), "attempt.created",
                "{\"base\":\"\(c)\",\"dependencies\":[\"task-0\"],\"executor\":\"docs\",\"number\":2,"
                    + "\"scope\":\"docs\",\"spec\":\"\(d)\",\"title\":\"Title\",\"workspace\":\"tree\"}"
            ),
            (
                .attemptStarted(isolation: "fenced", clock: "2026-01-01T00:00:00Z"), "attempt.started",
                #"{"clock":"2026-01-01T00:00:00Z","isolation":"fenced"}"#
            ),
            (
                .changeFrozen(frozen), "change.frozen",
                "{\"added\":3,\"changes\":[{\"added\":3,\"operation\":\"create\",\"path\":\"docs/a.md\",\"removed\":0}],"
                    + "\"executor_version\":\"1\",\"files\":1,\"removed\":0,\"tree\":\"\(c)\"}"
            ),
            (
                .policyJudged(
                    Event.PolicyFindings(
                        isApproved: false,
                        violations: [Event.PolicyFindings.Violation(rule: "paths", path: nil, message: "m")],
                        warnings: ["w"])), "policy.judged",
                #"{"approved":false,"violations":[{"message":"m","path":null,"rule":"paths"}],"warnings":["w"]}"#
            ),
            (
                .invariantFinished(
                    Event.InvariantRun(name: "Tests", outcome: "passed", milliseconds: 5, log: digest)),
                "invariant.finished",
                "{\"duration_ms\":5,\"log\":\"\(d)\",\"name\":\"Tests\",\"outcome\":\"passed\"}"
            ),
            (
                .invariantFinished(Event.InvariantRun(name: "Tests", outcome: "failed", milliseconds: 5)),
                "invariant.finished", #"{"duration_ms":5,"name":"Tests","outcome":"failed"}"#
            ),
            (
                .artifactCreated(
                    Event.ArtifactName(StoredArtifact(digest: digest, bytes: 9), kind: "log", name: "Tests")),
                "artifact.created", "{\"bytes\":9,\"kind\":\"log\",\"name\":\"Tests\",\"sha256\":\"\(d)\"}"
            ),
            (
                .deliveryStarted(pushed(true)), "delivery.started",
                "{\"branch\":\"agent/t\",\"commit\":\"\(c)\",\"remote\":\".\",\"reviewed\":true}"
            ),
            (
                .branchPushed(pushed(nil)), "branch.pushed",
                "{\"branch\":\"agent/t\",\"commit\":\"\(c)\",\"remote\":\".\"}"
            ),
            (
                .branchPushed(pushed(nil, isRecovered: true)), "branch.pushed",
                "{\"branch\":\"agent/t\",\"commit\":\"\(c)\",\"recovered\":true,\"remote\":\".\"}"
            ),
            (
                .attemptSucceeded(outcome: "delivered", commit: commit, isRecovered: false), "attempt.succeeded",
                "{\"commit\":\"\(c)\",\"outcome\":\"delivered\"}"
            ),
            (
                .attemptSucceeded(outcome: "unchanged", commit: nil, isRecovered: true), "attempt.succeeded",
                #"{"outcome":"unchanged","recovered":true}"#
            ),
            (
                .attemptFailed(kind: "rejected", reason: "policy"), "attempt.failed",
                #"{"kind":"rejected","reason":"policy"}"#
            ),
            (
                .attemptInterrupted(kind: "interrupted", reason: "r", isRecovered: false), "attempt.interrupted",
                #"{"kind":"interrupted","reason":"r"}"#
            ),
            (
                .attemptInterrupted(kind: nil, reason: "its process died", isRecovered: true),
                "attempt.interrupted",
                #"{"reason":"its process died","recovered":true}"#
            ),
            (.attemptInvalidated(reason: nil), "attempt.invalidated", #"{"reason":null}"#),
            (
                .modelCallStarted(Event.ModelCall(model: "m", call: 1, attempt: 2, maxTokens: 99)),
                "model.call_started", #"{"attempt":2,"call":1,"max_tokens":99,"model":"m"}"#
            ),
            (
                .modelCallCompleted(Event.ModelCall(model: "m", call: 1, attempt: 2), found),
                "model.call_completed",
                #"{"attempt":2,"cache_read_tokens":30,"cache_write_tokens":40,"call":1,"duration_ms":50,"#
                    + #""input_tokens":10,"model":"m","outcome":"answered","output_tokens":20,"stop_reason":"end_turn"}"#
            ),
            (
                .pullRequestCreated(request, commit: commit), "pr.created",
                "{\"branch\":\"agent/t\",\"commit\":\"\(c)\",\"number\":7,\"url\":\"https://x/7\"}"
            ),
            (
                .pullRequestUpdated(request, commit: nil), "pr.updated",
                #"{"branch":"agent/t","commit":null,"number":7,"url":"https://x/7"}"#
            ),
            (
                .pullRequestMerged(request, mergeCommit: nil), "pr.merged",
                #"{"branch":"agent/t","merge_commit":null,"number":7,"url":"https://x/7"}"#
            ),
            (.pullRequestClosed(request), "pr.closed", "{\(name)}"),
            (
                .pullRequestReviewed(request, Event.ReviewState(approvals: 1, changesRequested: 0)), "pr.reviewed",
                #"{"approvals":1,"branch":"agent/t","changes_requested":0,"number":7,"url":"https://x/7"}"#
            ),
            (
                .pullRequestChecked(
                    request, Event.CheckState(checks: "passed", commit: nil, mergeability: "clean")), "pr.checked",
                #"{"branch":"agent/t","checks":"passed","commit":null,"mergeability":"clean","number":7,"#
                    + #""url":"https://x/7"}"#
            ),
            (
                .pullRequestMergeDecided(
                    request, Event.MergeDecision(decision: "wait", reason: "r", commit: commit)),
                "pr.merge_decided",
                "{\"branch\":\"agent/t\",\"commit\":\"\(c)\",\"decision\":\"wait\",\"number\":7,\"reason\":\"r\","
                    + "\"url\":\"https://x/7\"}"
            ),
            (
                .branchDeleted(request, outcome: "deleted", commit: commit), "branch.deleted",
                "{\"branch\":\"agent/t\",\"commit\":\"\(c)\",\"number\":7,\"outcome\":\"deleted\","
                    + "\"url\":\"https://x/7\"}"
            ),
            (.breakerTripped(reason: "two failures"), "breaker.tripped", #"{"reason":"two failures"}"#),
            (.breakerReset, "breaker.reset", "{}"), (.autonomyEnabled, "autonomy.enabled", "{}"),
            (.autonomyDisabled, "autonomy.disabled", "{}"), (.runStopped, "run.stopped", "{}"),
            (.runResumed, "run.resumed", "{}"),
            (.other(EventType("never.seen"), ["x": [1, nil]]), "never.seen", #"{"x":[1,null]}"#),
        ]
    }()

    @Test(arguments: golden) func isWrittenAsEver(event: Event, name: String, payload: String) throws {
        let draft = EventDraft(id: "e", timestamp: "t", actor: "a", event, about: EventSubject())
        #expect(draft.type.name == name)
        #expect(draft.payload.text(.canonical) == payload)
        #expect(Event(draft.type, draft.payload) == event)
    }

    @Test func saysWhatItIsAbout() throws {
        let subject = EventSubject(target: "shop", task: "t", attempt: "a")
        let draft = EventDraft(
            id: "e", timestamp: "t", actor: nil, .attemptInvalidated(reason: "r"), about: subject)
        #expect(
            draft.payload.text(.canonical)
                == #"{"attempt_id":"a","reason":"r","target":"shop","task_id":"t"}"#)
        let part = EventDraft(
            id: "e", timestamp: "t", actor: nil, .runStopped, about: EventSubject(target: "shop"))
        #expect(part.payload == ["target": "shop"])
    }

    @Test func whatSaysTooLittleIsKeptAsItIs() {
        for (type, payload) in [
            (EventType.pullRequestCreated, ["number": "one"] as JSON), (.artifactCreated, ["sha256": "short"]),
            (.invariantFinished, [:]), (.modelCallStarted, ["call": true]), (EventType("x"), .array([1])),
        ] { #expect(Event(type, payload) == .other(type, payload)) }
    }

    @Test func understandsOlderSpellings() {
        #expect(
            Event(EventType("attempt.completed"), [:])
                == .attemptSucceeded(outcome: "delivered", commit: nil, isRecovered: false))
    }
}
