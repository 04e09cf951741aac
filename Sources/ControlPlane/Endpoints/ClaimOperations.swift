internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Runner

/// Claims of workers that this machine cannot see: each holds a lease, and renews it in time.
extension Operations {
    private static let shape = Schema.named(
        "Claim",
        .object([
            Schema.Property("target", .anyText), Schema.Property("task", .anyText),
            Schema.Property("attempt", .anyText), Schema.Property("holder", .anyText),
            Schema.Property("claimed_at", .anyText),
            Schema.Property("lease_until", .optional(.anyText), "Null for a process of this machine"),
        ]))

    static let claims: [Operation] = [
        Operation(
            Endpoint("listClaims", .get, "/v1/claims", .view, .visible, "What is being done, the oldest first")
                .with {
                    $0.answers = [
                        Endpoint.Answer(
                            200, "All claims", .object([Schema.Property("claims", .list(shape, atMost: 10_000))]))
                    ]
                }
        ) { call, home in
            let found = try home.journals.with { try $0.claims() }.filter {
                call.principal.targets.covers($0.target)
            }
            return .json(["claims": .array(found.map(json))])
        },
        Operation(
            Endpoint(
                "changeClaim", .post, "/v1/claims", .trigger, .bodyTarget("target"),
                "Take, renew or give back the claim of a task"
            ).with {
                $0.body = .json(
                    .object([
                        Schema.Property("action", .choice(["acquire", "renew", "release"])),
                        Schema.Property("target", Shapes.targetName), Schema.Property("task", .text(1...200)),
                        Schema.Property("attempt", .text(1...200)),
                        Schema.Property("lease_seconds", .integer(10...3600), required: false, "60 without it"),
                        Schema.Property("repository", .text(0...1000), required: false),
                    ]))
                $0.answers = [Endpoint.Answer(200, "The claim as it is now, or was", shape)]
                $0.problems = [409]
            }, change),
    ]

    private static func json(_ claim: Claim) -> JSON {
        var until: String?
        if case .lease(let deadline) = claim.mark { until = deadline.description }
        return [
            "target": .string(claim.target), "task": .string(claim.task), "attempt": .string(claim.attempt),
            "holder": .string(claim.holder), "claimed_at": .string(claim.claimedAt),
            "lease_until": .optional(until),
        ]
    }

    private static func change(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let (body, now) = (call.body, home.context.clock.now())
        let lease = ClaimMark.lease(until: now + .seconds(body["lease_seconds"]?.whole ?? 60))
        let claim = Claim(
            target: body["target"]?.string ?? "", task: body["task"]?.string ?? "",
            attempt: body["attempt"]?.string ?? "", repository: body["repository"]?.string ?? "", mark: lease,
            holder: call.principal.name, claimedAt: now.description)
        let result = try home.journals.with { journal in
            switch body["action"]?.string {
            case "acquire": try acquire(claim, home, journal, now)
            case "renew": try renew(claim, journal, now)
            default: try release(claim, journal)
            }
        }
        home.feed.notify()
        return .json(json(result))
    }

    private static func acquire(
        _ claim: Claim, _ home: ControlPlaneHome, _ journal: any JournalStore, _ now: Instant
    ) throws -> Claim {
        if StopSwitch(home.context).order() != nil { throw Problem(.refused, "everything is stopped") }
        let claims = try journal.claims()
        let standing = claims.first { $0.target == claim.target && $0.task == claim.task }
        if let other = claims.first(where: { $0.attempt == claim.attempt }), other != standing {
            throw Problem(.conflict, "\(claim.attempt) is at work on '\(other.task)' already")
        }
        // The same worker asks again, because the answer did not reach it.
        // One that ran out meanwhile is still its own as long as it stands: nobody else has taken it.
        if let standing, standing.attempt == claim.attempt, standing.holder == claim.holder,
            case .lease = standing.mark, try journal.remark(standing, claim.mark)
        {
            return standing.marked(claim.mark)
        }
        // A worker that is gone stands in nobody's way.
        if let standing { _ = try home.recoverIfExpired(standing, journal) }
        try journal.claim(claim) { _ throws(JournalError) in [] }
        return claim
    }

    private static func own(_ claim: Claim, _ journal: any JournalStore) throws -> Claim {
        let standing = try journal.claims().first { $0.attempt == claim.attempt && $0.target == claim.target }
        guard let standing, standing.task == claim.task, standing.holder == claim.holder else {
            throw Problem(
                .conflict, "\(claim.attempt) holds no claim any more", hint: "end the work: nothing of it counts")
        }
        return standing
    }

    private static func renew(_ claim: Claim, _ journal: any JournalStore, _ now: Instant) throws -> Claim {
        let standing = try own(claim, journal)
        guard case .lease(let deadline) = standing.mark, now < deadline, try journal.remark(standing, claim.mark)
        else {
            throw Problem(
                .conflict, "the lease of \(claim.attempt) ran out", hint: "end the work: nothing of it counts")
        }
        return standing.marked(claim.mark)
    }

    private static func release(_ claim: Claim, _ journal: any JournalStore) throws -> Claim {
        let standing = try own(claim, journal)
        try journal.release(standing.attempt, [])
        return standing
    }
}

extension ControlPlaneHome {
    /// Ends an attempt whose lease ran out, unless somebody else did so first; whether it was this call.
    func recoverIfExpired(_ claim: Claim, _ journal: any JournalStore) throws -> Bool {
        guard case .lease(let deadline) = claim.mark, deadline <= context.clock.now() else { return false }
        let event = context.event(
            .attemptInterrupted(kind: "lease", reason: "its lease ran out", isRecovered: true),
            about: EventSubject(target: claim.target, task: claim.task, attempt: claim.attempt))
        return try journal.recover(claim, [event])
    }

    /// Gives the tasks of workers free that are gone: their claims would count against limits for ever.
    package func recoverExpired() throws {
        let recovered = try journals.with { journal in
            try journal.claims().filter { try recoverIfExpired($0, journal) }.count
        }
        if recovered > 0 { feed.notify() }
    }
}
