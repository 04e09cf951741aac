internal import API
package import Basics
internal import Crypto
internal import HTTP
internal import HTTPServer
package import Journal
package import Model
internal import Runner

/// Whether the scheduler takes tasks by itself; a change names the version that it changes.
extension Operations {
    private static let change = Schema.object([
        Schema.Property("enabled", .boolean, "Whether the scheduler takes tasks"), Shapes.reason,
    ])
    private static let oneState = Schema.named(
        "Autonomy",
        .object([
            Schema.Property("target", .anyText), Schema.Property("autonomy", .choice(["on", "off"])),
            Schema.Property("changed", .optional(.anyObject), "By whom, when and why it was set last"),
        ]))
    private static let allStates = Schema.object([
        Schema.Property("autonomy", .choice(["on", "off"]), "What was said of every target last"),
        Schema.Property("stop", .optional(.anyObject), "The order to stop, while there is one"),
        Schema.Property("targets", .list(oneState, atMost: 100_000)),
    ])

    static let autonomy: [Operation] = [
        Operation(
            Endpoint("getAutonomy", .get, "/v1/autonomy", .view, .visible, "The switch of every target").with {
                $0.aliases = ["/v1/autonomy/status"]
                $0.hasVersion = true
                $0.answers = [Endpoint.Answer(200, "The switches", allStates)]
            }
        ) { call, home in try home.journals.with { try all(call, home, $0) } },
        Operation(
            Endpoint("setAutonomy", .put, "/v1/autonomy", .operate, .everything, "Switch all targets").with {
                $0.body = .json(change)
                $0.hasVersion = true
                $0.isRepeatable = true
                $0.answers = [Endpoint.Answer(200, "The switches as they are now", allStates)]
            }
        ) { call, home in
            try set(call, home, nil) { journal in try all(call, home, journal) }
        },
        Operation(
            Endpoint(
                "getTargetAutonomy", .get, "/v1/targets/{id}/autonomy", .view, .target("id"),
                "The switch of a target"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.hasVersion = true
                $0.answers = [Endpoint.Answer(200, "The switch", oneState)]
            }
        ) { call, home in try home.journals.with { try one(call, home, $0) } },
        Operation(
            Endpoint(
                "setTargetAutonomy", .put, "/v1/targets/{id}/autonomy", .operate, .target("id"), "Switch a target"
            ).with {
                $0.parameters = [Shapes.parameter(target: .path)]
                $0.body = .json(change)
                $0.hasVersion = true
                $0.isRepeatable = true
                $0.answers = [Endpoint.Answer(200, "The switch as it is now", oneState)]
            }
        ) { call, home in
            try set(call, home, call.value("id")) { journal in try one(call, home, journal) }
        },
    ]

    private static func set(
        _ call: APICall, _ home: ControlPlaneHome, _ target: String?,
        _ state: (any JournalStore) throws -> ServerResponse
    ) throws -> ServerResponse {
        let response = try home.journals.with { journal in
            try home.switching {
                let current = try state(journal).headers["ETag"] ?? ""
                let wanted = call.request.headers["If-Match"] ?? ""
                guard wanted == current || wanted == "*" else {
                    throw Problem(
                        .staleVersion, "it is at \(current) by now", hint: "look at it again before changing it")
                }
                try home.controls(call, journal)
                    .switchAutonomy(call.body["enabled"]?.bool == true, of: target, reason: call.reason)
                return try state(journal)
            }
        }
        home.feed.notify()
        return response
    }

    private static func versioned(_ json: JSON) -> ServerResponse {
        let digest = SHA256.digest(of: json.utf8())
        return .json(json, headers: ["ETag": "\"\(digest.hex.prefix(16))\""])
    }

    private static func all(
        _ call: APICall, _ home: ControlPlaneHome, _ journal: any JournalStore
    ) throws -> ServerResponse {
        let names = try KnownTargets(home.context, journal).names.filter(call.principal.targets.covers)
        let changes = try AutonomyChanges(journal)
        let state = try MainSwitch(home.context, journal)
        return versioned([
            "autonomy": state.isOff ? "off" : "on", "stop": state.stop?.json ?? .null,
            "targets": .array(try names.map { try switchState($0, changes, journal) }),
        ])
    }

    private static func one(
        _ call: APICall, _ home: ControlPlaneHome, _ journal: any JournalStore
    ) throws -> ServerResponse {
        let name = call.value("id") ?? ""
        guard try KnownTargets(home.context, journal).names.contains(name) else {
            throw Problem(.notFound, "no target '\(name)' is known")
        }
        return versioned(try switchState(name, AutonomyChanges(journal), journal))
    }

    private static func switchState(
        _ name: String, _ changes: AutonomyChanges, _ journal: any JournalStore
    ) throws -> JSON {
        [
            "target": .string(name), "autonomy": try journal.isAutonomyOff(target: name) ? "off" : "on",
            "changed": changes.last(of: name),
        ]
    }
}

/// What holds for every target: whether everything is stopped, and what was said of all of them last.
package struct MainSwitch {
    package let isOff: Bool
    package let stop: StopOrder?
    /// By whom, when and why autonomy was switched off; `null` while it is on.
    package let changed: JSON

    package init(_ context: Context, _ journal: any JournalStore) throws {
        (isOff, stop) = (try journal.isAutonomyOff(target: "*"), StopSwitch(context).order())
        changed = isOff ? try AutonomyChanges(journal).last(of: "*") : .null
    }
}

/// Who set the switches last, and why.
private struct AutonomyChanges {
    private static let window = 1000
    private let events: [EventRecord]

    init(_ journal: any JournalStore) throws {
        var query = EventQuery()
        query.types = [.autonomyEnabled, .autonomyDisabled]
        (query.limit, query.prefersNewest) = (Self.window, true)
        events = try journal.events(query)
    }

    func last(of target: String) -> JSON {
        guard let event = events.last(where: { $0.subject.target.map { $0 == target } ?? true }) else {
            return .null
        }
        return [
            "by": .optional(event.actor), "at": .string(event.timestamp),
            "reason": .optional(event.payload["reason"]?.string), "sequence": .integer(event.sequence),
        ]
    }
}

extension StopOrder {
    var json: JSON {
        [
            "reason": .optional(reason), "since": .optional(since?.secondsText), "by": .optional(by),
            "now": .bool(endsRunning), "problem": .optional(problem),
        ]
    }
}
