internal import Basics
internal import CCurl

/// A date in a header, in any of the ways to write one (RFC 9110, 5.6.7).
enum HTTPDate {
    /// `nil` for what is no date; an answer with one was brought by libcurl, which so is loaded by then.
    static func parse(_ text: String) -> Instant? {
        // libcurl also reads dates without a time, and with a time zone; HTTP has neither.
        guard text.utf8.count <= 64, text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 2,
            let library = try? CurlLibrary.load()
        else { return nil }
        let seconds = ccurl_date(library.functions, text)
        return seconds < 0 ? nil : Instant(secondsSinceEpoch: seconds)
    }
}
