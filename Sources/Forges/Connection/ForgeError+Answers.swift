internal import Basics
internal import HTTP

extension ForgeError {
    /// A request that got no answer.
    init(_ error: HTTPError, _ call: ForgeCall, host: String) {
        let kind: Kind =
            switch error.problem {
            case .couldNotResolve, .couldNotConnect: .unreachable
            case .tls: .tls
            case .timedOut: .timedOut
            case .connectionLost: .connectionLost
            case .invalidResponse: .unreadable
            case .tooLarge: .tooLarge
            case .tooManyRedirects: .redirectedElsewhere
            case .cancelled: .cancelled
            case .invalidURL, .unsupportedScheme: .address
            case .invalidHeader: .credentials
            case .libraryMissing, .other: .unreachable
            }
        self.init(
            kind, call.operation, host: host, details: error.causes + [error.hint].compactMap(\.self),
            isUnknownOutcome: error.mayHaveActed && !call.isRepeatable)
    }

    /// An answer that is no success.
    init(_ answer: ForgeAnswer, details: [String]) {
        let response = answer.response
        let call = answer.call
        self.init(
            Self.kind(of: response, details), call.operation, host: answer.host, status: response.status,
            details: details,
            // A server that fails, or a proxy before it, does not say how far the request came.
            isUnknownOutcome: response.status >= 500 && response.status != 501 && !call.isRepeatable)
    }

    private static func kind(of response: HTTPResponse, _ details: [String]) -> Kind {
        let words = details.joined(separator: " ").lowercased().replacing("_", with: " ")
        switch response.status {
        case 401: return .unauthorized
        case 403 where words.contains("archived"): return .archived
        case 403, 404:
            let missing = ScopeHeaders.missing(response, details)
            if !missing.isEmpty { return .missingScopes(missing) }
            return response.status == 403 ? .forbidden : .notFound
        case 410: return .archived
        case 423: return .archived
        case 409, 422, 400:
            if words.contains("already exist") { return .alreadyExists }
            return response.status == 409 ? .conflict : .invalid
        case 405, 406, 412: return .conflict
        case 413: return .invalid
        case 500...: return .serverFailed
        case 300..<400: return .redirectedElsewhere
        default: return .invalid
        }
    }
}

/// What a token may do, as answers tell.
enum ScopeHeaders {
    /// The scopes of the token; `nil` where the forge does not say.
    static func granted(_ response: HTTPResponse) -> [String]? {
        response.headers["X-OAuth-Scopes"].map(list)
    }

    /// What the refused request would have needed, where the forge tells.
    static func missing(_ response: HTTPResponse, _ details: [String]) -> [String] {
        if let accepted = response.headers["X-Accepted-OAuth-Scopes"].map(list), !accepted.isEmpty,
            let granted = granted(response), !covers(granted, any: accepted)
        {
            return [accepted.count == 1 ? "the scope '\(accepted[0])'" : "one of the scopes \(quoted(accepted))"]
        }
        if response.status == 403, let wanted = response.headers["X-Accepted-GitHub-Permissions"], !wanted.isEmpty
        {
            return ["the permission '\(ForgeText.shown(wanted, limit: 100))'"]
        }
        guard response.status == 403 else { return [] }
        return bodyScopes(details)
    }

    /// Whether one of the scopes stands among, or is part of, those granted.
    static func covers(_ granted: [String], any wanted: [String]) -> Bool {
        let whole: [String: [String]] = [
            "repo": ["repo", "public_repo", "repo:status", "repo_deployment", "security_events"],
            "admin:org": ["admin:org", "write:org", "read:org"], "user": ["user", "read:user", "user:email"],
        ]
        let reach = granted.flatMap { whole[$0] ?? [$0] }
        return wanted.contains { reach.contains($0) }
    }

    /// GitLab names the scope as a member, Gitea in a sentence.
    private static func bodyScopes(_ details: [String]) -> [String] {
        for text in details {
            if text.hasPrefix("scope: ") {
                return text.dropFirst(7).split(separator: " ").map { "the scope '\($0)'" }
            }
            if let mark = text.firstRange(of: "required scope(s): ["),
                let end = text[mark.upperBound...].firstIndex(of: "]")
            {
                return text[mark.upperBound..<end].split(whereSeparator: { " ,".contains($0) })
                    .map { "the scope '\($0)'" }
            }
        }
        return []
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map {
            ForgeText.shown($0.split(separator: " ").joined(separator: " "), limit: 60)
        }
        .filter { !$0.isEmpty }
    }

    private static func quoted(_ names: [String]) -> String {
        names.prefix(6).map { "'\($0)'" }.joined(separator: ", ")
    }
}

/// The words of a refusal, wherever the forge puts them.
enum RefusalText {
    static func words(_ response: HTTPResponse) -> [String] {
        guard let json = try? JSON.parse(response.body) else {
            let text = String(decoding: response.body.prefix(400), as: UTF8.self)
            return text.allSatisfy(\.isWhitespace) ? [] : [text]
        }
        var words: [String] = []
        for name in ["message", "error", "error_description", "errors"] {
            guard let value = json[name] else { continue }
            words += collect(value, depth: 0)
        }
        if let scope = json["scope"]?.string { words.append("scope: " + scope) }
        var seen: Set<String> = []
        return words.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    private static func collect(_ value: JSON, depth: Int) -> [String] {
        guard depth < 4 else { return [] }
        switch value {
        case .string(let text): return [text]
        case .array(let elements): return elements.prefix(8).flatMap { collect($0, depth: depth + 1) }
        case .object(let members):
            if let message = value["message"]?.string { return [message] }
            if let code = value["code"]?.string {
                let place = [value["resource"]?.string, value["field"]?.string].compactMap(\.self)
                return [(place + [code]).joined(separator: " ")]
            }
            return members.prefix(8).flatMap { member in
                collect(member.value, depth: depth + 1).map { "\(member.name): \($0)" }
            }
        default: return []
        }
    }
}
