internal import Basics
internal import Secrets

/// Keeps what may be secret out of messages and logs.
enum Redaction {
    static let mark = "***"

    private static let tokenPrefixes = [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "sk-", "xox", "eyJ",
        "AKIA",
    ]

    /// Whether a value looks made by a machine to be kept: a known prefix, or a long run of letters and digits.
    static func looksLikeToken(_ value: some StringProtocol) -> Bool {
        if hasTokenPrefix(value) { return true }
        return value.utf8.split { !isLetter($0) && !isDigit($0) }.contains { run in
            run.count >= 20 && run.contains(where: isLetter) && run.contains(where: isDigit)
        }
    }

    /// A URL without user name, password and fragment, and with its telling query values hidden.
    static func url(_ text: String) -> String {
        let text = text.prefix { $0 != "#" }
        let query = text.firstIndex(of: "?")
        let front = withoutUserInfo(text[..<(query ?? text.endIndex)])
        guard let query else { return printable(front) }
        let pairs = text[text.index(after: query)...].split(separator: "&", omittingEmptySubsequences: false)
        return printable(front + "?" + pairs.map(hidingValue).joined(separator: "&"))
    }

    static func headers(_ headers: HTTPHeaders) -> HTTPHeaders {
        HTTPHeaders(
            headers.map { field in
                let isURL = HTTPHeaders.isSame(field.name, "Location")
                let hidden = CredentialName.isSensitive(field: field.name) || hasTokenPrefix(field.value)
                return HTTPHeaders.Field(field.name, hidden ? mark : isURL ? url(field.value) : field.value)
            })
    }

    /// Takes away all up to the last `@` before the path, even in what is no URL at all.
    private static func withoutUserInfo(_ text: Substring) -> String {
        guard let sign = text.lastIndex(of: "@") else { return String(text) }
        guard let slash = text.firstIndex(of: "/"), text[slash...].hasPrefix("//"), slash < sign else {
            return mark + text[sign...]
        }
        let start = text.index(slash, offsetBy: 2)
        let pathStart = text[start...].firstIndex(of: "/") ?? text.endIndex
        // A password may hold an unencoded slash; an `@` in a path is worth less than a password.
        guard sign < pathStart || text[start..<sign].contains(":") else { return String(text) }
        return text[..<start] + String(text[text.index(after: sign)...])
    }

    private static func hidingValue(_ pair: Substring) -> String {
        guard let equals = pair.firstIndex(of: "=") else { return looksLikeToken(pair) ? mark : String(pair) }
        let name = String(pair[..<equals])
        let hidden = CredentialName.isSensitive(field: name) || looksLikeToken(pair[pair.index(after: equals)...])
        return name + "=" + (hidden ? mark : String(pair[pair.index(after: equals)...]))
    }

    /// One line, not endless, and nothing that drives a terminal.
    static func printable(_ text: String, limit: Int = 500) -> String {
        let scalars = text.unicodeScalars.prefix(limit).map {
            $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "?" : $0
        }
        return String(String.UnicodeScalarView(scalars)) + (text.unicodeScalars.count > limit ? "…" : "")
    }

    private static func hasTokenPrefix(_ value: some StringProtocol) -> Bool {
        value.split(separator: " ").contains { word in tokenPrefixes.contains { word.hasPrefix($0) } }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte & 0xDF) }
}
