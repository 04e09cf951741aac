internal import API
internal import Basics
internal import HTTPServer
internal import Model
internal import Runner

/// The order to stop, and breakers.
extension Operations {
    private static let stopped = Schema.object([
        Schema.Property("stopped", .boolean), Schema.Property("stop", .optional(.anyObject)),
    ])

    static let switches: [Operation] = [
        Operation(
            Endpoint("stop", .post, "/v1/stop", .operate, .everything, "Begin and deliver nothing more").with {
                $0.body = .json(
                    .object([
                        Shapes.reason,
                        Schema.Property("now", .boolean, required: false, "End what runs as well"),
                    ]))
                $0.answers = [Endpoint.Answer(200, "It is stopped", stopped)]
                $0.isRepeatable = true
            }, stop),
        Operation(
            Endpoint("resume", .post, "/v1/resume", .operate, .everything, "Lift the order to stop").with {
                $0.body = .json(Shapes.reasonBody)
                $0.answers = [
                    Endpoint.Answer(
                        200, "Nothing is stopped",
                        .object([Schema.Property("stopped", .boolean), Schema.Property("was_stopped", .boolean)]))
                ]
                $0.isRepeatable = true
            }, resume),
        Operation(
            Endpoint(
                "resetBreakers", .post, "/v1/breakers/{id}/reset", .operate, .target("id"),
                "Close the breakers of a target; '*' is every target"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.body = .json(Shapes.reasonBody)
                $0.answers = [
                    Endpoint.Answer(
                        200, "They are closed",
                        .object([
                            Schema.Property("target", .optional(.anyText)),
                            Schema.Property("breaker", .choice(["closed"])),
                        ]))
                ]
                $0.isRepeatable = true
            }, reset),
    ]

    /// The order is a file, and holds where the journal cannot be used.
    private static func stop(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let controls = HomeControls(home.context(of: call), home.journals.open)
        let order = try controls.stop(reason: call.reason, endsRunning: call.body["now"]?.bool == true)
        home.feed.notify()
        return .json(["stopped": true, "stop": order.json])
    }

    private static func resume(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let wasStopped = try HomeControls(home.context(of: call), home.journals.open).resume(reason: call.reason)
        home.feed.notify()
        return .json(["stopped": false, "was_stopped": .bool(wasStopped)])
    }

    private static func reset(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let name = call.value("id") ?? ""
        let target = name == "*" ? nil : name
        try home.journals.with { journal in
            if let service = Service(name) {
                return try home.controls(call, journal).resetBreaker(of: service, reason: call.reason)
            }
            if let target, try !KnownTargets(home.context, journal).names.contains(target) {
                throw Problem(.notFound, "no target '\(target)' is known")
            }
            try home.controls(call, journal).resetBreakers(of: target, reason: call.reason)
        }
        home.feed.notify()
        return .json(["target": .optional(target), "breaker": "closed"])
    }
}
