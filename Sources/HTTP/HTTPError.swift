internal import Basics

/// A request that got no answer, or none that could be used.
package struct HTTPError: ExplainedError, Equatable {
    package enum Problem: Sendable, Equatable {
        case libraryMissing(reason: String)
        case invalidURL(reason: String)
        case unsupportedScheme(String)
        case invalidHeader(name: String)
        case couldNotResolve(host: String)
        case couldNotConnect(reason: String)
        case tls(TLSProblem)
        case timedOut(TimeoutPhase)
        /// `afterSending` says whether the server may have seen the request, and acted on it.
        case connectionLost(afterSending: Bool)
        case invalidResponse(reason: String)
        case tooLarge(Part, limit: Int)
        case tooManyRedirects(limit: Int)
        case cancelled
        case other(code: Int, reason: String)
    }

    package enum TLSProblem: Sendable, Equatable {
        case certificateExpired
        case certificateNotYetValid
        case unknownIssuer
        case hostMismatch
        case unusableCABundle(path: String)
        case handshake(reason: String)
    }

    package enum TimeoutPhase: String, Sendable { case connect, idle, total }

    package enum Part: String, Sendable {
        case headers
        case body
    }

    package let method: HTTPMethod
    /// Without user name, password, fragment and query values that look like tokens.
    package let url: String
    /// Where it failed, when redirects had led elsewhere; shown as `url` is.
    package let redirectedTo: String?
    package let problem: Problem
    /// Whether any server may have seen the request as asked, even where what failed came later.
    package let mayHaveActed: Bool
    /// How many times the request was tried.
    package let attempts: Int

    init(_ request: HTTPRequest, _ failure: HTTPFailure, attempts: Int) {
        method = request.method
        url = Redaction.url(request.url)
        redirectedTo = failure.redirectedTo.map(Redaction.url)
        problem = failure.problem
        mayHaveActed = failure.sent
        self.attempts = attempts
    }
}

/// What went wrong in one attempt.
struct HTTPFailure: Error {
    var problem: HTTPError.Problem
    /// Whether anything of the request may have left.
    var sent = false
    var redirectedTo: String?

    init(_ problem: HTTPError.Problem, sent: Bool = false) { (self.problem, self.sent) = (problem, sent) }
}

extension HTTPError {
    package var message: String { "cannot \(method.rawValue) '\(url)'" }

    package var causes: [String] {
        var causes = [problem.text]
        if let redirectedTo { causes.append("after a redirect to '\(redirectedTo)'") }
        if attempts > 1 { causes.append("after \(attempts) attempts") }
        return causes
    }

    package var hint: String? { problem.hint }
}

extension HTTPError.Problem {
    var text: String {
        switch self {
        case .libraryMissing(let reason): "libcurl could not be loaded (\(reason))"
        case .invalidURL(let reason): "that is not a URL (\(reason))"
        case .unsupportedScheme(let scheme): "'\(scheme)' is not a scheme to ask over; only http and https are"
        case .invalidHeader(let name): "the header '\(name)' cannot be sent"
        case .couldNotResolve(let host): "no address is known for the host '\(host)'"
        case .couldNotConnect(let reason): "no connection could be made (\(reason))"
        case .tls(let problem): problem.text
        case .timedOut(let phase): phase.text
        case .connectionLost(afterSending: false): "the connection was lost before the request was sent"
        case .connectionLost(afterSending: true): "the connection was lost after the request was sent"
        case .invalidResponse(let reason): "the answer is not valid HTTP (\(reason))"
        case .tooLarge(let part, let limit): "the answer's \(part.rawValue) passed the limit of \(limit) bytes"
        case .tooManyRedirects(let limit): "it was redirected more than \(limit) times"
        case .cancelled: "it was cancelled"
        case .other(let code, let reason): "libcurl failed with code \(code) (\(reason))"
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .libraryMissing: "install it, on Debian and Ubuntu with 'apt-get install libcurl4'"
        case .invalidHeader: "look for a line break or another control character in its value"
        case .couldNotResolve: "check the host's name, the network and the proxy settings"
        case .couldNotConnect: "check that the server is up, and the proxy settings"
        case .tls(let problem): problem.hint
        case .connectionLost(afterSending: true): "the server may have acted on it; look before asking again"
        case .timedOut: "try again later, or allow more time"
        default: nil
        }
    }
}

extension HTTPError.TLSProblem {
    fileprivate var text: String {
        switch self {
        case .certificateExpired: "the server's certificate has expired"
        case .certificateNotYetValid: "the server's certificate is not valid yet"
        case .unknownIssuer: "the server's certificate was issued by an unknown authority"
        case .hostMismatch: "the server's certificate is for another host"
        case .unusableCABundle(let path): "the CA bundle '\(path)' cannot be used"
        case .handshake(let reason): "no secure connection could be agreed on (\(reason))"
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .unknownIssuer: "name the authority's certificate as the CA bundle, if the authority is to be trusted"
        case .unusableCABundle: "name a readable file of PEM certificates"
        case .certificateNotYetValid, .certificateExpired:
            "check this machine's clock, then ask whoever runs the server"
        case .hostMismatch, .handshake: nil
        }
    }
}

extension HTTPError.TimeoutPhase {
    fileprivate var text: String {
        switch self {
        case .connect: "no connection stood within the time allowed"
        case .idle: "nothing moved within the time allowed"
        case .total: "the answer was not complete within the time allowed"
        }
    }
}
