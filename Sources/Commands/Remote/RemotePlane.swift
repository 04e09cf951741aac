internal import Basics
internal import CommandLine
internal import Runner
internal import Secrets
internal import Worker

/// A control plane elsewhere, which a command asks in place of this home.
struct RemotePlane {
    static let option = OptionSpec(
        "remote", .optionalValue("URL"),
        "Ask a control plane (LEVIATHAN_CONTROL_PLANE_URL and _TOKEN)")

    /// The longest page that every list gives.
    private static let page = 200
    /// More than this is nobody's to read at once.
    private static let most = 100_000

    private let client: PlaneClient
    private let url: String

    /// `nil` where the command line asks for none.
    init?(_ context: CommandContext) throws(StageError) {
        guard context.arguments.isGiven("remote") else { return nil }
        let environment = context.shared.environment
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let given = context.arguments.value("remote").flatMap { $0.isEmpty ? nil : $0 }
        guard let url = given ?? variable("LEVIATHAN_CONTROL_PLANE_URL") else {
            throw StageError(
                .invalid, "it is not said which control plane to ask",
                hint: "write --remote=URL, or set LEVIATHAN_CONTROL_PLANE_URL")
        }
        let address = try PlaneAddress(url, token: Secret(variable("LEVIATHAN_CONTROL_PLANE_TOKEN") ?? ""))
        (client, self.url) = (PlaneClient(address, context.shared), address.url)
    }

    func get(_ path: String, _ query: [(String, String)] = []) throws(StageError) -> JSON {
        try answer("GET", PlaneClient.address(path, query), nil)
    }

    func post(_ path: String, _ body: JSON) throws(StageError) -> JSON { try answer("POST", path, body) }

    private func answer(_ method: String, _ path: String, _ body: JSON?) throws(StageError) -> JSON {
        let answer = try client.answer(method, path, body)
        guard answer.isAccepted else {
            let kind: StageError.Kind =
                switch answer.status {
                case 400, 404, 422: .invalid
                case 409: .refusal
                default: .delivery
                }
            throw StageError(
                kind,
                "the control plane at \(url) refuses: \(answer.json["detail"]?.string ?? "status \(answer.status)")",
                hint: answer.status == 401
                    ? "LEVIATHAN_CONTROL_PLANE_TOKEN holds the key: 'leviathan key create' makes one"
                    : answer.json["hint"]?.string)
        }
        return answer.json
    }

    /// The items of a list, page after page, up to a limit; and whether there are more.
    func items(
        _ path: String, _ name: String, _ query: [(String, String)], limit: Int?, cursor: String = "cursor"
    ) throws(StageError) -> (items: [JSON], hasMore: Bool) {
        var (items, place): ([JSON], JSON) = ([], .null)
        let most = min(limit ?? Self.most, Self.most)
        while true {
            let at = place.isNull ? [] : [(cursor, place.string ?? place.text())]
            let page = try get(path, query + [("limit", String(min(Self.page, most - items.count)))] + at)
            guard let found = page[name]?.elements else {
                throw StageError(
                    .unexpected, "the control plane at \(url) answers \(path) without '\(name)'",
                    hint: "see that the address is a control plane's, and that its version is this one's")
            }
            items += found
            let next = page["next_cursor"] ?? .null
            guard !next.isNull, next != place, items.count < most else { return (items, !next.isNull) }
            place = next
        }
    }

    /// A name as one segment of a path.
    static func segment(_ name: String) -> String { PlaneClient.segment(name) }
}

extension CommandContext {
    /// Runs a command's other half where `--remote` is given; `nil` where it is not.
    func remotely(_ body: (RemotePlane) throws -> ExitCode) throws -> ExitCode? {
        guard let plane = try RemotePlane(self) else { return nil }
        Interrupts.cancel(shared.cancellation)
        return try body(plane)
    }
}
