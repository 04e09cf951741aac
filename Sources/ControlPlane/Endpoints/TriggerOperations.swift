internal import API
internal import Basics
internal import HTTP
internal import HTTPServer
internal import Journal
internal import Model
internal import Runner
internal import Scheduler

/// Tasks that somebody asks for by name: each is done by a child of this program, as `propose` does it.
extension Operations {
    private static let shape = Schema.named(
        "Trigger",
        .object([
            Schema.Property("id", .anyText), Schema.Property("target", .anyText),
            Schema.Property("task", .anyText),
            Schema.Property("dry_run", .boolean), Schema.Property("state", .choice(["running", "ended"])),
            Schema.Property("outcome", .optional(.anyObject), "What 'propose --json' said"),
        ]))

    static let triggers: [Operation] = [
        Operation(
            Endpoint(
                "triggerTask", .post, "/v1/targets/{id}/trigger", .trigger, .target("id"), "Let a task be done now"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.body = .json(
                    .object([
                        Schema.Property("task", .text(1...200)),
                        Schema.Property(
                            "dry_run", .boolean, required: false, "Show the change, and do nothing more"),
                        Shapes.reason,
                    ]))
                $0.answers = [Endpoint.Answer(202, "It has begun", shape)]
                $0.isRepeatable = true
            }, begin),
        Operation(
            Endpoint(
                "getTrigger", .get, "/v1/triggers/{id}", .view, .visible,
                "What became of a task that was asked for"
            ).with {
                $0.parameters = [Endpoint.Parameter("id", .path, .text(1...50), "The id that was answered")]
                $0.answers = [Endpoint.Answer(200, "It", shape)]
            }
        ) { call, home in
            guard let trigger = try home.triggers.trigger(call.value("id") ?? ""),
                call.principal.targets.covers(trigger["target"]?.string ?? "")
            else { throw Problem(.notFound, "it is not known, or was asked for too long ago") }
            return .json(trigger)
        },
    ]

    static func refuseIfStopped(_ context: Context) throws(Problem) {
        guard let order = StopSwitch(context).order() else { return }
        throw Problem(.refused, "everything is stopped" + (order.reason.map { ": \($0)" } ?? ""))
    }

    private static func begin(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let target = try registration(call, home)
        let (task, isDryRun) = (call.body["task"]?.string ?? "", call.body["dry_run"]?.bool == true)
        let context = home.context(of: call)
        if !isDryRun { try refuseIfStopped(context) }
        let directory = try TargetClone(target, context).ready()
        guard try TargetReading.read(directory, fetches: false, context).contract.backlog[task] != nil else {
            throw Problem(.invalid, "the backlog of '\(target.name)' has no task '\(task)'")
        }
        let trigger = TriggerTable.Trigger(
            id: context.identifiers.uuid(), target: target.name, task: task, isDryRun: isDryRun,
            actor: call.principal.name, since: context.clock.now().secondsText)
        guard try home.triggers.begin(trigger) else {
            throw Problem(.unavailable, "too many tasks are being done")
        }
        if !isDryRun {
            let facts: JSON = [
                "target": .string(target.name), "task_id": .string(task), "reason": .string(call.reason),
            ]
            do {
                _ = try home.journals.with { try $0.append([context.event(.other(AuditTypes.triggered, facts))]) }
            } catch {
                home.ended(trigger, ["outcome": "failed", "message": .string("\(error)")])
                throw error
            }
            home.feed.notify()
        }
        let dispatcher = ChildDispatcher(program: home.program, arguments: isDryRun ? ["--dry-run"] : [], context)
        var grant = Grant(target: target.name, task: task, scope: nil, directory: directory)
        grant.id = trigger.id
        Workers.inBackground { [grant] in
            home.ended(trigger, TriggerTable.outcome(dispatcher.carryOut(grant)))
        }
        return .json(trigger.json(), 202, headers: ["Location": "/v1/triggers/" + trigger.id])
    }
}
