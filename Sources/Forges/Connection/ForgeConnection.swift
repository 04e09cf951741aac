internal import Basics
internal import HTTP
internal import Synchronization

/// Asks one forge, with the credentials for it and for no other host, no faster than the forge allows.
final class ForgeConnection: Sendable {
    private static let mostRedirects = 3

    let kind: ForgeKind
    let baseURL: String
    /// Scheme and host of the API: what every address that the forge names is held against.
    let origin: String
    let host: String
    let surroundings: ForgeEnvironment
    private let provider: any CredentialProvider
    private let client: HTTPClient
    private let state = Mutex(RateState())

    init(_ address: ForgeAddress, _ provider: any CredentialProvider, _ surroundings: ForgeEnvironment) {
        (kind, baseURL, self.provider) = (address.kind, address.apiURL, provider)
        (origin, host, self.surroundings) = (Self.origin(of: address.apiURL), address.credentialHost, surroundings)
        client = HTTPClient(
            userAgent: surroundings.userAgent, retry: surroundings.retry, proxies: surroundings.proxies,
            caBundle: surroundings.caBundle, timing: surroundings.timing, trace: surroundings.trace)
    }

    /// An address below the API's base.
    func url(_ segments: String..., query: [(String, String)] = []) -> String {
        Self.join(baseURL, segments, query)
    }

    /// Adds encoded path segments and a query to an address; a slash within a segment is encoded too.
    static func join(_ base: String, _ segments: [String], _ query: [(String, String)]) -> String {
        let path = segments.map { "/" + PercentEncoding.encode($0) }.joined()
        let pairs = query.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }
        return base + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    /// The answer, of a status that is a success or that the call accepts.
    func send(_ call: ForgeCall) throws(ForgeError) -> ForgeAnswer {
        var waited = Duration.zero
        var attempt = 1
        var hasRenewed = false
        while true {
            try awaitTurn(call, &waited)
            let answer = try exchange(call)
            let response = answer.response
            note(response, call)
            if response.status == 401, !hasRenewed, provider.canRenew {
                hasRenewed = true
                provider.forget()
                continue
            }
            guard let limit = RateRefusal(response, attempt: attempt, surroundings.pacing) else {
                return try accepted(answer)
            }
            guard attempt < surroundings.pacing.attempts else { throw refused(call, limit, response) }
            try pause(limit.wait, for: call, until: limit.until, &waited)
            attempt += 1
        }
    }

    /// Every element of a list, through all its pages.
    func list(_ call: ForgeCall) throws(ForgeError) -> [JSON] {
        var elements: [JSON] = []
        var next: ForgeCall? = call
        var (pages, bytes) = (0, 0)
        while let page = next {
            pages += 1
            guard pages <= surroundings.maximumPages else {
                throw ForgeError(
                    .tooMany, call.operation, host: host, details: ["more than \(surroundings.maximumPages) pages"]
                )
            }
            let answer = try send(page)
            bytes += answer.response.body.count
            guard bytes <= surroundings.maximumList else {
                throw ForgeError(
                    .tooLarge, call.operation, host: host,
                    details: ["a list of more than \(SizeText.text(surroundings.maximumList))"])
            }
            elements += try answer.array()
            next = try nextPage(after: answer, page)
        }
        return elements
    }

    private func nextPage(after answer: ForgeAnswer, _ page: ForgeCall) throws(ForgeError) -> ForgeCall? {
        guard let target = LinkHeader.next(in: answer.response.headers.values("Link")) else { return nil }
        var next = page
        next.url = try own(target, page, answer.response.status)
        guard next.url != page.url else { throw answer.unreadable("the next page is the same page") }
        return next
    }

    // MARK: One exchange

    private func exchange(_ call: ForgeCall) throws(ForgeError) -> ForgeAnswer {
        var call = call
        for _ in 0...Self.mostRedirects {
            let response = try transfer(call)
            guard [301, 302, 307, 308].contains(response.status), let target = response.headers["Location"] else {
                return ForgeAnswer(response: response, call: call, host: host)
            }
            let next = try own(target, call, response.status)
            // A changed method would do something else than was asked for.
            guard !call.isMutation || response.status >= 307 else {
                throw ForgeError(.moved(to: next), call.operation, host: host, status: response.status)
            }
            call.url = next
        }
        throw ForgeError(
            .unreadable, call.operation, host: host,
            details: ["it redirects more than \(Self.mostRedirects) times"])
    }

    private func transfer(_ call: ForgeCall) throws(ForgeError) -> HTTPResponse {
        try surroundings.gate?.admit(host, isChange: call.isMutation)
        var request = HTTPRequest(call.method, call.url, headers: headers(call))
        request.body = call.body.map { $0.utf8() }
        request.authorization = try provider.authorization(for: kind)
        request.timeouts = surroundings.timeouts
        request.maxResponseBytes = surroundings.maximumAnswer
        // Redirects are followed here, where they are held against the origin.
        request.followRedirects = 0
        request.isIdempotent = call.isRepeatable
        do throws(HTTPError) {
            let response = try client.send(request, cancellation: surroundings.cancellation)
            tell(response, call)
            return response
        } catch {
            let failure = ForgeError(error, call, host: host)
            if failure.isOutage { surroundings.gate?.failed(host, failure) }
            throw failure
        }
    }

    private func tell(_ response: HTTPResponse, _ call: ForgeCall) {
        guard response.status >= 500 else { surroundings.gate?.answered(host); return }
        surroundings.gate?.failed(
            host, ForgeError(.serverFailed, call.operation, host: host, status: response.status))
    }

    private func headers(_ call: ForgeCall) -> HTTPHeaders {
        var headers: HTTPHeaders = [:]
        headers["Accept"] = kind == .github ? "application/vnd.github+json" : "application/json"
        if kind == .github { headers["X-GitHub-Api-Version"] = "2022-11-28" }
        if call.body != nil { headers["Content-Type"] = "application/json; charset=utf-8" }
        return headers
    }

    /// An address that the forge named, which has to be its own.
    private func own(_ target: String, _ call: ForgeCall, _ status: Int) throws(ForgeError) -> String {
        if target.hasPrefix("/"), !target.hasPrefix("//"), !target.contains("\\") { return origin + target }
        let scheme = origin.prefix { $0 != ":" }
        let usual = scheme == "https" ? ":443" : ":80"
        for start in [origin, origin + usual] where target.lowercased().hasPrefix(start) {
            let rest = target.dropFirst(start.count)
            if rest.hasPrefix("/") || rest.hasPrefix("?") { return origin + rest }
        }
        let place = RemoteAddress(target).map { ["it points to \($0.authority)"] } ?? []
        throw ForgeError(.redirectedElsewhere, call.operation, host: host, status: status, details: place)
    }

    private static func origin(of url: String) -> String {
        guard let mark = url.firstRange(of: "://") else { return url }
        return String(url[..<mark.upperBound] + url[mark.upperBound...].prefix { $0 != "/" }).lowercased()
    }

    // MARK: Limits

    private func resource(_ call: ForgeCall) -> String { call.url.hasSuffix("/graphql") ? "graphql" : "core" }

    private func awaitTurn(_ call: ForgeCall, _ waited: inout Duration) throws(ForgeError) {
        let now = surroundings.timing.now()
        let wait = state.withLock {
            $0.reserve(call, resource: resource(call), now: now, surroundings.pacing)
        }
        if wait > .zero { try pause(wait, for: call, until: now + wait, &waited) }
    }

    private func pause(
        _ wait: Duration, for call: ForgeCall, until: Instant?, _ waited: inout Duration
    ) throws(ForgeError) {
        guard waited + wait <= surroundings.pacing.longestWait else {
            throw ForgeError(
                .rateLimited(until: until), call.operation, host: host,
                details: ["the wait would be longer than \(DurationText.text(surroundings.pacing.longestWait))"])
        }
        surroundings.timing.sleep(wait, surroundings.cancellation)
        waited += wait
        if surroundings.cancellation?.isCancelled == true {
            throw ForgeError(.cancelled, call.operation, host: host)
        }
    }

    /// Remembers a limit that is used up, so that the next request waits rather than being refused.
    private func note(_ response: HTTPResponse, _ call: ForgeCall) {
        guard let limit = response.rateLimit, limit.remaining == 0, let reset = limit.reset else { return }
        let resource = response.headers["X-RateLimit-Resource"] ?? resource(call)
        state.withLock { $0.block(resource, until: reset) }
    }

    private func refused(_ call: ForgeCall, _ limit: RateRefusal, _ response: HTTPResponse) -> ForgeError {
        ForgeError(
            .rateLimited(until: limit.until), call.operation, host: host, status: response.status,
            details: words(of: response))
    }

    private func accepted(_ answer: ForgeAnswer) throws(ForgeError) -> ForgeAnswer {
        if answer.response.isSuccess || answer.call.accepted.contains(answer.status) { return answer }
        throw ForgeError(answer, details: words(of: answer.response))
    }

    /// What the forge says of its refusal, without the token even where the forge repeats it.
    func words(of response: HTTPResponse) -> [String] {
        concealed(ForgeAnswer.describe(response).map { [$0] } ?? RefusalText.words(response))
    }

    func concealed(_ words: [String]) -> [String] { words.map { provider.concealing($0) } }

    /// Where the credentials come from; `nil` when there are none.
    var credentialSource: String? { provider.source }
}

extension ForgeConnection {
    /// What was read; without it the answer does not say what it has to.
    func required<Value>(_ value: Value?, _ call: ForgeCall) throws(ForgeError) -> Value {
        guard let value else {
            throw ForgeError(
                .unreadable, call.operation, host: host, details: ["a part that has to be there is missing"],
                isUnknownOutcome: !call.isRepeatable)
        }
        return value
    }

    /// Every element as what it stands for.
    ///
    /// One that cannot be understood may be the one that is looked for, so none is passed over.
    func read<Value>(
        _ elements: [JSON], _ call: ForgeCall, as shape: (JSON) -> Value?
    ) throws(ForgeError) -> [Value] {
        var values: [Value] = []
        for element in elements { values.append(try required(shape(element), call)) }
        return values
    }

    /// Every element of a list, through all its pages, as what it stands for.
    func list<Value>(_ call: ForgeCall, as shape: (JSON) -> Value?) throws(ForgeError) -> [Value] {
        try read(try list(call), call, as: shape)
    }

    /// What a call created, as the answer tells of it; `name` is what people call such a thing.
    func created(
        _ call: ForgeCall, _ name: String, as shape: (JSON) -> PullRequest?
    ) throws(ForgeError) -> PullRequest {
        let answer = try send(call.creating)
        guard let created = shape(try answer.json()) else {
            throw answer.unreadable("the answer does not describe a \(name)")
        }
        return created
    }

    /// Why the forge refused, with a status that the call accepts; `nil` where it did as it was asked.
    func refusal(of call: ForgeCall) throws(ForgeError) -> String? {
        let answer = try send(call)
        guard !answer.response.isSuccess else { return nil }
        return ForgeText.shown(words(of: answer.response).joined(separator: "; "))
    }

    /// Deletes a branch of Leviathan's where it still stands at the expected commit.
    ///
    /// `commit` is where the answer to a look at the branch names it.
    func deleteBranch(
        _ name: String, expecting expected: ObjectID, look: String, delete: String, commit: (JSON) -> ObjectID?
    ) throws(ForgeError) -> BranchDeletion {
        let operation = "delete the branch '\(name)'"
        try AgentBranch.check(name, operation, host: host)
        let found = try send(ForgeCall(operation, .get, look).accepting(404))
        if found.status == 404 { return .absent }
        guard commit(try found.json()) == expected else { return .moved }
        let call = ForgeCall(operation, .delete, delete).repeatable.accepting(404, 422)
        return try send(call).response.isSuccess ? .deleted : .absent
    }
}
