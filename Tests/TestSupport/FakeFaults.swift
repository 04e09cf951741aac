package import Basics
internal import Synchronization

/// Something that goes wrong once a request of a kind comes in.
package struct FakeFault: Sendable {
    package enum Kind: Sendable {
        /// Hangs up without having done anything.
        case dropBefore
        /// Does what was asked, and hangs up without a word.
        case dropAfter
        /// Does what was asked, and never answers.
        case stallAfter
        /// Answers this in place of doing anything.
        case answer(HTTPTestReply)
        /// Does what was asked, and answers this.
        case answerAfter(HTTPTestReply)
        /// Does what was asked, and sends half of the answer as if it were all.
        case truncate
        /// Opens the first, waits for the second, then does what was asked.
        case hold(arrived: TestGate, proceed: TestGate)
    }

    package let method: String
    /// What the path has to hold.
    package let path: String
    package let kind: Kind
    package var times: Int
    /// How many such requests go well first.
    package var after: Int

    package init(_ method: String, _ path: String, _ kind: Kind, times: Int = 1, after: Int = 0) {
        (self.method, self.path, self.kind, self.times, self.after) = (method, path, kind, times, after)
    }
}

/// What all fake forges share: faults on order, and a list of every request that no documentation allows.
package final class FakeFaults: Sendable {
    private struct State: Sendable {
        var faults: [FakeFault] = []
        var problems: [String] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Requests that were not as the forge's documentation wants them; a test expects none.
    package var problems: [String] { state.withLock { $0.problems } }

    package func note(_ problem: String) { state.withLock { $0.problems.append(problem) } }

    package func add(_ fault: FakeFault) { state.withLock { $0.faults.append(fault) } }

    func serve(_ request: HTTPTestRequest, _ act: (HTTPTestRequest) -> HTTPTestReply) -> HTTPTestReply {
        switch fault(for: request) {
        case nil: return act(request)
        case .dropBefore: return .drop
        case .answer(let reply): return reply
        case .dropAfter:
            _ = act(request)
            return .drop
        case .stallAfter:
            _ = act(request)
            return .stall
        case .answerAfter(let reply):
            _ = act(request)
            return reply
        case .truncate: return Self.halved(act(request))
        case .hold(let arrived, let proceed):
            arrived.open()
            proceed.wait(seconds: 120)
            return act(request)
        }
    }

    private func fault(for request: HTTPTestRequest) -> FakeFault.Kind? {
        state.withLock { state in
            let place = state.faults.firstIndex { fault in
                fault.times > 0 && fault.method == request.method && request.target.contains(fault.path)
            }
            guard let place else { return nil }
            if state.faults[place].after > 0 {
                state.faults[place].after -= 1
                return nil
            }
            state.faults[place].times -= 1
            return state.faults[place].kind
        }
    }

    private static func halved(_ reply: HTTPTestReply) -> HTTPTestReply {
        guard case .send(let bytes) = reply.steps.first else { return reply }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return reply }
        let body = Array(text[end.upperBound...].utf8)
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 200
        return .status(
            status, headers: [("Content-Type", "application/json")], body: Array(body[..<(body.count / 2)]))
    }
}

/// The shape that a request's body has to have.
package enum FakeShape: Sendable {
    case string, integer, integers, bool, strings, object
    case optionalString

    func fits(_ value: JSON) -> Bool {
        switch self {
        case .string: value.string != nil
        case .integer: value.integer != nil
        case .integers: value.elements?.allSatisfy { $0.integer != nil } ?? false
        case .bool: value.bool != nil
        case .strings: value.elements?.allSatisfy { $0.string != nil } ?? false
        case .object: value.members != nil
        case .optionalString: value.isNull || value.string != nil
        }
    }
}

/// A request as a fake forge works on it.
struct FakeCall {
    let request: HTTPTestRequest
    let faults: FakeFaults
    /// The path's segments, decoded.
    let segments: [String]
    let query: [String: String]
    /// The query's values in order, for names that come more than once.
    let queryPairs: [(name: String, value: String)]
    let json: JSON

    init(_ request: HTTPTestRequest, _ faults: FakeFaults) {
        (self.request, self.faults) = (request, faults)
        segments = request.path.split(separator: "/").map { Self.decode(String($0)) }
        queryPairs = Self.pairs(request.query)
        query = Dictionary(queryPairs.map { ($0.name, $0.value) }) { _, last in last }
        json = request.body.isEmpty ? .null : (try? JSON.parse(request.body)) ?? .null
    }

    static func pairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decode(String(parts[0])), parts.count > 1 ? decode(String(parts[1])) : "")
        }
    }

    var base: String { "http://" + (request.header("Host") ?? "localhost") }

    /// Says so where the body is not what the documentation allows.
    func check(required: [String: FakeShape] = [:], optional: [String: FakeShape] = [:]) {
        let place = "\(request.method) \(request.path)"
        guard let members = json.members else {
            if !required.isEmpty { faults.note("\(place): the body is no JSON object") }
            return
        }
        if request.header("Content-Type")?.hasPrefix("application/json") != true {
            faults.note("\(place): the body's type is not given")
        }
        for (name, shape) in required where json[name].map(shape.fits) != true {
            faults.note("\(place): '\(name)' is missing or of another shape")
        }
        for member in members where required[member.name] == nil {
            guard let shape = optional[member.name] else {
                faults.note("\(place): '\(member.name)' is not documented")
                continue
            }
            if !shape.fits(member.value) { faults.note("\(place): '\(member.name)' is of another shape") }
        }
    }

    /// Says so where the query has other names than these.
    func checkQuery(_ allowed: String...) {
        for (name, _) in queryPairs where !allowed.contains(name) {
            faults.note("\(request.method) \(request.path): the parameter '\(name)' is not documented")
        }
    }

    func unexpected() -> HTTPTestReply {
        faults.note("unexpected: \(request.method) \(request.target)")
        return .json(#"{"message":"Not Found"}"#, status: 404)
    }

    /// One page of a list, with a `Link` to the next.
    func page(_ elements: [JSON], sizeName: String = "per_page", most: Int = 100, headers: [(String, String)] = [])
        -> HTTPTestReply
    {
        let size = min(most, Int(query[sizeName] ?? "30") ?? 30)
        let number = Int(query["page"] ?? "1") ?? 1
        let slice = elements.dropFirst((number - 1) * size).prefix(size)
        var headers = headers
        if number * size < elements.count {
            let rest = request.query.split(separator: "&").filter { !$0.hasPrefix("page=") }.joined(separator: "&")
            let link = "\(base)\(request.path)?\(rest)&page="
            headers.append(("Link", "<\(link)\(number + 1)>; rel=\"next\", <\(link)1>; rel=\"first\""))
        }
        return .jsonValue(.array(Array(slice)), headers: headers)
    }

    private static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) {
                bytes += value
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension HTTPTestReply {
    package static func jsonValue(
        _ value: JSON, status: Int = 200, headers: [(String, String)] = []
    ) -> HTTPTestReply {
        .status(
            status, headers: [("Content-Type", "application/json; charset=utf-8")] + headers, body: value.utf8())
    }

    package static func html(_ status: Int, title: String) -> HTTPTestReply {
        .status(
            status, headers: [("Content-Type", "text/html")],
            body: Array("<!DOCTYPE html>\n<html><head><title>\(title)</title></head><body>…</body></html>".utf8))
    }
}
