package import HTTP

/// What is answered.
package struct ServerResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// An open file, which is closed once it is sent.
        case file(descriptor: Int32, count: Int)
        /// Goes on until somebody ends it.
        case stream(ServerStream)
    }

    package var status: Int
    package var headers: HTTPHeaders
    package var body: Body
    /// What the service wants to be told again when the answer was sent; nobody else sees it.
    package var notes: [HTTPHeaders.Field] = []
    /// Nothing more is read from the connection.
    package var closes = false

    package init(_ status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    package init(_ status: Int, headers: HTTPHeaders = [:], text: String) {
        self.init(status, headers: headers, body: .bytes(Array(text.utf8)))
    }

    /// The whole body, where it is in memory.
    package var bytes: [UInt8] { if case .bytes(let bytes) = body { bytes } else { [] } }
}
