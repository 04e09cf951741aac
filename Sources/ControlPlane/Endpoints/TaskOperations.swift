internal import API
package import Basics
internal import HTTPServer
internal import Journal
package import Model
internal import Runner
package import Scheduler

/// The queue: what may run in the order of its turn, and why the rest waits.
extension Operations {
    static let tasks: [Operation] = [
        Operation(
            Endpoint(
                "listTasks", .get, "/v1/tasks", .view, .visible, "What would be done next, and why the rest waits"
            )
            .with {
                let task = Schema.object([
                    Schema.Property("target", .anyText), Schema.Property("task", .anyText),
                    Schema.Property("title", .anyText), Schema.Property("priority", .anyText),
                    Schema.Property("position", .optional(.integer(1...1_000_000))),
                    Schema.Property("refusal", .optional(.anyObject), "The one reason why it waits"),
                ])
                $0.parameters = [
                    Shapes.parameter(target: .query),
                    Endpoint.Parameter("cursor", .query, .place, "Only what stands behind this place"),
                    Shapes.limit(500, 100),
                ]
                $0.answers = [
                    Endpoint.Answer(
                        200, "A page of the queue, and targets that cannot be read",
                        .object([
                            Schema.Property("tasks", .list(.named("QueuedTask", task), atMost: 500)),
                            Schema.Property("problems", .list(.anyObject, atMost: 1000)),
                            Schema.Property("next_cursor", .optional(.anyText)),
                        ]))
                ]
            }, list)
    ]

    private static func list(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let wanted = try visibleTarget(call)
        var problems: [JSON] = []
        let targets = try home.scheduledTargets().filter { target in
            call.principal.targets.covers(target.name) && wanted.map { $0 == target.name } ?? true
        }
        let order = try QueueOrder(targets, home.context) { target, error in
            problems.append(["target": .string(target.name), "message": .string(error.description)])
        }
        return .json(
            QueuePage(limit: call.integer("limit") ?? 100, cursor: call.value("cursor")).json(order, problems))
    }
}

/// A part of a queue, for programs and pages.
package struct QueuePage {
    private let limit: Int
    private let cursor: String?

    package init(limit: Int, cursor: String?) { (self.limit, self.cursor) = (limit, cursor) }

    package func json(_ order: QueueOrder, _ problems: [JSON]) -> JSON {
        // One more tells whether there is another page; what moved since the page before is looked for among all.
        var entries = order.entries(upTo: (cursor.flatMap { GraphPlace($0)?.sequence } ?? 0) + limit + 1)
        if let cursor, !holds(cursor, entries) { entries = order.entries }
        let start = start(in: entries)
        let shown = entries.enumerated().dropFirst(start).prefix(limit).map { index, entry -> JSON in
            [
                "target": .string(entry.target), "task": .string(entry.task.id),
                "title": .string(entry.task.title),
                "priority": .string(entry.task.priority.rawValue),
                "position": entry.refusal == nil ? .integer(index + 1) : .null,
                "refusal": entry.refusal?.json ?? .null,
            ]
        }
        let end = start + shown.count
        return [
            "tasks": .array(shown), "problems": .array(Array(problems.prefix(1000))),
            "next_cursor": end < entries.count && !shown.isEmpty
                ? .string("\(end):\(entries[end - 1].target)/\(entries[end - 1].task.id)") : .null,
        ]
    }

    /// Whether the task that the page before ended with is among them.
    private func holds(_ cursor: String, _ entries: [QueueEntry]) -> Bool {
        guard let place = GraphPlace(cursor) else { return true }
        return entries.contains { "\($0.target)/\($0.task.id)" == place.name }
    }

    /// Behind the task that the page before ended with, wherever it stands by now; where it is gone, at its old place.
    private func start(in entries: [QueueEntry]) -> Int {
        guard let place = cursor.flatMap({ GraphPlace($0) }) else { return 0 }
        let last = entries.firstIndex { "\($0.target)/\($0.task.id)" == place.name }
        return last.map { $0 + 1 } ?? max(0, place.sequence - 1)
    }
}

extension ControlPlaneHome {
    /// The registered targets that the scheduler looks at.
    func scheduledTargets() throws -> [ScheduledTarget] {
        try scheduledTargets(TargetRegistry(context).readable())
    }

    /// Those of the registered targets that the scheduler looks at.
    package func scheduledTargets(_ registered: [TargetRegistration]) throws -> [ScheduledTarget] {
        let machine = try MachineConfiguration.read(context)
        return try registered.filter(\.enabled).map { target in
            ScheduledTarget(target, try machine.group(of: target))
        }
    }
}
