internal import Basics
internal import HTTP

/// One question to a forge.
struct ForgeCall {
    /// What it is for, as in "cannot …".
    let operation: String
    var method = HTTPMethod.get
    var url: String
    var body: JSON?
    /// Statuses beside success that the caller knows what to do with.
    var accepted: Set<Int> = []
    /// Whether asking twice does no harm, as with every question that changes nothing.
    var isRepeatable: Bool
    var isMutation: Bool
    var isCreation = false

    init(_ operation: String, _ method: HTTPMethod = .get, _ url: String, _ body: JSON? = nil) {
        (self.operation, self.method, self.url, self.body) = (operation, method, url, body)
        isMutation = method != .get && method != .head
        isRepeatable = !isMutation
    }

    func accepting(_ statuses: Int...) -> ForgeCall {
        var call = self
        call.accepted.formUnion(statuses)
        return call
    }

    /// For a change that comes to the same when made twice.
    var repeatable: ForgeCall {
        var call = self
        call.isRepeatable = true
        return call
    }

    var creating: ForgeCall {
        var call = self
        call.isCreation = true
        return call
    }

    /// For a question that has to be posted.
    var reading: ForgeCall {
        var call = repeatable
        call.isMutation = false
        return call
    }
}

/// A forge's answer to a call, of a status that the call expects.
struct ForgeAnswer {
    let response: HTTPResponse
    let call: ForgeCall
    let host: String

    var status: Int { response.status }

    func json() throws(ForgeError) -> JSON {
        do throws(JSONError) {
            // Gerrit begins every answer with a line that keeps browsers from running it.
            let guardLine = Array(")]}'".utf8)
            let body = response.body.starts(with: guardLine) ? Array(response.body.dropFirst(4)) : response.body
            return try JSON.parse(body)
        } catch { throw unreadable(ForgeAnswer.describe(response) ?? error.message) }
    }

    func array() throws(ForgeError) -> [JSON] {
        guard let elements = try json().elements else { throw unreadable("a list was expected") }
        return elements
    }

    /// The answer does not say what it has to; whatever was asked for may have happened.
    func unreadable(_ reason: String) -> ForgeError {
        ForgeError(
            .unreadable, call.operation, host: host, status: response.status, details: [reason],
            isUnknownOutcome: !call.isRepeatable)
    }

    /// What stands where JSON should: a page for people, or nothing.
    static func describe(_ response: HTTPResponse) -> String? {
        let text = String(decoding: response.body.prefix(4096), as: UTF8.self)
        let start = text.drop(while: \.isWhitespace).prefix(15).lowercased()
        guard start.hasPrefix("<!doctype html") || start.hasPrefix("<html") else {
            return response.body.isEmpty ? "the answer is empty" : nil
        }
        guard let open = text.firstRange(of: "<title>"),
            let close = text[open.upperBound...].firstRange(of: "</title>")
        else { return "it answered with an HTML page" }
        return "it answered with an HTML page, '\(text[open.upperBound..<close.lowerBound])'"
    }
}

extension JSON {
    /// The value at the end of a path of member names.
    func at(_ names: String...) -> JSON? {
        var value: JSON? = self
        for name in names { value = value?[name] }
        return value
    }

    /// The strings under one name of each element.
    func strings(_ name: String) -> [String] { (elements ?? []).compactMap { $0[name]?.string } }

    /// A commit's name, where there is one.
    var objectID: ObjectID? { string.flatMap { ObjectID(hex: $0) } }
}
