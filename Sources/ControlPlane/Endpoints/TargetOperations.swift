internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Model
internal import Runner

/// The repositories that are looked after.
extension Operations {
    static let targets: [Operation] = [
        Operation(
            Endpoint("listTargets", .get, "/v1/targets", .view, .visible, "The registered targets, by name").with {
                $0.parameters = [
                    Endpoint.Parameter("cursor", .query, .text(1...100), "Only names behind this one"),
                    Shapes.limit(1000, 200),
                ]
                $0.answers = [
                    Endpoint.Answer(200, "A page", Shapes.page("targets", Shapes.target, cursor: .anyText))
                ]
            }, list),
        Operation(
            Endpoint("addTarget", .post, "/v1/targets", .admin, .everything, "Register a repository").with {
                $0.body = .json(
                    .object([
                        Schema.Property("url", .text(1...1000), "What git clones"),
                        Schema.Property("name", .text(1...100), required: false, "Else as its contract says"),
                        Schema.Property("group", .text(1...100), required: false), Shapes.reason,
                    ]))
                $0.answers = [Endpoint.Answer(201, "It is registered", Shapes.target)]
                $0.problems = [409]
                $0.isRepeatable = true
            }, add),
        Operation(
            Endpoint(
                "removeTarget", .delete, "/v1/targets/{id}", .admin, .target("id"),
                "Forget a target; the journal keeps what was done"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path), Shapes.reasonParameter]
                $0.answers = [
                    Endpoint.Answer(
                        200, "It is removed",
                        .object([
                            Schema.Property("target", .anyText), Schema.Property("state", .choice(["removed"])),
                        ]))
                ]
                $0.problems = [409, 422]
            }, remove),
    ]

    private static func json(
        _ target: TargetRegistration, _ home: ControlPlaneHome, _ journal: any JournalStore
    ) throws -> JSON {
        let shown: Set<String> = ["target", "repository", "group", "enabled"]
        let known = TargetRegistry(home.context).json(target).members ?? []
        let isOff = try journal.isAutonomyOff(target: target.name)
        return .object(known.filter { shown.contains($0.name) } + [JSON.Member("autonomy", isOff ? "off" : "on")])
    }

    private static func list(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let (start, limit) = (call.value("cursor") ?? "", call.integer("limit") ?? 200)
        let known = try TargetRegistry(home.context).readable()
            .filter { call.principal.targets.covers($0.name) && $0.name > start }.sorted { $0.name < $1.name }
        let page = Array(known.prefix(limit))
        let shown = try home.journals.with { journal in try page.map { try json($0, home, journal) } }
        return .json([
            "targets": .array(shown),
            "next_cursor": .optional(page.count < known.count ? page.last?.name : nil),
        ])
    }

    private static func add(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let url = call.body["url"]?.string ?? ""
        let addition = TargetAddition(
            place: url, name: call.body["name"]?.string, group: call.body["group"]?.string, home.context(of: call))
        guard !(try TargetRegistry(home.context).readable().contains { $0.repositoryURL == url }) else {
            throw Problem(.conflict, "'\(url)' is registered already")
        }
        let response = try home.journals.with { journal in
            let target = try addition.run(home.controls(call, journal))
            return ServerResponse.json(try json(target, home, journal), 201)
        }
        home.feed.notify()
        return response
    }

    /// The registration of a name that a path gives.
    static func registration(_ call: APICall, _ home: ControlPlaneHome) throws -> TargetRegistration {
        let name = call.value("id") ?? ""
        guard let target = try TargetRegistry(home.context).readable().first(where: { $0.name == name }) else {
            throw Problem(.notFound, "there is no target '\(name)'")
        }
        return target
    }

    private static func remove(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let target = try registration(call, home)
        try home.journals.with { journal in
            if let claim = try journal.claims().first(where: { $0.target == target.name }) {
                throw Problem(
                    .conflict, "\(claim.attempt) runs there", hint: "wait until it has ended, or stop it")
            }
            try home.controls(call, journal).remove(target, reason: call.reason)
        }
        home.feed.notify()
        return .json(["target": .string(target.name), "state": "removed"])
    }
}
