internal import Basics

/// Takes user names, passwords and tokens out of URLs before a text is shown or stored.
package enum URLRedaction {
    /// Every `scheme://user:password@host` in the text loses what stands before the `@`, and every query parameter that
    /// is named like a credential its value.
    package static func redact(_ text: String) -> String {
        guard text.firstRange(of: "://") != nil else { return text }
        return withoutQuerySecrets(withoutUsers(text))
    }

    private static func withoutUsers(_ text: String) -> String {
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

    /// One pass: within a URL, each `?name=value`, `&name=value` and `#name=value`.
    private static func withoutQuerySecrets(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var (result, kept, index, isInURL) = ([UInt8](), 0, 0, false)
        while index < bytes.count {
            if endsURL(bytes[index]) { isInURL = false }
            if bytes[index] == UInt8(ascii: ":"), bytes[index...].starts(with: "://".utf8) { isInURL = true }
            let start = index + 1
            guard isInURL, startsParameter(bytes[index]), let equals = equals(in: bytes, from: start) else {
                index += 1
                continue
            }
            let end = bytes[(equals + 1)...].firstIndex { endsURL($0) || startsParameter($0) } ?? bytes.count
            if hides(bytes[start..<equals], bytes[(equals + 1)..<end]) {
                result += bytes[kept...equals] + Array(SecretRedactor.mark.utf8)
                kept = end
            }
            index = end
        }
        return kept == 0 ? text : String(decoding: result + bytes[kept...], as: UTF8.self)
    }

    private static func startsParameter(_ byte: UInt8) -> Bool { "?&#".utf8.contains(byte) }

    private static func endsURL(_ byte: UInt8) -> Bool { byte <= 32 || "'\"<>`)".utf8.contains(byte) }

    /// The end of a parameter's name.
    private static func equals(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < min(bytes.count, start + 64), SecretAlphabet.dotted.contains(bytes[index]) { index += 1 }
        return index > start && index < bytes.count && bytes[index] == UInt8(ascii: "=") ? index : nil
    }

    /// Names that also mean something else hide only what looks made up.
    private static let ambiguous: Set<String> = ["key", "code", "auth", "access", "session"]

    private static func hides(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        guard !value.isEmpty, CredentialName.isSensitive(field: name) else { return false }
        return !ambiguous.contains(name) || (value.count >= 16 && value.contains { (48...57).contains($0) })
    }

    /// Whether the text is a URL that carries a user's name, a password or a token over http.
    package static func hasCredentials(_ url: String) -> Bool {
        url.lowercased().hasPrefix("http") && redact(url) != url
    }
}
