import API
import Basics
import HTTP
import HTTPServer
import Testing

/// What the declaration of an endpoint lets through to its handler.
@Suite struct CallReaderTests {
    private static let endpoint: Endpoint = {
        var endpoint = Endpoint("list", .get, "/v1/things/{id}", .view, .everything, "Lists things")
        endpoint.parameters = [
            Endpoint.Parameter("id", .path, .text(1...5), "Its id"),
            Endpoint.Parameter("limit", .query, .integer(1...200), "At most so many"),
            Endpoint.Parameter("state", .query, .list(.choice(["open", "closed"]), atMost: 2), "Only these"),
            Endpoint.Parameter("dry", .query, .boolean, "Only look"),
        ]
        return endpoint
    }()

    private static let writing: Endpoint = {
        var endpoint = Endpoint("put", .post, "/v1/things", .operate, .everything, "Writes")
        endpoint.body = .json(
            .object([
                Schema.Property("reason", .sentence(20)),
                Schema.Property("count", .integer(0...3), required: false),
                Schema.Property("names", .list(.text(1...3), atMost: 2), required: false),
            ]))
        return endpoint
    }()

    private let caller = Principal(id: "k", name: "k", right: .admin, targets: .all)

    private func read(_ query: String?, id: String = "a") throws(Problem) -> APICall {
        let request = ServerRequest("GET", "/v1/things/\(id)", query: query)
        return try CallReader(Self.endpoint, request).read(["id": id], caller, id: "r")
    }

    @Test func readsWhatIsDeclared() throws {
        let call = try read("limit=20&state=open&state=closed&dry=true")
        #expect(call.value("id") == "a" && call.integer("limit") == 20 && call.flag("dry"))
        #expect(call.all("state") == ["open", "closed"])
        #expect(try read(nil).integer("limit") == nil)
    }

    @Test(arguments: [
        ("limt=3", "there is no parameter 'limt'"), ("limit=0", "limit must be a whole number from 1 to 200"),
        ("limit=201", "limit must be a whole number from 1 to 200"), ("limit=+5", "limit must be"),
        ("limit=5&limit=6", "limit is given more than once"), ("limit=", "limit must be"),
        ("limit=99999999999999999999", "limit must be"), ("state=ajar", "state must be one of open, closed"),
        ("state=open&state=open&state=open", "state is given more than 2 times"),
        ("dry=yes", "dry must be true or false"),
        ("limit=%zz", "an escape in the query is broken"), ("limit=%ff", "an escape in the query is broken"),
        ("id=b", "there is no parameter 'id'"),
    ])
    func refusesWhatIsNot(query: String, detail: String) {
        let problem = #expect(throws: Problem.self) { try read(query) }
        #expect(problem?.status == 400 && problem?.detail.contains(detail) == true, "\(problem?.detail ?? "")")
    }

    @Test func suggestsTheNearestParameter() {
        let problem = #expect(throws: Problem.self) { try read("limti=3") }
        #expect(problem?.hint == "did you mean 'limit'?")
    }

    @Test func aNameThatCannotBeOneIsNotFound() {
        #expect(throws: Problem.self) { try read(nil, id: "longer") }
        #expect((#expect(throws: Problem.self) { try read(nil, id: "longer") })?.status == 404)
    }

    @Test(arguments: [
        (#"{"reason":"x"}"#, "application/json", 0),
        (#"{"reason":"x","more":[1]}"#, "application/json; charset=utf-8", 0),
        (#"{"reason":"x"}"#, "text/plain", 415), (#"{"reason":"x""#, "application/json", 400),
        (#"[]"#, "application/json", 422), (#"{}"#, "application/json", 422),
        (#"{"reason":"  "}"#, "application/json", 422),
        (#"{"reason":1}"#, "application/json", 422), (#"{"reason":"x","count":4}"#, "application/json", 422),
        (#"{"reason":"x","names":["a","b","c"]}"#, "application/json", 422),
        (#"{"reason":"x","names":["abcd"]}"#, "application/json", 422), ("", "application/json", 400),
        (String(repeating: "[", count: 500), "application/json", 400),
    ])
    func holdsBodiesAgainstTheirSchema(body: String, type: String, status: Int) {
        let request = ServerRequest("POST", "/v1/things", headers: ["Content-Type": type], body: Array(body.utf8))
        do throws(Problem) {
            let call = try CallReader(Self.writing, request).read([:], caller, id: "r")
            #expect(status == 0 && call.reason == "x")
        } catch { #expect(error.status == status, "\(error.detail)") }
    }
}

@Suite struct RouterTests {
    private static let router: Router = {
        var health = Endpoint("health", .get, "/health", .view, .open, "")
        health.aliases = ["/healthz"]
        return Router([
            health, Endpoint("one", .get, "/v1/a/{id}", .view, .everything, ""),
            Endpoint("remove", .delete, "/v1/a/{id}", .admin, .everything, ""),
            Endpoint("deep", .post, "/v1/a/{id}/b", .admin, .everything, ""),
        ])
    }()

    @Test(arguments: [
        ("GET", "/health", "health"), ("HEAD", "/healthz", "health"), ("GET", "/v1/a/x", "one x"),
        ("DELETE", "/v1/a/x%2Fy", "remove x/y"), ("POST", "/v1/a/x/b", "deep x"), ("PUT", "/health", "GET, HEAD"),
        ("POST", "/v1/a/x", "DELETE, GET, HEAD"), ("GET", "/v1/a/", "-"), ("GET", "/v1/a/x/b/", "-"),
        ("GET", "/v1/a/%", "malformed"), ("GET", "//health", "-"), ("GET", "/HEALTH", "-"),
        ("GET", "/v1/a/x/b", "POST"),
    ])
    func finds(method: String, path: String, expected: String) {
        let found =
            switch Self.router.match(method, path) {
            case .found(let endpoint, let parameters):
                ([endpoint.id] + parameters.values).joined(separator: " ")
            case .otherMethod(let allowed): allowed.joined(separator: ", ")
            case .none: "-"
            case .malformed: "malformed"
            }
        #expect(found == expected)
    }
}

@Suite struct RateLimiterTests {
    @Test func callersHaveBucketsThatFillUpAgain() {
        let (limiter, now) = (RateLimiter(perSecond: 2, burst: 3), MonotonicTime.now)
        #expect((0..<3).allSatisfy { _ in limiter.delay(for: "a", at: now) == nil })
        #expect(limiter.delay(for: "a", at: now) == 1)
        #expect(limiter.delay(for: "b", at: now) == nil)
        #expect(limiter.delay(for: "a", at: now + .milliseconds(500)) == nil)
        #expect(limiter.delay(for: "a", at: now + .milliseconds(500)) == 1)
    }
}
