internal import Basics
internal import HTTP

/// A refusal that only means "later".
struct RateRefusal {
    let wait: Duration
    let until: Instant?

    /// `nil` when the answer is no such refusal.
    init?(_ response: HTTPResponse, attempt: Int, _ pacing: ForgePacing) {
        let isRefusal = response.status == 403 || response.status == 429 || Self.isGraphQLLimit(response)
        guard isRefusal else { return nil }
        if let asked = response.retryAfter {
            (wait, until) = (asked, response.receivedAt + asked)
        } else if let limit = response.rateLimit, limit.remaining == 0, let reset = limit.reset {
            // One second more: the moment is given in whole seconds.
            let left = max(.zero, reset - response.receivedAt) + .seconds(1)
            (wait, until) = (left, reset)
        } else if response.status != 403 || Self.speaksOfLimits(response) {
            var wait = pacing.secondaryWait
            for _ in 1..<max(1, min(attempt, 10)) { wait *= 2 }
            (self.wait, until) = (wait, nil)
        } else {
            return nil
        }
    }

    private static func speaksOfLimits(_ response: HTTPResponse) -> Bool {
        let text = String(decoding: response.body.prefix(4096), as: UTF8.self).lowercased()
        return ["secondary rate limit", "rate limit exceeded", "abuse detection"].contains { text.contains($0) }
    }

    /// GraphQL says it with status 200.
    private static func isGraphQLLimit(_ response: HTTPResponse) -> Bool {
        guard response.status == 200, response.body.count < 8192 else { return false }
        let text = String(decoding: response.body, as: UTF8.self)
        guard text.contains("RATE_LIMIT"), let json = try? JSON.parse(response.body) else { return false }
        return json["errors"]?.elements?.contains {
            ["RATE_LIMITED", "RATE_LIMIT"].contains($0["type"]?.string ?? "")
        } ?? false
    }
}

/// The `Link` header (RFC 8288), as far as paging needs it.
enum LinkHeader {
    /// The target of `rel="next"`.
    static func next(in values: [String]) -> String? {
        for value in values {
            var rest = value[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                let parameters = rest[rest.index(after: close)...].prefix { $0 != "<" }
                if parameters.lowercased().split(separator: ";").contains(where: isNext) { return String(target) }
                rest = rest[rest.index(after: close)...].dropFirst(parameters.count)
            }
        }
        return nil
    }

    private static func isNext(_ parameter: Substring) -> Bool {
        let plain = parameter.filter { $0 != " " && $0 != "\"" && $0 != "," }
        return plain == "rel=next"
    }
}
