internal import Basics
internal import HTTP
package import HTTPServer

/// Reads the cookies of a request.
package enum Cookies {
    /// `nil` where there is none of that name, or two: nobody knows which of them is ours.
    package static func value(_ name: String, of request: ServerRequest) -> String? {
        var found: [String] = []
        for header in request.headers.values("Cookie") {
            for part in header.split(separator: ";") {
                let pair = String(part).trimmed.split(separator: "=", maxSplits: 1)
                if pair.count == 2, pair[0] == name { found.append(String(pair[1])) }
            }
        }
        return found.count == 1 ? found[0] : nil
    }
}
