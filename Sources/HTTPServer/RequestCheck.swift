internal import HTTP

/// Refuses what two readers of HTTP could understand differently: where one request ends and the next begins, and whom
/// it is for, must not be a matter of opinion.
struct RequestCheck {
    /// Together, as they came.
    static let headerLimit = 8 << 10
    static let fieldLimit = 100
    static let targetLimit = 4 << 10

    struct Refusal: Error, Equatable {
        let status: Int
        let reason: String

        init(_ status: Int, _ reason: String) { (self.status, self.reason) = (status, reason) }
    }

    let method: String
    let version: String
    let fields: [HTTPHeaders.Field]

    /// The path and the query of an unambiguous request.
    func checked(_ target: String) throws(Refusal) -> (path: String, query: String?) {
        guard Self.isToken(method), method.utf8.count <= 20 else { throw Refusal(400, "the method is no token") }
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            throw Refusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        try checkFields()
        let host = try host()
        try checkFraming()
        try checkExpectation()
        return try split(target, host: host)
    }

    // MARK: Header fields

    private func checkFields() throws(Refusal) {
        guard fields.count <= Self.fieldLimit,
            fields.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }) <= Self.headerLimit
        else { throw Refusal(431, "the header is larger than 8 KiB, or has more than \(Self.fieldLimit) fields") }
        for field in fields {
            guard Self.isToken(field.name) else { throw Refusal(400, "the name of a header field is no token") }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw Refusal(400, "the header field '\(field.name)' holds a control character")
            }
            // What a gateway of another language takes for the real one.
            guard
                !["content_length", "transfer_encoding", "content-length_", "host_"].contains(
                    field.name.lowercased())
            else { throw Refusal(400, "the header field '\(field.name)' looks like one that frames the request") }
        }
    }

    private func values(_ name: String) -> [String] {
        fields.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }.map(\.value)
    }

    private func host() throws(Refusal) -> String? {
        let hosts = values("host")
        guard hosts.count <= 1 else { throw Refusal(400, "there is more than one Host") }
        guard let host = hosts.first else {
            guard version == "HTTP/1.0" else { throw Refusal(400, "there is no Host") }
            return nil
        }
        guard !host.isEmpty, host.utf8.count <= 255,
            host.utf8.allSatisfy({ Self.isAlphanumeric($0) || Self.hostMarks.contains($0) })
        else { throw Refusal(400, "the Host is no host") }
        return host
    }

    // MARK: Framing

    private func checkFraming() throws(Refusal) {
        let (lengths, codings) = (values("content-length"), values("transfer-encoding"))
        guard lengths.isEmpty || codings.isEmpty else {
            throw Refusal(400, "there are both Content-Length and Transfer-Encoding")
        }
        guard lengths.count <= 1 else { throw Refusal(400, "there is more than one Content-Length") }
        if let length = lengths.first {
            guard (1...18).contains(length.utf8.count), length.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw Refusal(400, "the Content-Length is no number")
            }
        }
        // A body that is framed by itself is where readers differ most; its length costs a client nothing.
        guard codings.isEmpty else { throw Refusal(411, "send the body with a Content-Length") }
        let framing: Set<String> = ["content-length", "transfer-encoding", "host", "authorization"]
        for name in values("connection").flatMap({ $0.split(separator: ",") })
        where framing.contains(name.filter { $0 != " " && $0 != "\t" }.lowercased()) {
            throw Refusal(400, "the Connection field names '\(name)', which is no matter of this connection alone")
        }
    }

    private func checkExpectation() throws(Refusal) {
        for expected in values("expect") where expected.lowercased() != "100-continue" {
            throw Refusal(417, "only 'Expect: 100-continue' is understood")
        }
    }

    // MARK: Target

    private func split(_ target: String, host: String?) throws(Refusal) -> (path: String, query: String?) {
        guard target.utf8.count <= Self.targetLimit else { throw Refusal(414, "the target is longer than 4 KiB") }
        guard
            target.utf8.allSatisfy({
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\")
            })
        else { throw Refusal(400, "the target holds what must be escaped") }
        let rest = try withoutOrigin(target, host)
        guard rest.first == "/" else { throw Refusal(400, "the target does not begin with '/'") }
        guard let mark = rest.firstIndex(of: "?") else { return (String(rest), nil) }
        return (String(rest[..<mark]), String(rest[rest.index(after: mark)...]))
    }

    /// The absolute form must say the same as the Host.
    private func withoutOrigin(_ target: String, _ host: String?) throws(Refusal) -> Substring {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard let host, authority.lowercased() == host.lowercased() else {
                throw Refusal(400, "the target names another host than the Host field")
            }
            return rest.dropFirst(authority.count)
        }
        return target[...]
    }

    // MARK: Bytes

    private static let hostMarks = Array(".-_:[]".utf8)
    private static let tokenMarks = Array("!#$%&'*+-.^_`|~".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || tokenMarks.contains($0) }
    }
}
