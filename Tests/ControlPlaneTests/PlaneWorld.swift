import API
import Basics
import HTTP
import HTTPServer
import Journal
import Runner
import Secrets
import Synchronization
import TestSupport

@testable import ControlPlane

/// A control plane over a home of its own, asked in this process.
final class PlaneWorld: Sendable {
    let directory: TemporaryDirectory
    let context: Context
    let service: ControlPlaneService

    static let token = "the-one-token-of-the-test"

    init(
        token: String? = PlaneWorld.token, isOpen: Bool = false, perSecond: Double = 100_000,
        secrets: [String: String] = [:]
    ) throws {
        let directory = try TemporaryDirectory()
        let box = Box()
        let context = Context(
            environment: ["LEVIATHAN_HOME": directory.path, "PATH": "/usr/bin:/bin", "USER": "tester"],
            clock: Clock { box.time.withLock { $0 } }, zones: ZoneSource([:]), showsUTC: true,
            identifiers: .system, cancellation: Cancellation(),
            observer: Observer(
                progress: { _ in }, warning: { error in box.warnings.withLock { $0.append(error.description) } },
                waiting: {}, stage: { _ in }))
        let keys = AccessKeys(home: directory.path, clock: context.clock, identifiers: context.identifiers)
        let access = AccessControl(
            keys: keys, token: token.map(Secret.init), isOpen: isOpen, perSecond: perSecond,
            openID: OpenIDAccess(context) { secrets[$0].map(Secret.init) })
        let pool = JournalPool { () throws(JournalError) in try context.journal() }
        let home = ControlPlaneHome(
            context, pool, access, version: "0", program: "/bin/true", secrets: { secrets[$0].map(Secret.init) })
        (self.directory, self.context, self.box) = (directory, context, box)
        service = ControlPlaneService(home)
    }

    /// What closures made before the world share with it.
    final class Box: Sendable {
        let time = Mutex(Instant("2026-03-01T12:00:00Z")!)
        let warnings = Mutex<[String]>([])
    }
    let box: Box

    func advance(_ duration: Duration) { box.time.withLock { $0 = $0 + duration } }

    var home: ControlPlaneHome { service.home }

    /// Another process of the same home.
    func freshHome() -> ControlPlaneHome {
        let context = context
        let pool = JournalPool { () throws(JournalError) in try context.journal() }
        return ControlPlaneHome(context, pool, home.access, version: "0", program: "/bin/true")
    }

    /// Asks with the one token, unless another key or none is given.
    func ask(
        _ method: String, _ target: String, _ body: JSON? = nil, key: String? = PlaneWorld.token,
        headers: HTTPHeaders = [:]
    ) -> ServerResponse {
        let parts = target.split(separator: "?", maxSplits: 1)
        var headers = headers
        if headers["Host"] == nil { headers["Host"] = "localhost" }
        if let key { headers["Authorization"] = "Bearer " + key }
        if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        return service.respond(
            ServerRequest(
                method, String(parts[0]), query: parts.count > 1 ? String(parts[1]) : nil, headers: headers,
                peer: "127.0.0.1", body: body?.utf8() ?? []))
    }

    func key(_ right: Right, _ targets: [String]? = nil) throws -> String {
        try home.access.keys.create(
            name: right.rawValue, right: right, targets: targets.map { .named(Set($0)) } ?? .all, expiresAt: nil,
            by: "test"
        ).secret
    }

    /// An attempt as a worker would report it.
    @discardableResult
    func ingest(
        _ target: String, _ attempt: String, task: String = "t", ends: String? = "attempt.failed",
        key: String? = PlaneWorld.token
    ) -> ServerResponse {
        var events: [JSON] = [event("\(attempt)-1", "attempt.created", task, attempt, ["number": 1])]
        if let ends { events.append(event("\(attempt)-2", ends, task, attempt, ["reason": "it did"])) }
        return ask("POST", "/v1/events/ingest", bundle(target, events), key: key)
    }

    func event(
        _ id: String, _ type: String, _ task: String, _ attempt: String, _ facts: [String: JSON] = [:]
    ) -> JSON {
        let payload =
            [JSON.Member("task_id", .string(task)), JSON.Member("attempt_id", .string(attempt))]
            + facts.map { JSON.Member($0.key, $0.value) }
        return [
            "event_id": .string(id), "event_type": .string(type), "timestamp": "2026-03-01T12:00:00Z",
            "actor_id": "worker", "payload": .object(payload),
        ]
    }

    func bundle(_ target: String, _ events: [JSON]) -> JSON {
        ["target": .string(target), "bundle_id": "b", "events": .array(events)]
    }

    /// A target that is registered, without a repository behind it.
    func register(_ name: String) throws {
        try directory.write(
            "targets/\(name).yaml", "name: \(name)\nrepo_url: /nowhere/\(name).git\nenabled: true\n")
    }
}

extension ServerResponse {
    var json: JSON { (try? JSON.parse(bytes)) ?? .null }
    var problem: String { json["type"]?.string.map { String($0.dropFirst("urn:leviathan:problem:".count)) } ?? "" }
}
