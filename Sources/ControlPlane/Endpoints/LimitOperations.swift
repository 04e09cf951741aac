internal import API
internal import Basics
internal import HTTPServer
internal import Model
internal import Runner
internal import Scheduler

/// How far the limits of a target are used up.
extension Operations {
    static let limits: [Operation] = [
        Operation(
            Endpoint(
                "getLimits", .get, "/v1/targets/{id}/limits", .view, .target("id"),
                "Every limit that holds for a target, what counts against it now, and who set it"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.answers = [
                    Endpoint.Answer(
                        200, "The limits; or why the target cannot be read",
                        .object([
                            Schema.Property("target", .anyText),
                            Schema.Property("limits", .list(.anyObject, atMost: 200)),
                            Schema.Property("problem", .optional(.anyText)),
                        ]))
                ]
            }, list)
    ]

    private static func list(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let name = try registration(call, home).name
        var problem: String?
        let targets = try home.scheduledTargets().filter { $0.name == name }
        let queues = try QueueOrder(targets, home.context) { _, error in problem = error.description }.queues
        let states = try queues.first?.limits() ?? []
        if targets.isEmpty { problem = "the target is disabled" }
        return .json([
            "target": .string(name), "limits": .array(states.map(\.json)), "problem": .optional(problem),
        ])
    }
}
