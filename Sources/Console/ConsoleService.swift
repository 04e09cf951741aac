internal import API
package import Basics
package import ControlPlane
package import HTTP
package import HTTPServer
internal import Pages

/// The pages for people in front of the API: whatever a page shows or does, it asks of the API as the person who looks.
package final class ConsoleService: ServerService {
    /// How long a page may wait for all targets to be read.
    package static let patience = Duration.milliseconds(10)

    private let service: ControlPlaneService
    private let snapshots: SnapshotKeeper
    private var sessions: LoginSessions { service.home.access.sessions }
    private var context: Context { service.home.context }

    /// `beforeReading` is called whenever all targets are about to be read.
    package init(
        _ service: ControlPlaneService, patience: Duration = ConsoleService.patience,
        now: @escaping @Sendable () -> MonotonicTime = { .now },
        beforeReading: @escaping @Sendable () -> Void = {}
    ) {
        self.service = service
        snapshots = SnapshotKeeper(service.home, patience: patience, now: now, beforeReading: beforeReading)
    }

    /// Reads all targets once, beside whatever else is done, for whoever looks first.
    package func prepare() { snapshots.prepare() }

    // MARK: Who answers

    package func admit(_ request: ServerRequest) -> ServerAdmission {
        guard let place = ConsolePlace(request.path) else { return admitToAPI(request) }
        if case .asset(let name) = place { return .answered(finished(Assets.response(name, request), request)) }
        return .admitted(bodyLimit: request.method == "POST" ? ConsoleForm.sizeLimit : 0) { [self] request in
            finished(answer(request, place), request)
        }
    }

    /// A page's own script reads the API with the session that the page came with; it changes nothing.
    private func admitToAPI(_ request: ServerRequest) -> ServerAdmission {
        guard request.method == "GET", request.headers["Authorization"] == nil,
            LoginSessions.isClaimed(by: request),
            request.headers["Sec-Fetch-Site"] ?? "same-origin" == "same-origin"
        else { return service.admit(request) }
        // The store is not asked on a thread of the network.
        return .admitted(bodyLimit: 0) { [self] request in
            do throws(Problem) {
                return service.respond(request, as: try session(of: request)?.principal)
            } catch { return service.refusal(error.status, error.detail) }
        }
    }

    package func ended(
        _ request: ServerRequest, status: Int, notes: [HTTPHeaders.Field], after: Duration, isComplete: Bool
    ) {
        service.ended(request, status: status, notes: notes, after: after, isComplete: isComplete)
    }

    package func refusal(_ status: Int, _ reason: String) -> ServerResponse { service.refusal(status, reason) }

    /// Answers a request in this process, as the server would.
    package func respond(_ request: ServerRequest) -> ServerResponse {
        switch admit(request) {
        case .answered(let response): response
        case .admitted(let limit, let answer):
            request.body.count > limit ? refusal(413, "the body is too long") : answer(request)
        }
    }

    // MARK: Sessions

    private func session(of request: ServerRequest) throws(Problem) -> LoginSession? {
        guard let session = try sessions.session(of: request) else { return nil }
        // What a person may do was looked up just now.
        guard session.person != nil || service.home.access.stands(session.principal) else {
            try sessions.end(session)
            return nil
        }
        return session
    }

    /// Where nobody has to say who they are, a session begins by itself, so that forms are proved to be ours all the same.
    private func openSession(for request: ServerRequest) throws(Problem) -> (LoginSession, cookie: String)? {
        guard let principal = try? service.home.access.principal(of: Self.with(nil, request)) else { return nil }
        return try sessions.begin(principal)
    }

    // MARK: One request

    private func answer(_ request: ServerRequest, _ place: ConsolePlace) -> ServerResponse {
        let form: ConsoleForm
        do throws(ConsoleProblem) { form = try ConsoleForm(request) } catch { return page(error, nil) }
        switch place {
        case .login where request.method == "POST": return login(request, form)
        case .providerLogin, .providerAnswer: return providerLogin(request, place, form)
        default: break
        }
        do throws(Problem) {
            if let session = try session(of: request) { return answer(request, place, form, session) }
            if let (session, cookie) = try openSession(for: request) {
                var response =
                    request.method == "POST" ? page(.expired, session) : answer(request, place, form, session)
                response.headers.add("Set-Cookie", cookie)
                return response
            }
        } catch { return page(ConsoleProblem(error), nil) }
        return html(loginPage(form, request).page, 401)
    }

    private func answer(
        _ request: ServerRequest, _ place: ConsolePlace, _ form: ConsoleForm, _ session: LoginSession
    ) -> ServerResponse {
        let call = ConsoleCall(
            place: place, form: form, session: session, isWrite: request.method == "POST",
            inquiry: Inquiry(service, session.principal), snapshots: snapshots, times: context.times,
            home: service.address(of: request))
        do throws(ConsoleProblem) {
            if call.isWrite { try demandOwn(request, form, session) }
            return try route(call)
        } catch { return page(error, session) }
    }

    /// A form of another site carries the cookie as well, but neither the word nor the origin.
    private func demandOwn(
        _ request: ServerRequest, _ form: ConsoleForm, _ session: LoginSession
    ) throws(ConsoleProblem) {
        let host = request.headers["Host"] ?? ""
        let isOwn = request.headers["Origin"].map { ["http://" + host, "https://" + host].contains($0) }
        guard isOwn ?? (request.headers["Sec-Fetch-Site"] == "same-origin") else { throw .foreign }
        guard session.isOwn(form["word"] ?? "") else { throw .expired }
    }

    private func route(_ call: ConsoleCall) throws(ConsoleProblem) -> ServerResponse {
        switch call.place {
        case .action(let name): return try act(name, call)
        case .logout:
            do throws(Problem) { try sessions.end(call.session) } catch { throw ConsoleProblem(error) }
            let address = call.session.person == nil ? "/login" : "/login?left=1"
            return seeOther(address, cookie: LoginSessions.noCookie)
        case .githubApp where call.isWrite: return try beginApp(call)
        case .githubAppMade where !call.isWrite:
            let words = try GitHubAppPage(call).made()
            try? sessions.tell(words, to: call.session)
            return seeOther(GitHubAppPage.address)
        case .keys where call.isWrite: return try html(KeysPage(call).made(), 200, call.session)
        default: break
        }
        guard !call.isWrite else { throw ConsoleProblem(405, "Nothing is sent here", "this page only shows") }
        return html(try ConsolePages.page(call), 200, call.session)
    }

    /// What could not be begun comes back with what was typed, and why.
    private func beginApp(_ call: ConsoleCall) throws(ConsoleProblem) -> ServerResponse {
        do throws(ConsoleProblem) { return html(try GitHubAppPage(call).begun(), 200, call.session) } catch {
            guard error.status == 422 else { throw error }
            return html(try GitHubAppPage(call).page(error), 422, call.session)
        }
    }

    private func act(_ name: String, _ call: ConsoleCall) throws(ConsoleProblem) -> ServerResponse {
        guard let action = ConsoleAction(rawValue: name) else { throw .missing }
        let page = ActionPage(action, call)
        guard call.isWrite else { return html(try page.asked(), 200, call.session) }
        switch try page.done() {
        case .done(let words, let address):
            // It is done, whether that can be said or not.
            try? sessions.tell(words, to: call.session)
            return seeOther(address)
        case .refused(let asked, let status): return html(asked, status, call.session)
        }
    }

    private func login(_ request: ServerRequest, _ form: ConsoleForm) -> ServerResponse {
        do throws(Problem) {
            let host = request.headers["Host"] ?? ""
            let origin = request.headers["Origin"] ?? "https://" + host
            guard ["http://" + host, "https://" + host].contains(origin) else {
                throw Problem(.forbidden, "the form came from another site")
            }
            let principal = try service.home.access.principal(
                of: Self.with((form["key"] ?? "").trimmed, request))
            let (_, cookie) = try sessions.begin(principal)
            return seeOther(loginPage(form, request).returnAddress, cookie: cookie)
        } catch {
            return html(loginPage(form, request, problem: error.detail).page, error.status)
        }
    }

    private func loginPage(
        _ form: ConsoleForm, _ request: ServerRequest, problem: String? = nil
    ) -> LoginPage {
        let openID = service.home.access.openID
        var page = LoginPage(form, path: request.path, problem: problem)
        page.provider = openID?.name
        if form["left"] != nil { page.farewell = openID?.farewell }
        return page
    }

    /// To the provider, or back from it with a session; whatever goes wrong leads to the page to log in at.
    private func providerLogin(
        _ request: ServerRequest, _ place: ConsolePlace, _ form: ConsoleForm
    ) -> ServerResponse {
        guard request.method == "GET", let openID = service.home.access.openID else {
            return page(.missing, nil)
        }
        do throws(Problem) {
            if case .providerLogin = place {
                let (address, cookie) = try openID.begin(request, next: Address.own(form["next"]))
                return seeOther(address, cookie: cookie)
            }
            let (person, next) = try openID.finish(request, form.fields)
            guard let (_, cookie) = try sessions.begin(person) else {
                throw Problem(.forbidden, "you are known as '\(person.name)', and no role here is yours")
            }
            // Whoever was here before in this browser is not any more.
            if let earlier = try sessions.session(of: request) { try sessions.end(earlier) }
            var response = seeOther(Address.own(next), cookie: cookie)
            response.headers.add("Set-Cookie", OpenIDAccess.noCookie)
            return response
        } catch {
            return html(loginPage(ConsoleForm.empty, request, problem: error.detail).page, error.status)
        }
    }

    /// The request with this key and no other; a page has no key but that of its session.
    private static func with(_ key: String?, _ request: ServerRequest) -> ServerRequest {
        var headers = request.headers
        headers.remove("Authorization")
        if let key { headers["Authorization"] = "Bearer " + key }
        return ServerRequest(request.method, request.path, headers: headers, peer: request.peer)
    }

    // MARK: Answers

    private func page(_ problem: ConsoleProblem, _ session: LoginSession?) -> ServerResponse {
        html(ProblemPage(problem).page, problem.status, session)
    }

    private func html(_ page: ConsolePage, _ status: Int, _ session: LoginSession? = nil) -> ServerResponse {
        let told = session.map { $0.isRefresh ? [] : (try? sessions.told($0)) ?? [] } ?? []
        var response = ServerResponse(
            status, headers: ["Content-Type": "text/html; charset=utf-8"], text: page.render(session, told))
        response.headers["Content-Security-Policy"] = Self.policy(formTarget: page.formTarget)
        return response
    }

    /// Nothing comes from elsewhere, and no form goes there but one that says so on its page.
    private static func policy(formTarget: String?) -> String {
        let forms = "'self'" + (formTarget.map { " " + $0 } ?? "")
        return
            "default-src 'self'; base-uri 'none'; form-action \(forms); frame-ancestors 'none'; object-src 'none'"
    }

    private func seeOther(_ address: String, cookie: String? = nil) -> ServerResponse {
        var response = ServerResponse(303, headers: ["Location": address])
        if let cookie { response.headers.add("Set-Cookie", cookie) }
        return response
    }

    private func finished(_ response: ServerResponse, _ request: ServerRequest) -> ServerResponse {
        let policy = response.headers["Content-Security-Policy"] ?? Self.policy(formTarget: nil)
        var response = service.finished(page: response)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "same-origin"
        return response
    }
}
