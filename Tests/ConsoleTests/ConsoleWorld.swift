import API
import Basics
import Console
import ControlPlane
import HTTP
import HTTPServer
import Journal
import Runner
import Secrets
import Synchronization
import TestSupport

/// A console over a home of its own, asked in this process as a browser would.
struct ConsoleWorld {
    static let token = "the-one-token-of-the-test"
    static let start = Instant("2026-03-01T12:00:00Z")!

    let directory: TemporaryDirectory
    let plane: ControlPlaneService
    let console: ConsoleService
    private let time: Box<Instant>

    /// `configuration` is the machine's, and `secrets` the values of the variables that it names.
    init(
        token: String? = ConsoleWorld.token, isOpen: Bool = false, secrets: [String: String] = [:],
        configuration: String? = nil, start: Instant = ConsoleWorld.start, patience: Duration = .seconds(60),
        now: (@Sendable () -> MonotonicTime)? = nil,
        beforeReading: @escaping @Sendable () -> Void = {}
    ) throws {
        let (directory, time) = (try TemporaryDirectory(), Box(start))
        if let configuration { try directory.write("config.yaml", configuration) }
        let context = Context(
            environment: ["LEVIATHAN_HOME": directory.path, "PATH": "/usr/bin:/bin", "USER": "tester"],
            clock: Clock { time.value }, zones: ZoneSource([:]), showsUTC: true, identifiers: .system,
            cancellation: Cancellation(), observer: .silent)
        let keys = AccessKeys(home: directory.path, clock: context.clock, identifiers: context.identifiers)
        let access = AccessControl(
            keys: keys, token: token.map(Secret.init), isOpen: isOpen, perSecond: 100_000,
            openID: OpenIDAccess(context) { secrets[$0].map(Secret.init) })
        let pool = JournalPool { () throws(JournalError) in try context.journal() }
        plane = ControlPlaneService(ControlPlaneHome(context, pool, access, version: "0", program: "/bin/true"))
        (self.directory, self.time) = (directory, time)
        // Time stands still where a test does not move it: however slow a machine is, a reading is waited for.
        let began = MonotonicTime.now
        console = ConsoleService(
            plane, patience: patience, now: now ?? { began }, beforeReading: beforeReading)
    }

    func advance(_ duration: Duration) { time.value = time.value + duration }

    /// A target that is registered, without a repository behind it.
    func register(_ name: String) throws {
        try directory.write(
            "targets/\(name).yaml", "name: \(name)\nrepo_url: /nowhere/\(name).git\nenabled: true\n")
    }

    func key(_ right: Right, _ targets: [String]? = nil) throws -> (id: String, secret: String) {
        let made = try plane.home.access.keys.create(
            name: right.rawValue, right: right, targets: targets.map { .named(Set($0)) } ?? .all, expiresAt: nil,
            by: "test")
        return (made.key.id, made.secret)
    }

    /// Writes what happened in a target.
    func record(
        _ type: EventType, _ target: String?, task: String? = nil, attempt: String? = nil, _ facts: JSON = [:]
    ) throws {
        let names = [("target", target), ("task_id", task), ("attempt_id", attempt)]
        let members = names.compactMap { name, value in value.map { JSON.Member(name, .string($0)) } }
        let context = plane.home.context
        _ = try plane.home.journals.with { journal in
            try journal.append([
                EventDraft(
                    id: context.identifiers.uuid(), type: type, timestamp: context.clock.now().description,
                    actor: "kim",
                    payload: .object(members + (facts.members ?? [])))
            ])
        }
        advance(.seconds(1))
    }

    /// An attempt that broke a rule.
    func attempt(
        _ id: String, of task: String = "task-1", in target: String = "shop",
        reason: String = "it breaks the policy"
    ) throws {
        try record(
            .attemptCreated, target, task: task, attempt: id, ["number": 1, "executor": "docs", "base": "b1"])
        try record(.attemptStarted, target, task: task, attempt: id, ["isolation": "fence"])
        try record(.changeFrozen, target, task: task, attempt: id, ["files": 1, "added": 2, "removed": 0])
        let violation: JSON = ["rule": "scope", "path": "src/a.c", "message": .string(reason)]
        try record(.policyJudged, target, task: task, attempt: id, ["approved": false, "violations": [violation]])
        let run: JSON = ["name": "tests", "outcome": "failed", "duration_ms": 1000]
        try record(.invariantFinished, target, task: task, attempt: id, run)
        try record(
            .attemptFailed, target, task: task, attempt: id, ["kind": "rejected", "reason": .string(reason)])
    }

    // MARK: A browser

    func get(_ address: String, cookie: String? = nil, headers: HTTPHeaders = [:]) -> ServerResponse {
        ask("GET", address, [], cookie, headers)
    }

    func post(
        _ address: String, _ fields: [(String, String)], cookie: String? = nil,
        headers: HTTPHeaders = ["Origin": "https://console.example"]
    ) -> ServerResponse {
        ask("POST", address, fields, cookie, headers)
    }

    private func ask(
        _ method: String, _ address: String, _ fields: [(String, String)], _ cookie: String?,
        _ headers: HTTPHeaders
    ) -> ServerResponse {
        let parts = address.split(separator: "?", maxSplits: 1).map(String.init)
        var headers = headers
        if headers["Host"] == nil { headers["Host"] = "console.example" }
        if let cookie { headers["Cookie"] = cookie }
        if method == "POST" { headers["Content-Type"] = "application/x-www-form-urlencoded" }
        let body = fields.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }
        return console.respond(
            ServerRequest(
                method, parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers, peer: "127.0.0.1",
                body: Array(body.joined(separator: "&").utf8)))
    }

    /// The cookie of a new session.
    func login(_ key: String = ConsoleWorld.token) -> String {
        let response = post("/login", [("key", key)])
        return response.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init) ?? ""
    }

    /// The word that a page's forms carry, and the version that they change.
    func hidden(_ name: String, of page: String) -> String {
        guard let start = page.range(of: "name=\"\(name)\" value=\"") else { return "" }
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    /// Asks and confirms, as a person does.
    func act(_ address: String, reason: String, cookie: String) -> ServerResponse {
        let question = get(address, cookie: cookie).page
        let parts = address.split(separator: "?", maxSplits: 1).map(String.init)
        var fields = parts.count > 1 ? Self.fields(parts[1]) : []
        fields += [("word", hidden("word", of: question)), ("reason", reason)]
        let version = hidden("version", of: question)
        if !version.isEmpty { fields.append(("version", version.replacing("&quot;", with: "\""))) }
        return post(parts[0], fields, cookie: cookie)
    }

    private static func fields(_ query: String) -> [(String, String)] {
        query.split(separator: "&").map { part in
            let pair = part.split(separator: "=", maxSplits: 1)
            return (String(pair[0]), pair.count > 1 ? PercentEncoding.decode(pair[1]) ?? "" : "")
        }
    }
}

final class Box<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension ServerResponse {
    var page: String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
    /// What stands between two texts, wherever both follow one another.
    func components(between first: String, and last: String) -> [String] {
        var (found, rest): ([String], String) = ([], self)
        while let start = rest.range(of: first) {
            rest = String(rest[start.upperBound...])
            guard let end = rest.range(of: last) else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = String(rest[end.upperBound...])
        }
        return found
    }

    /// The first place of a text.
    func range(of text: String) -> Range<String.Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
            place = index(after: place)
        }
        return nil
    }
}
