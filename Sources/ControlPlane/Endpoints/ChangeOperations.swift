internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Model
internal import Runner

/// What an attempt changed, and tasks that may be tried again.
extension Operations {
    static let changes: [Operation] = [
        Operation(
            Endpoint(
                "getAttemptChange", .get, "/v1/attempts/{id}/change", .view, .visible,
                "The patch of an attempt, where its target's clone on this machine holds it"
            ).with {
                $0.parameters = [Endpoint.Parameter("id", .path, .text(1...200), "The attempt's id")]
                $0.answers = [
                    Endpoint.Answer(
                        200, "The patch, up to 5 MB",
                        .object([
                            Schema.Property("attempt", .anyText), Schema.Property("patch", .anyText),
                            Schema.Property("complete", .boolean),
                        ]))
                ]
                $0.problems = [409, 422]
            }, change),
        Operation(
            Endpoint(
                "retryTask", .post, "/v1/targets/{id}/retry", .operate, .target("id"),
                "Let a task be tried again that failed too often or was declined"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.body = .json(.object([Schema.Property("task", .text(1...200)), Shapes.reason]))
                $0.answers = [
                    Endpoint.Answer(
                        200, "It may",
                        .object([
                            Schema.Property("target", .anyText), Schema.Property("task", .anyText),
                            Schema.Property("state", .choice(["pending"])),
                        ]))
                ]
                $0.problems = [422]
                $0.isRepeatable = true
            }, retry),
    ]

    /// A change that was refused because it holds a secret is not spread any further.
    private static func change(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let id = call.value("id") ?? ""
        let found = try home.journals.with { journal -> (AttemptRecord, [EventRecord])? in
            guard let attempt = try journal.attempt(id), call.principal.targets.covers(attempt.target) else {
                return nil
            }
            var query = EventQuery()
            (query.attempt, query.types, query.limit) = (attempt.id, [.policyJudged], 10)
            return (attempt, try journal.events(query))
        }
        guard let (attempt, judged) = found else { throw Problem(.notFound, "there is no attempt '\(id)'") }
        let broken = judged.flatMap { $0.payload["violations"]?.elements ?? [] }
        guard !broken.contains(where: { $0["rule"] == "secret" }) else {
            throw Problem(
                .refused, "the change holds what looks like a secret, and is not shown here",
                hint: "look at it on the machine where it was made")
        }
        let change = try AttemptChange(attempt, home.context)
        return .json([
            "attempt": .string(attempt.id), "patch": .string(String(decoding: change.patch, as: UTF8.self)),
            "complete": .bool(change.isComplete),
        ])
    }

    private static func retry(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let (target, task) = (call.value("id") ?? "", call.body["task"]?.string ?? "")
        try home.journals.with { journal in
            try KnownTargets(home.context, journal).demand(target)
            try home.controls(call, journal).retry(task, of: target, reason: call.reason)
        }
        home.feed.notify()
        return .json(["target": .string(target), "task": .string(task), "state": "pending"])
    }
}
