internal import API
internal import Basics
internal import Crypto
internal import Forges
internal import HTTPServer
internal import Journal
internal import Model
internal import Runner

/// GitHub Apps of this home: GitHub makes one out of a form that a person's browser brings there, and hands its secrets
/// over for a code that the browser brings back.
extension Operations {
    private static let app = Schema.named(
        "ForgeApp",
        .object([
            Schema.Property("host", .anyText), Schema.Property("id", .integer(0...Int.max >> 1)),
            Schema.Property("name", .anyText), Schema.Property("owner", .anyText),
            Schema.Property("url", .anyText),
            Schema.Property("install_url", .anyText, "Where it is let into repositories"),
            Schema.Property("registered_at", .anyText), Schema.Property("registered_by", .anyText),
        ]))
    private static let beginning = Schema.object([
        Schema.Property("host", .text(1...253), required: false, "The GitHub; github.com without it"),
        Schema.Property("organization", .text(1...100), required: false, "Whose it is, else the person's own"),
        Schema.Property("name", .text(1...GitHubAppManifest.longestName)),
        Schema.Property(
            "home", .text(1...300), required: false,
            "Where browsers reach this control plane, where `control_plane.url` in config.yaml does not say it"),
        Shapes.reason,
    ])
    private static let begun = Schema.object([
        Schema.Property("action", .anyText, "Where a browser posts the form to"),
        Schema.Property("manifest", .anyText, "The form's one field, of that name"),
        Schema.Property("origin", .anyText), Schema.Property("webhooks", .boolean),
        Schema.Property("permissions", .list(.anyObject, atMost: 100)),
    ])

    static let forgeApps: [Operation] = [
        Operation(
            Endpoint("listForgeApps", .get, "/v1/forge-apps", .admin, .everything, "The GitHub Apps of this home")
                .with {
                    $0.answers = [
                        Endpoint.Answer(
                            200, "All apps, without their secrets",
                            .object([
                                Schema.Property("apps", .list(app, atMost: 1000)),
                                Schema.Property(
                                    "hosts", .list(.anyText, atMost: 1000), "Where one can be registered"),
                            ]))
                    ]
                }, listApps),
        Operation(
            Endpoint(
                "beginForgeApp", .post, "/v1/forge-apps", .admin, .everything, "Begin to register a GitHub App"
            ).with {
                $0.body = .json(beginning)
                $0.answers = [Endpoint.Answer(200, "The form that GitHub has to be asked with", begun)]
                $0.problems = [422]
            }, beginApp),
        Operation(
            Endpoint(
                "finishForgeApp", .post, "/v1/forge-apps/conversions", .admin, .everything,
                "Take over the GitHub App that was made"
            ).with {
                $0.body = .json(
                    .object([
                        Schema.Property("code", .text(1...200), "What GitHub sent the browser back with"),
                        Schema.Property("state", .text(1...200), "What the form was sent with"),
                    ]))
                $0.answers = [Endpoint.Answer(201, "It is registered; its secrets are kept, and not shown", app)]
                $0.problems = [409, 422]
            }, finishApp),
    ]

    /// Codes are good for an hour.
    private static let longest = Duration.seconds(3600)
    private static let mostBegun = 1000

    private static func listApps(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let forges = try MachineConfiguration.read(home.context).forges
        let hosts = ["github.com"] + forges.filter { isGitHub($0) && $0.host != "github.com" }.map(\.host)
        return .json(["apps": .array(try home.githubApps.all().map(\.json)), "hosts": .strings(hosts)])
    }

    private static func isGitHub(_ forge: MachineForge) -> Bool {
        switch forge.kind {
        case .github: true
        case .auto: RemoteAddress("https://\(forge.host)/x/x").map { ForgeKind(recognising: $0) } == .github
        default: false
        }
    }

    private static func beginApp(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let configuration = try MachineConfiguration.read(home.context)
        let named = configuration.controlPlane.url
        guard let place = named ?? call.body["home"]?.string, let address = RemoteAddress(place + "/x"),
            ["http", "https"].contains(address.transport.rawValue)
        else {
            throw Problem(
                .invalid, "nothing says where browsers reach this control plane",
                hint: "write control_plane.url into config.yaml, such as https://leviathan.example.com")
        }
        let manifest: GitHubAppManifest
        do throws(ForgeError) {
            manifest = try GitHubAppManifest(
                host: (call.body["host"]?.string ?? "github.com").lowercased(), forges: configuration.forges,
                name: call.body["name"]?.string ?? "", organization: call.body["organization"]?.string,
                home: place, isReachable: named != nil && address.transport == .https)
        } catch { throw Problem(.invalid, "\(error.message): \(error.causes.joined(separator: ", "))") }
        let state = Digest(bytes: home.context.identifiers.randomBytes(32))?.hex ?? ""
        let facts: JSON = ["host": .string(manifest.host), "reason": .string(call.reason)]
        let now = home.context.clock.now()
        let entries = home.access.shared
        try entries.put(
            SharedEntry(.begunApp, SHA256.digest(of: state).hex, owner: call.principal.id, facts, used: now))
        try entries.trim(.begunApp, to: mostBegun, usedSince: now + longest * -1)
        return .json([
            "action": .string(manifest.action(state: state)), "manifest": .string(manifest.json.text()),
            "origin": .string(manifest.webURL), "webhooks": .bool(manifest.json["hook_attributes"] != nil),
            "permissions": .array(
                GitHubAppManifest.permissions.map {
                    ["name": .string($0.name), "level": .string($0.level), "words": .string($0.words)]
                }),
        ])
    }

    private static func finishApp(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let state = SHA256.digest(of: call.body["state"]?.string ?? "").hex
        let now = home.context.clock.now()
        // Whoever else knows it, or comes with it twice, gets nothing by it.
        guard let begun = try home.access.shared.entry(.begunApp, state), begun.owner == call.principal.id,
            now - begun.used < longest, try home.access.shared.take(.begunApp, state) != nil,
            let host = begun.value["host"]?.string
        else {
            throw Problem(
                .conflict, "you have not begun to register this app here, or more than an hour ago",
                hint: "begin again; delete the app at GitHub if it was made")
        }
        let context = home.context(of: call)
        let app: GitHubAppSecrets
        do throws(ForgeError) {
            app = try GitHubAppManifest.app(
                for: call.body["code"]?.string ?? "", host: host,
                forges: try configured(context), context.forgeEnvironment)
        } catch {
            throw Problem(
                .invalid, ([error.message] + error.causes).joined(separator: ": "),
                hint: "begin again; delete the app at GitHub if it was made")
        }
        guard let kept = try home.githubApps.keep(app, at: now, by: call.principal.name) else {
            throw Problem(.failed, "the app was kept, and is not there")
        }
        let facts: JSON = [
            "host": .string(host), "app": .string(kept.name), "app_id": .integer(kept.id),
            "owner": .string(kept.owner), "reason": begun.value["reason"] ?? "",
        ]
        _ = try home.journals.with { try $0.append([context.event(.other(AuditTypes.appRegistered, facts))]) }
        home.feed.notify()
        return .json(kept.json, 201)
    }

    private static func configured(_ context: Context) throws(ForgeError) -> [MachineForge] {
        do throws(StageError) { return try MachineConfiguration.read(context).forges } catch {
            throw ForgeError(.address, "read config.yaml", host: "", details: [error.message])
        }
    }
}
