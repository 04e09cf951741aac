package import HTTP

/// A request whose head is known to be unambiguous.
package struct ServerRequest: Sendable {
    package let method: String
    /// The path as it was sent, with its escapes.
    package let path: String
    /// What follows the `?`, as it was sent; `nil` without one.
    package let query: String?
    package let headers: HTTPHeaders
    /// The address that the connection comes from.
    package let peer: String
    package internal(set) var body: [UInt8]

    package init(
        _ method: String, _ path: String, query: String? = nil, headers: HTTPHeaders = [:], peer: String = "",
        body: [UInt8] = []
    ) {
        (self.method, self.path, self.query) = (method, path, query)
        (self.headers, self.peer, self.body) = (headers, peer, body)
    }

    /// How long the body will be.
    var announcedLength: Int { headers["Content-Length"].flatMap { Int($0) } ?? 0 }
}
