internal import Basics
internal import HTTP

/// A request to an API server that did not do what it should.
package struct ClusterError: ExplainedError, Equatable {
    package enum Reason: Hashable, Sendable {
        case notFound
        /// Something of that name is there already.
        case exists
        /// Somebody else changed it meanwhile.
        case conflict
        /// What the request goes on from is no longer known: ask from the beginning.
        case gone
        case forbidden
        /// A quota of the namespace is used up.
        case quota
        case unauthorized
        case invalid
        /// The server asks for patience.
        case busy
        /// It does not know the kind of object at all.
        case unknownKind
        /// No answer came, or none that could be used.
        case unreachable
        case cancelled
        /// Nobody knows how to ask.
        case access
        case other
    }

    package let reason: Reason
    package let message: String
    package let causes: [String]
    package let hint: String?

    init(_ reason: Reason, _ doing: String, causes: [String] = [], hint: String? = nil) {
        (self.reason, self.causes, self.hint) = (reason, causes, hint)
        message = "cannot \(doing)"
    }

    init(_ doing: String, _ error: HTTPError) {
        let reason: Reason = error.problem == .cancelled ? .cancelled : .unreachable
        self.init(reason, doing, causes: error.causes, hint: error.hint)
    }

    init(_ doing: String, _ error: ClusterAccessError) {
        self.init(.access, doing, causes: [error.message] + error.causes, hint: error.hint)
    }

    /// An answer that says why not; `right` is what would have to be allowed.
    init(_ doing: String, status: Int, _ body: JSON, right: String) {
        let said = body["message"]?.string.map(Self.bounded)
        let reason = Self.reason(status, body)
        self.init(
            reason, doing, causes: ["\(said ?? "no reason was given") (status \(status))"],
            hint: Self.hint(reason, right))
    }

    private static func reason(_ status: Int, _ body: JSON) -> Reason {
        let word = body["reason"]?.string ?? ""
        switch status {
        case 401: return .unauthorized
        // Quotas refuse with the status of missing rights, and say so in words alone.
        case 403: return body["message"]?.string?.contains("exceeded quota") == true ? .quota : .forbidden
        case 404:
            // Of an object that is missing the server tells the name; of a kind that it does not know, nothing.
            return word == "NotFound" && body["details"]?["name"]?.string != nil ? .notFound : .unknownKind
        case 409: return word == "AlreadyExists" ? .exists : .conflict
        case 410: return .gone
        case 400, 415, 422: return .invalid
        case 429, 500...599: return .busy
        default: return .other
        }
    }

    private static func hint(_ reason: Reason, _ right: String) -> String? {
        switch reason {
        case .unauthorized: "the credentials have expired, or the cluster does not know them: sign in again"
        case .forbidden: "give the right, and see with 'kubectl auth can-i \(right)'"
        case .quota: "kubectl describe resourcequota"
        case .unknownKind: "the cluster is too old for it, or the namespace does not exist"
        default: nil
        }
    }

    /// So much of what a server says is shown.
    private static func bounded(_ text: String) -> String {
        text.unicodeScalars.count <= 600 ? text : String(text.unicodeScalars.prefix(600)) + "…"
    }

    /// An event of a watch that ends it.
    init(_ doing: String, event: JSON, right: String) {
        self.init(doing, status: event["code"]?.integer ?? 500, event, right: right)
    }
}
