internal import CMicroHTTPD
internal import HTTP

/// Gives answers to the library.
struct ResponseWriter {
    /// What a connection that streams keeps for what it sends.
    private static let streamBlock = 1024

    let library: MicroHTTPDLibrary

    /// Queues an answer; `false` when the connection is to be dropped instead.
    func queue(_ response: ServerResponse, closing: Bool, on connection: OpaquePointer) -> Bool {
        guard let made = make(response, connection) else { return false }
        defer { cmhd_response_release(library.functions, made) }
        // What cannot be sent as it is would become something else: the answer is dropped rather than changed.
        for field in response.headers {
            guard field.isWellFormed, cmhd_response_header(library.functions, made, field.name, field.value) else {
                return false
            }
        }
        if response.closes || closing, !cmhd_response_header(library.functions, made, "Connection", "close") {
            return false
        }
        return cmhd_queue(library.functions, connection, UInt32(response.status), made)
    }

    private func make(_ response: ServerResponse, _ connection: OpaquePointer) -> OpaquePointer? {
        switch response.body {
        case .bytes(let bytes): return cmhd_response_bytes(library.functions, bytes, bytes.count)
        case .file(let descriptor, let count):
            return cmhd_response_file(library.functions, descriptor, UInt64(count))
        case .stream(let stream):
            let reading = StreamReading(stream: stream, library: library, connection: connection)
            return cmhd_response_stream(
                library.functions, Self.streamBlock, readStream, Unmanaged.passRetained(reading).toOpaque(),
                releaseStream)
        }
    }
}

/// A stream and the connection that takes from it.
private final class StreamReading: Sendable {
    let stream: ServerStream
    let library: MicroHTTPDLibrary
    nonisolated(unsafe) let connection: OpaquePointer

    init(stream: ServerStream, library: MicroHTTPDLibrary, connection: OpaquePointer) {
        (self.stream, self.library, self.connection) = (stream, library, connection)
    }
}

private func readStream(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ most: Int
) -> Int {
    guard let context, let buffer else { return -2 }
    let reading = Unmanaged<StreamReading>.fromOpaque(context).takeUnretainedValue()
    return reading.stream.take(into: buffer, most, reading.library, reading.connection)
}

private func releaseStream(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<StreamReading>.fromOpaque(context).takeRetainedValue().stream.leave()
}
