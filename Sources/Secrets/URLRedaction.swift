internal import Basics

/// Takes user names, passwords and tokens out of URLs before a text is shown or stored.
package enum URLRedaction {
    /// Every `scheme://user:password@host` in the text loses what stands before the `@`.
    package static func redact(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { !"/?# \t\r\n'\"<>".contains($0) }
            if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        }
        return result + rest
    }

    /// Whether the text is a URL that carries a user's name or password over http.
    package static func hasCredentials(_ url: String) -> Bool {
        url.lowercased().hasPrefix("http") && redact(url) != url
    }
}
