internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Runner
internal import Synchronization

/// Whether the process lives, and whether it can do its work.
extension Operations {
    static let health: [Operation] = [
        Operation(
            Endpoint("health", .get, "/health", .view, .open, "Whether the process lives").with {
                $0.aliases = ["/healthz", "/v1/health"]
                $0.isQuick = true
                $0.answers = [
                    Endpoint.Answer(
                        200, "It does",
                        .object([
                            Schema.Property("status", .choice(["ok"])), Schema.Property("version", .anyText),
                            Schema.Property(
                                "leads",
                                .list(.choice(Duty.allCases.map(\.rawValue)), atMost: Duty.allCases.count),
                                "What this process alone does among those that serve the same journal"),
                        ])
                    )
                ]
            }
        ) { call, home in
            let duties = home.duties.withLock { $0 }.map(\.rawValue).sorted()
            return .json(["status": "ok", "version": .string(home.version), "leads": .strings(duties)])
        },
        Operation(
            Endpoint(
                "ready", .get, "/ready", .view, .open, "Whether the journal can be reached and its end is trusted"
            ).with {
                $0.answers = [
                    Endpoint.Answer(
                        200, "It is",
                        .object([
                            Schema.Property("status", .choice(["ready"])),
                            Schema.Property("position", .integer(0...Int.max >> 1)),
                        ]))
                ]
            }, ready),
    ]

    private static func ready(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        do {
            return try home.journals.with { journal in
                let head = try journal.head()
                var query = EventQuery()
                (query.limit, query.prefersNewest, query.through) = (1, true, nil)
                let last = try journal.events(query).last?.sequence ?? 0
                // Another process may have written in between: only what is missing is a fault.
                guard last >= head.sequence else {
                    throw Problem(.unavailable, "the journal's end is not what was written last")
                }
                return .json(["status": "ready", "position": .integer(head.sequence)])
            }
        } catch {
            // Whoever asks need not say who they are, and is told no more than this.
            home.context.observer.warning(error as? any ExplainedError ?? Problem(error).explained)
            throw Problem(.unavailable, "the journal cannot be used")
        }
    }
}
