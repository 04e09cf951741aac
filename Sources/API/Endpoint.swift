/// One way to call: the router, the checks before a handler, the right that is needed and the description are all made
/// of this.
package struct Endpoint: Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    /// Whom the right has to cover.
    package enum Subject: Sendable {
        /// Nobody has to say who calls.
        case open
        /// Every target.
        case everything
        /// At least one target; what is answered is of those that the caller may see.
        case visible
        /// The target that a parameter of the path names.
        case target(String)
        /// The target that a member of the body names.
        case bodyTarget(String)
    }

    package struct Parameter: Sendable {
        package enum Place: String, Sendable { case path, query, header }

        package let name: String
        package let place: Place
        package let schema: Schema
        package let isRequired: Bool
        package let summary: String

        package init(_ name: String, _ place: Place, _ schema: Schema, required: Bool = false, _ summary: String) {
            (self.name, self.place, self.schema, self.summary) = (name, place, schema, summary)
            isRequired = required || place == .path
        }
    }

    package enum Body: Sendable {
        case none
        case json(Schema)
        /// Bytes of any kind.
        case bytes
    }

    package struct Answer: Sendable {
        package let status: Int
        package let summary: String
        package let type: String
        package let schema: Schema?

        package init(_ status: Int, _ summary: String, _ schema: Schema?, type: String = "application/json") {
            (self.status, self.summary, self.schema, self.type) = (status, summary, schema, type)
        }
    }

    package let id: String
    package let method: Method
    /// With `{name}` for a segment that is a parameter.
    package let path: String
    package let summary: String
    package let right: Right
    package let subject: Subject
    package var parameters: [Parameter] = []
    package var body = Body.none
    package var answers: [Answer] = []
    /// Problems besides those that every endpoint may answer with.
    package var problems: [Int] = []
    /// Takes an `Idempotency-Key`.
    package var isRepeatable = false
    /// Answers with an `ETag`; a change wants it back in `If-Match`.
    package var hasVersion = false
    /// Other paths of the same.
    package var aliases: [String] = []
    /// Needs no thread that waits.
    package var isQuick = false

    package init(
        _ id: String, _ method: Method, _ path: String, _ right: Right, _ subject: Subject, _ summary: String
    ) {
        (self.id, self.method, self.path, self.right) = (id, method, path, right)
        (self.subject, self.summary) = (subject, summary)
    }

    /// Whether it changes anything.
    package var isWrite: Bool { method != .get }

    package var isOpen: Bool { if case .open = subject { true } else { false } }

    /// Whether a change needs the version that it changes.
    package var demandsVersion: Bool { hasVersion && isWrite }

    /// Its own, and those that come with what it is.
    var allParameters: [Parameter] {
        var all = parameters
        if isRepeatable {
            all.append(
                Parameter(
                    "Idempotency-Key", .header, .text(1...200), "The same request again gets the same answer"))
        }
        if demandsVersion {
            all.append(Parameter("If-Match", .header, .text(1...100), "The ETag of the version that is changed"))
        }
        return all
    }

    package static let bodyLimit = 16 << 20

    /// Where the body may be less than others.
    package var bodyMost = Self.bodyLimit

    package var bodyLimit: Int { if case .none = body { 0 } else { bodyMost } }

    /// Every status that it may answer with.
    package var statuses: Set<Int> { Set(answers.map(\.status) + problemStatuses) }

    package var problemStatuses: [Int] {
        var all = problems + [400, 414, 431, 500, 503]
        if !isOpen { all += [401, 403, 429] }
        switch body {
        case .none: break
        case .json: all += [413, 415, 422]
        case .bytes: all += [413]
        }
        if parameters.contains(where: { $0.place == .path }) { all.append(404) }
        if isRepeatable { all += [409, 422] }
        if demandsVersion { all += [412, 428] }
        return Set(all).sorted()
    }
}
