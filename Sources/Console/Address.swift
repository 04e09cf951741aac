internal import HTTP

/// Addresses of this console, made of parts that may hold anything.
enum Address {
    static func segment(_ text: String) -> String { PercentEncoding.encode(text) }

    static func of(_ path: String, _ query: [(String, String)]) -> String {
        let words = query.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }
        return words.isEmpty ? path : path + "?" + words.joined(separator: "&")
    }

    /// A path of this console as somebody sent it; anything else leads to the first page.
    static func own(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), !text.contains("\\"), text.utf8.count < 2000,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "/" }
        return text
    }
}
