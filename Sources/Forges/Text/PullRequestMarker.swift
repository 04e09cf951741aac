internal import Basics
internal import Crypto
internal import HTTP

/// The hidden line in a pull request's text that says which task and attempt it is for.
///
/// It also says how the title and the text were when they were written, so that what people changed since is
/// seen and left alone. The digests are the first 16 hex digits of the SHA-256 of the title, and of everything
/// between the marker and its end with no box ticked.
package struct PullRequestMarker: Hashable, Sendable {
    private static let start = "<!-- leviathan "
    private static let finish = " -->"
    /// What follows the last line that is Leviathan's.
    static let end = "<!-- /leviathan -->"

    package let task: String
    package let attempt: String
    package let titleDigest: String
    package let textDigest: String
    /// The trace that the attempt is a part of, for whoever follows it further.
    package let trace: String?

    package init(task: String, attempt: String, title: String, text: String, trace: String? = nil) {
        (self.task, self.attempt, self.trace) = (task, attempt, trace)
        (titleDigest, textDigest) = (Self.digest(title), Self.digest(text))
    }

    /// The first marker in a pull request's text; `nil` when there is none.
    package init?(in body: String) {
        guard let found = Self.find(in: body) else { return nil }
        self = found.marker
    }

    private init?(fields: Substring) {
        var values: [Substring: String] = [:]
        for field in fields.split(separator: " ") {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = PercentEncoding.decode(parts[1]) else { return nil }
            values[parts[0]] = value
        }
        guard let task = values["task"], let attempt = values["attempt"], !task.isEmpty else { return nil }
        (self.task, self.attempt, trace) = (task, attempt, values["traceparent"])
        (titleDigest, textDigest) = (values["title"] ?? "", values["text"] ?? "")
    }

    static func find(in body: String) -> (marker: PullRequestMarker, range: Range<String.Index>)? {
        var rest = body[...]
        while let open = rest.firstRange(of: start), let close = rest[open.upperBound...].firstRange(of: finish) {
            let fields = rest[open.upperBound..<close.lowerBound]
            if fields.utf8.count < 2048, let marker = PullRequestMarker(fields: fields) {
                return (marker, open.lowerBound..<close.upperBound)
            }
            rest = rest[open.upperBound...]
        }
        return nil
    }

    package var text: String {
        Self.start
            + "task=\(Self.encode(task)) attempt=\(Self.encode(attempt)) title=\(titleDigest) text=\(textDigest)"
            + (trace.map { " traceparent=\(Self.encode($0))" } ?? "") + Self.finish
    }

    static func digest(_ text: String) -> String { String(SHA256.digest(of: text).hex.prefix(16)) }

    /// No comment may hold two dashes in a row.
    private static func encode(_ text: String) -> String {
        PercentEncoding.encode(TextCleaning.shortened(text, to: 200)).replacing("--", with: "-%2D")
    }
}
