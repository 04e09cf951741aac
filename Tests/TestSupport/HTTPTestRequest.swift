/// A request as a test server received it.
package struct HTTPTestRequest: Sendable {
    package let method: String
    /// As sent: usually a path with its query, an absolute URL when asked as a proxy.
    package let target: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Counts the connections to the server from 1, to see which requests shared one.
    package let connection: Int

    /// The first value under a name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package var path: String { String(target.prefix { $0 != "?" }) }

    /// The query as it was sent, without its question mark.
    package var query: String { String(target.drop { $0 != "?" }.dropFirst()) }

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Reads requests off a connection, one after the other.
struct HTTPTestRequestReader {
    private static let longestHead = 1 << 20
    private static let longestBody = 256 << 20

    let socket: TestSocket
    let connection: Int
    private var buffer: [UInt8] = []

    init(_ socket: TestSocket, connection: Int) { (self.socket, self.connection) = (socket, connection) }

    /// `nil` at the end of the connection, or when what came is no request.
    mutating func next() -> HTTPTestRequest? {
        var lines: [String] = []
        while let line = readLine(), !line.isEmpty || lines.isEmpty { if !line.isEmpty { lines.append(line) } }
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = line[colon...].dropFirst().drop { $0 == " " }
            return (name: String(line[..<colon]), value: String(value))
        }
        guard let body = readBody(headers) else { return nil }
        return HTTPTestRequest(
            method: words[0], target: words[1], headers: headers, body: body, connection: connection)
    }

    private mutating func readBody(_ headers: [(name: String, value: String)]) -> [UInt8]? {
        func value(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
        if value("transfer-encoding")?.lowercased() == "chunked" { return readChunks() }
        return readBytes(value("content-length").flatMap { Int($0) } ?? 0)
    }

    private mutating func readChunks() -> [UInt8]? {
        var body: [UInt8] = []
        while let size = readLine().flatMap({ Int($0, radix: 16) }) {
            guard let bytes = readBytes(size), readLine() != nil else { return nil }
            if size == 0 { return body }
            body += bytes
        }
        return nil
    }

    private mutating func readLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[..<end].filter { $0 != 0x0D }
                buffer.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard buffer.count < Self.longestHead, fill() else { return nil }
        }
    }

    private mutating func readBytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= Self.longestBody else { return nil }
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private mutating func fill() -> Bool {
        let bytes = socket.receive()
        buffer += bytes
        return !bytes.isEmpty
    }
}
