internal import Basics
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A small real HTTP server on loopback: a thread for each connection, answers from a closure.
package final class HTTPTestServer: Sendable {
    /// What a client sent.
    package struct Request: Sendable {
        package let method: String
        package let path: String
        package let headers: [String: String]
        package let body: [UInt8]
    }

    /// What the server does about it.
    package enum Answer: Sendable {
        case status(Int, headers: [(String, String)] = [], body: [UInt8] = [])
        /// Exactly these bytes, whatever they are, and then the end of the connection.
        case raw([UInt8])
        /// The end of the connection, without a word.
        case hangUp
        /// Silence, until the client gives up.
        case stall
    }

    package let port: UInt16
    private let descriptor: Int32
    private let received = Mutex<[Request]>([])
    private let handler: @Sendable (Request, Int) -> Answer

    /// The handler gets each request and how many came before it.
    package init(_ handler: @escaping @Sendable (Request, Int) -> Answer) throws {
        self.handler = handler
        (descriptor, port) = try Self.listen()
        let descriptor = descriptor
        Thread.start { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                guard let server = self else { close(connection); return }
                Thread.start { server.serve(connection) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    package var requests: [Request] { received.withLock { $0 } }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        while let request = Self.read(connection) {
            let count = received.withLock { all in
                all.append(request)
                return all.count - 1
            }
            switch handler(request, count) {
            case .status(let status, let headers, let body):
                var head = "HTTP/1.1 \(status) Something\r\nContent-Length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                Self.write(Array((head + "\r\n").utf8) + (request.method == "HEAD" ? [] : body), connection)
            case .raw(let bytes):
                Self.write(bytes, connection)
                return
            case .hangUp: return
            case .stall:
                var byte: UInt8 = 0
                _ = recv(connection, &byte, 1, 0)
                return
            }
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        func more() -> Bool {
            let count = recv(connection, &chunk, chunk.count, 0)
            if count > 0 { bytes += chunk[..<count] }
            return count > 0
        }
        let end = Array("\r\n\r\n".utf8)
        while bytes.firstRange(of: end) == nil { guard more() else { return nil } }
        guard let head = bytes.firstRange(of: end) else { return nil }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while bytes.count - head.upperBound < length { guard more() else { return nil } }
        return Request(
            method: String(words[0]), path: String(words[1]), headers: headers,
            body: Array(bytes[head.upperBound...]))
    }

    private static func write(_ bytes: [UInt8], _ connection: Int32) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            done += count
        }
    }

    private static func listen() throws -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw FileError("listen on", "127.0.0.1", errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// A thread of its own for work that blocks.
package enum Thread {
    package static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Work(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { context in
                context.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, context)
        pthread_detach(thread)
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
