internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Runner

/// Targets whose events are kept whatever their age.
extension Operations {
    private static let shape = Schema.named(
        "Hold", .object([Schema.Property("target", .anyText), Schema.Property("held", .boolean)]))

    static let retention: [Operation] = [
        Operation(
            Endpoint("getHold", .get, "/v1/targets/{id}/hold", .view, .target("id"), "Whether events are held")
                .with {
                    $0.parameters = [Shapes.parameter(target: .path)]
                    $0.answers = [Endpoint.Answer(200, "Whether they are", shape)]
                }
        ) { call, home in
            let target = call.value("id") ?? ""
            let isHeld = try home.journals.with { journal in
                guard try KnownTargets(home.context, journal).names.contains(target) else {
                    throw Problem(.notFound, "no target '\(target)' is known")
                }
                return try journal.holds().contains { $0.target == target }
            }
            return .json(["target": .string(target), "held": .bool(isHeld)])
        },
        Operation(
            Endpoint(
                "setHold", .put, "/v1/targets/{id}/hold", .admin, .target("id"),
                "Keep the events of a target from retention, or no more"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.body = .json(.object([Schema.Property("held", .boolean), Shapes.reason]))
                $0.answers = [Endpoint.Answer(200, "It is so now", shape)]
                $0.problems = [422]
                $0.isRepeatable = true
            }
        ) { call, home in
            let (target, isHeld) = (call.value("id") ?? "", call.body["held"]?.bool == true)
            try home.journals.with { journal in
                _ = try home.controls(call, journal).hold(target, isHeld, reason: call.reason)
            }
            home.feed.notify()
            return .json(["target": .string(target), "held": .bool(isHeld)])
        },
    ]
}
