internal import Basics

/// Puts a URL together from a base and parts that may hold anything.
package struct URLBuilder: Sendable {
    private var front: String
    private var query: [String]

    /// A base such as `https://api.example.com/v4`, taken as it is.
    package init(_ base: String) {
        let parts = base.prefix { $0 != "#" }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        front = String(parts.first ?? "")
        query = parts.count > 1 && !parts[1].isEmpty ? [String(parts[1])] : []
        while front.hasSuffix("/") { front.removeLast() }
    }

    /// Adds path segments; a slash inside one is encoded.
    package func path(_ segments: String...) throws(URLBuilderError) -> URLBuilder { try path(segments) }

    package func path(_ segments: [String]) throws(URLBuilderError) -> URLBuilder {
        var longer = self
        for segment in segments {
            // Servers take `.` and `..` as steps however they are encoded, so no such name can be asked for.
            guard !["", ".", ".."].contains(segment) else { throw URLBuilderError(segment: segment) }
            longer.front += "/" + PercentEncoding.encode(segment)
        }
        return longer
    }

    /// Adds a query parameter; one without a value is left out.
    package func query(_ name: String, _ value: String?) -> URLBuilder {
        guard let value else { return self }
        var longer = self
        longer.query.append(PercentEncoding.encode(name) + "=" + PercentEncoding.encode(value))
        return longer
    }

    package func query(_ name: String, _ value: Int) -> URLBuilder { query(name, String(value)) }

    package var url: String { query.isEmpty ? front : front + "?" + query.joined(separator: "&") }
}

/// A name that cannot be one segment of a URL's path.
package struct URLBuilderError: ExplainedError, Equatable {
    package let segment: String

    package var message: String { "'\(segment)' cannot be a part of a URL's path" }
    package var causes: [String] { ["servers read it as a step to another directory, or as nothing"] }
}
