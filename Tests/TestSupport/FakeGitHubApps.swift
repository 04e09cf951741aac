internal import Basics

/// GitHub's page to register an app out of a manifest, and the handing over of what it made: what is in no documentation
/// of the flow is a fault.
struct FakeGitHubApps {
    /// An app that a browser has asked for, until somebody takes it over.
    struct Begun: Sendable {
        let manifest: JSON
        let organization: String?
    }

    /// The members of a manifest, by GitHub's "Registering a GitHub App from a manifest".
    private static let members: [String: @Sendable (JSON) -> Bool] = [
        "name": { $0.string.map { !$0.isEmpty && $0.count <= 34 } ?? false },
        "url": { $0.string?.hasPrefix("http") == true }, "redirect_url": { $0.string?.hasPrefix("http") == true },
        "hook_attributes": { $0["url"]?.string?.hasPrefix("https://") == true && $0["active"]?.bool != nil },
        "callback_urls": { $0.elements != nil }, "setup_url": { $0.string != nil },
        "description": { $0.string != nil }, "public": { $0.bool != nil },
        "default_events": { $0.elements?.allSatisfy { events.contains($0.string ?? "") } == true },
        "default_permissions": { rights in
            rights.members?.allSatisfy { levels[$0.name]?.contains($0.value.string ?? "") == true } == true
        },
        "request_oauth_on_install": { $0.bool != nil }, "setup_on_update": { $0.bool != nil },
    ]
    private static let events: Set<String> = ["pull_request", "pull_request_review", "check_run", "push"]
    private static let levels: [String: Set<String>] = [
        "metadata": ["read"], "contents": ["read", "write"], "pull_requests": ["read", "write"],
        "checks": ["read", "write"], "statuses": ["read", "write"], "workflows": ["write"],
    ]

    let faults: FakeFaults

    /// `nil` for whatever else is asked of GitHub.
    func answer(_ request: HTTPTestRequest, _ call: FakeCall, _ state: inout FakeGitHub.State) -> HTTPTestReply? {
        let path = call.segments
        if path.suffix(3) == ["settings", "apps", "new"] {
            let organization = path.count == 5 && path[0] == "organizations" ? path[1] : nil
            return register(request, call, organization, &state)
        }
        guard path.count == 5, path.starts(with: ["api", "v3", "app-manifests"]), path[4] == "conversions" else {
            return nil
        }
        if request.method != "POST" { faults.note("\(request.method) of a conversion") }
        if request.header("Authorization") != nil { faults.note("a conversion with credentials") }
        guard let begun = state.begunApps.removeValue(forKey: path[3]) else {
            return .json(#"{"message":"Not Found"}"#, status: 404)
        }
        return .jsonValue(Self.made(begun, state, call.base), status: 201)
    }

    /// The form that the browser of a person sends: GitHub asks once more, which nobody does here, and sends it back.
    private func register(
        _ request: HTTPTestRequest, _ call: FakeCall, _ organization: String?, _ state: inout FakeGitHub.State
    ) -> HTTPTestReply {
        let form = FakeCall.pairs(request.text.replacing("+", with: "%20"))
        let text = form.last { $0.name == "manifest" }?.value
        guard request.method == "POST", let manifest = text.flatMap({ try? JSON.parse(Array($0.utf8)) }) else {
            faults.note("no manifest was posted")
            return .status(422)
        }
        for member in manifest.members ?? [] where Self.members[member.name]?(member.value) != true {
            faults.note("a manifest with \(member.name): \(member.value.text())")
        }
        guard let back = manifest["redirect_url"]?.string, manifest["url"] != nil else {
            faults.note("a manifest without url or redirect_url")
            return .status(422)
        }
        let code = "code\(state.begunApps.count + 1)"
        state.begunApps[code] = Begun(manifest: manifest, organization: organization)
        let given = call.query["state"].map { "&state=" + $0 } ?? ""
        return .redirect(302, to: back + "?code=" + code + given)
    }

    /// The shape of "Create a GitHub App from a manifest" in GitHub's description of its API.
    private static func made(_ begun: Begun, _ state: FakeGitHub.State, _ base: String) -> JSON {
        let owner = begun.organization ?? state.owner
        let slug = (begun.manifest["name"]?.string ?? "app").lowercased().replacing(" ", with: "-")
        let hasHook = begun.manifest["hook_attributes"] != nil
        return [
            "id": 4711, "slug": .string(slug), "node_id": "MDExOkludGVncmF0aW9uMQ==",
            "owner": [
                "login": .string(owner), "id": 1, "type": begun.organization == nil ? "User" : "Organization",
            ],
            "name": begun.manifest["name"] ?? "", "description": begun.manifest["description"] ?? .null,
            "external_url": begun.manifest["url"] ?? "", "html_url": .string(base + "/apps/" + slug),
            "created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z",
            "permissions": begun.manifest["default_permissions"] ?? [:],
            "events": begun.manifest["default_events"] ?? .array([]), "client_id": "Iv1.0123456789abcdef",
            "client_secret": .string(state.appSecrets.client),
            "webhook_secret": hasHook ? .string(state.appSecrets.webhook) : .null,
            "pem": .string(state.appSecrets.key),
        ]
    }
}
