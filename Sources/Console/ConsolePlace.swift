internal import API
internal import Basics
internal import ControlPlane
internal import HTTP
internal import HTTPServer

/// Which page a path names; what is none of them is the API's.
enum ConsolePlace: Hashable, Sendable {
    case overview, tasks, targets, attempts, failures, events, audit, keys, report, templates, onboarding, login,
        logout
    /// On the way to the provider, and back from it.
    case providerLogin, providerAnswer
    /// Where a GitHub App is registered, and where GitHub sends the browser back to.
    case githubApp, githubAppMade
    case target(String)
    case graph(String)
    case attempt(String)
    case change(String)
    case log(String, String)
    case action(String)
    case asset(String)

    private static let plain: [String: ConsolePlace] = [
        "": .overview, "tasks": .tasks, "targets": .targets, "attempts": .attempts, "failures": .failures,
        "events": .events, "audit": .audit, "keys": .keys, "report": .report, "templates": .templates,
        "onboarding": .onboarding,
        "login": .login, "logout": .logout,
    ]

    init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let words = parts.compactMap { PercentEncoding.decode($0) }
        guard words.count == parts.count, let first = words.first else { return nil }
        switch (first, words.count) {
        case (_, 1):
            guard let place = Self.plain[first] else { return nil }
            self = place
        case ("targets", 2) where !words[1].isEmpty: self = .target(words[1])
        case ("targets", 3) where words[2] == "graph": self = .graph(words[1])
        case ("attempts", 2) where !words[1].isEmpty: self = .attempt(words[1])
        case ("attempts", 3) where words[2] == "change": self = .change(words[1])
        case ("attempts", 4) where words[2] == "logs": self = .log(words[1], words[3])
        case ("login", 2) where words[1] == "provider": self = .providerLogin
        case ("login", 2) where words[1] == "callback": self = .providerAnswer
        case ("onboarding", 2) where words[1] == "github": self = .githubApp
        case ("onboarding", 3) where words[1] == "github" && words[2] == "made": self = .githubAppMade
        case ("act", 2): self = .action(words[1])
        case ("assets", 2): self = .asset(words[1])
        default: return nil
        }
    }
}

/// What a person sent: the query of the address, and the fields of a form.
struct ConsoleForm: Sendable {
    static let sizeLimit = 64 << 10
    private static let fieldLimit = 50
    let fields: [(name: String, value: String)]

    static let empty = ConsoleForm(fields: [])

    private init(fields: [(String, String)]) { self.fields = fields.map { (name: $0, value: $1) } }

    init(_ request: ServerRequest) throws(ConsoleProblem) {
        var text = request.query ?? ""
        if request.method == "POST" {
            let type = request.headers["Content-Type"]?.split(separator: ";").first.map { String($0).trimmed }
            guard type == "application/x-www-form-urlencoded" else {
                throw ConsoleProblem(415, "That is no form", "send application/x-www-form-urlencoded")
            }
            text += "&" + String(decoding: request.body, as: UTF8.self)
        }
        let parts = text.split(separator: "&")
        guard parts.count <= Self.fieldLimit else { throw ConsoleProblem(400, "Too many fields", "send fewer") }
        var fields: [(String, String)] = []
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(pair[0]), let value = Self.decoded(pair.count > 1 ? pair[1] : "") else {
                throw ConsoleProblem(400, "The address is broken", "an escape in it cannot be read")
            }
            fields.append((name, value))
        }
        self.fields = fields
    }

    private static func decoded(_ text: Substring) -> String? {
        PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 }))
    }

    /// The last one of a name: what a form sends goes before what its address says.
    subscript(name: String) -> String? { fields.last { $0.name == name }?.value }
}

/// One look at a page, or one press of a button.
struct ConsoleCall {
    let place: ConsolePlace
    let form: ConsoleForm
    let session: LoginSession
    let isWrite: Bool
    let inquiry: Inquiry
    let snapshots: SnapshotKeeper
    let times: TimeText
    /// Where the browser has reached this server, without a path.
    let home: String

    var principal: Principal { session.principal }

    /// How everything stands, or stood a moment ago.
    func look() throws(ConsoleProblem) -> SnapshotKeeper.Look {
        try snapshots.look(mustBeNew: inquiry.home.access.sessions.hasWords(for: session))
    }
}

/// What keeps a page from being shown.
struct ConsoleProblem: Error, Sendable {
    let status: Int
    let title: String
    let detail: String
    var hint: String?

    init(_ status: Int, _ title: String, _ detail: String, hint: String? = nil) {
        (self.status, self.title, self.detail, self.hint) = (status, title, detail, hint)
    }

    /// What the API says of a failure.
    init(_ problem: Problem) {
        self.init(problem.status, "It cannot be answered now", problem.detail, hint: problem.hint)
    }

    static let missing = ConsoleProblem(404, "There is no such page", "the address leads nowhere")
    static let foreign = ConsoleProblem(403, "The form came from another site", "open the page here and try again")
    static let expired = ConsoleProblem(
        403, "The form is too old", "nothing was done",
        hint: "go back, load the page again, and send it once more: what you typed is still there")
}

/// Asks the API in this process, as the person who looks.
struct Inquiry {
    private let service: ControlPlaneService
    private let principal: Principal

    init(_ service: ControlPlaneService, _ principal: Principal) {
        (self.service, self.principal) = (service, principal)
    }

    var home: ControlPlaneHome { service.home }

    func get(_ path: String, _ query: [(String, String)] = []) throws(ConsoleProblem) -> JSON {
        try answer("GET", path, query).json
    }

    /// The content of an artifact, which may be large.
    func content(_ path: String) throws(ConsoleProblem) -> ServerResponse.Body {
        let response = service.respond(ServerRequest("GET", path), as: principal)
        guard response.status == 200 else { throw Self.problem(response) }
        return response.body
    }

    private static func problem(_ response: ServerResponse) -> ConsoleProblem {
        let json = (try? JSON.parse(response.bytes)) ?? .null
        return ConsoleProblem(
            response.status, json["title"]?.string ?? "It did not work",
            json["detail"]?.string ?? "no reason was given", hint: json["hint"]?.string)
    }

    /// An answer with the version that a change has to name.
    func answer(
        _ method: String, _ path: String, _ query: [(String, String)] = [], body: JSON? = nil,
        version: String? = nil
    ) throws(ConsoleProblem) -> (json: JSON, version: String?) {
        var headers: HTTPHeaders = [:]
        if body != nil { headers["Content-Type"] = "application/json" }
        if let version { headers["If-Match"] = version }
        let words = query.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }
        let request = ServerRequest(
            method, path, query: words.isEmpty ? nil : words.joined(separator: "&"), headers: headers,
            body: body?.utf8() ?? [])
        let response = service.respond(request, as: principal)
        guard response.status < 400 else { throw Self.problem(response) }
        return ((try? JSON.parse(response.bytes)) ?? .null, response.headers["ETag"])
    }
}
