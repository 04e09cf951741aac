import API
import Basics
import HTTP
import HTTPServer
import Testing

@testable import ControlPlane

/// Every route with every right, for all targets, for the target that it is about, and for another one.
@Suite struct AuthorisationMatrixTests {
    /// What each endpoint needs, written down a second time: a declaration that loosens is noticed.
    ///
    /// `target`: the request names one target. `all`: it needs the right for all. `some`: it answers with what the caller
    /// may see; `hidden`: what it may not see is not there.
    static let needs: [String: (right: Right, reach: String)] = [
        "listEvents": (.view, "some"), "streamEvents": (.view, "some"), "listAudit": (.view, "some"),
        "ingestEvents": (.trigger, "target"), "graphSummary": (.view, "all"), "listGraphNodes": (.view, "all"),
        "listGraphEdges": (.view, "all"), "listAttempts": (.view, "some"), "listFailures": (.view, "some"),
        "getAttempt": (.view, "hidden"), "invalidateAttempt": (.operate, "hidden"), "listTasks": (.view, "some"),
        "getAutonomy": (.view, "some"), "setAutonomy": (.operate, "all"), "getTargetAutonomy": (.view, "target"),
        "setTargetAutonomy": (.operate, "target"), "stop": (.operate, "all"), "resume": (.operate, "all"),
        "resetBreakers": (.operate, "target"), "listTargets": (.view, "some"), "addTarget": (.admin, "all"),
        "removeTarget": (.admin, "target"), "triggerTask": (.trigger, "target"), "getTrigger": (.view, "some"),
        "listClaims": (.view, "some"), "changeClaim": (.trigger, "target"), "getArtifact": (.view, "some"),
        "putArtifact": (.trigger, "some"), "listKeys": (.admin, "all"), "createKey": (.admin, "all"),
        "revokeKey": (.admin, "all"), "metrics": (.view, "all"), "getAttemptChange": (.view, "hidden"),
        "getLimits": (.view, "target"), "retryTask": (.operate, "target"), "getHold": (.view, "target"),
        "setHold": (.admin, "target"), "onboard": (.admin, "all"),
        "linkArtifact": (.view, "some"), "listAnomalies": (.view, "some"), "profile": (.admin, "all"),
        "listForgeApps": (.admin, "all"), "beginForgeApp": (.admin, "all"), "finishForgeApp": (.admin, "all"),
    ]

    static let open: Set<String> = ["health", "ready", "openAPI"]

    /// Proved by a signature of the forge's; no key takes its place.
    static let signed: Set<String> = ["webhookGitHub", "webhookGitLab", "webhookGitea"]

    static let digest = String(repeating: "a", count: 64)

    /// A request that nothing but its right is against.
    static func request(_ endpoint: Endpoint) -> (path: String, body: JSON?) {
        let id = endpoint.id.contains("Attempt") ? "attempt-1" : "own"
        var path = endpoint.path.replacing("{id}", with: id).replacing("{sha256}", with: digest)
        let query: [String: String] = [
            "removeTarget": "reason=x", "revokeKey": "reason=x", "listGraphNodes": "type=Task",
            "profile": "seconds=1",
        ]
        if let query = query[endpoint.id] { path += "?" + query }
        let reason: JSON = ["reason": "x"]
        let bodies: [String: JSON] = [
            "ingestEvents": ["target": "own", "bundle_id": "b", "events": []], "invalidateAttempt": reason,
            "setAutonomy": ["reason": "x", "enabled": true],
            "setTargetAutonomy": ["reason": "x", "enabled": true],
            "stop": reason, "resume": reason, "resetBreakers": reason,
            "addTarget": ["url": "/nowhere/x.git", "reason": "x"], "triggerTask": ["task": "t", "reason": "x"],
            "changeClaim": ["action": "release", "target": "own", "task": "t", "attempt": "attempt-9"],
            "onboard": ["url": "/nowhere/y.git", "reason": "x"],
            "beginForgeApp": ["name": "n", "home": "https://plane.example", "reason": "x"],
            "finishForgeApp": ["code": "c", "state": "s"],
            "retryTask": ["task": "t", "reason": "x"], "setHold": ["held": true, "reason": "x"],
            "createKey": ["name": "n", "right": "view", "reason": "x"], "putArtifact": reason,
        ]
        return (path, signed.contains(endpoint.id) ? [:] : bodies[endpoint.id])
    }

    @Test func everyEndpointIsInTheTable() {
        let ids = Set(Operations.all.map(\.endpoint.id))
        #expect(ids == Set(Self.needs.keys).union(Self.open).union(Self.signed))
        #expect(Operations.all.count == ids.count)
        for operation in Operations.all {
            #expect(operation.endpoint.isOpen == Self.open.union(Self.signed).contains(operation.endpoint.id))
        }
    }

    @Test(arguments: Operations.all.map(\.endpoint.id).sorted())
    func isAnsweredOnlyWithTheRight(_ id: String) throws {
        let endpoint = Operations.all.first { $0.endpoint.id == id }!.endpoint
        let world = try PlaneWorld()
        try world.register("own")
        #expect(world.ingest("own", "attempt-1").status == 200)
        let (path, body) = Self.request(endpoint)
        func status(_ key: String?) -> Int {
            world.ask(endpoint.method.rawValue, path, body, key: key, headers: ["If-Match": "*"]).status
        }
        let anonymous = [status(nil), status("wrong"), status("lvk_000000000000_00"), status("")]
        if Self.signed.contains(id) {
            #expect(anonymous == [401, 401, 401, 401] && status(PlaneWorld.token) == 401, "\(anonymous)")
            return
        }
        guard let need = Self.needs[id] else {
            #expect(anonymous == [200, 200, 200, 200], "\(anonymous)")
            return
        }
        #expect(anonymous == [401, 401, 401, 401], "\(anonymous)")
        for right in Right.allCases {
            for (name, targets) in [("all", nil), ("own", ["own"]), ("foreign", ["other"])] {
                let answered = status(try world.key(right, targets))
                let isEnough =
                    right >= need.right
                    && (name == "all" || need.reach == "some" || name == "own" && need.reach != "all")
                let isHidden = right >= need.right && need.reach == "hidden" && name == "foreign"
                let isDenied = answered == 401 || answered == 403 || isHidden && answered == 404
                #expect(isDenied == !isEnough, "\(id) with \(right) for \(name): \(answered)")
                // Whoever resumes or removes leaves it as it was for the next.
                try world.register("own")
            }
        }
    }

    @Test(arguments: ["PATCH", "DELETE", "POST", "PUT", "TRACE", "OPTIONS"])
    func anotherVerbIsNoWayIn(_ verb: String) throws {
        let world = try PlaneWorld()
        for operation in Operations.all
        where !Operations.all.contains(where: { other in
            other.endpoint.path == operation.endpoint.path && other.endpoint.method.rawValue == verb
        }) {
            let (path, body) = Self.request(operation.endpoint)
            let status = world.ask(verb, path, body, key: nil).status
            #expect(status == 405, "\(verb) \(path): \(status)")
        }
    }
}
