/// Gathers one answer as libcurl hands it over, within limits.
final class ResponseSink {
    enum Stop: Equatable {
        case tooLarge(HTTPError.Part, limit: Int)
        case malformed(String)
        case enough
    }

    private static let headerLimit = 256 << 10

    private let bodyLimit: Int
    private let onChunk: (([UInt8]) -> Bool)?

    private(set) var status = 0
    /// Whether the answer's headers came to their end; libcurl takes an answer that ends in their midst.
    private(set) var isHeadComplete = false
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []
    /// Whether part of the answer has been handed over, so that it cannot be asked for again.
    private(set) var hasHandedOver = false
    /// Why the transfer was broken off, if this side did it.
    private(set) var stop: Stop?
    /// Whether libcurl was about to send the request, on whichever connection.
    var isSending = false
    private var headerBytes = 0
    private(set) var bodyBytes = 0

    /// With `onChunk`, the body of a success goes there, and that of anything else is gathered.
    init(bodyLimit: Int, onChunk: (([UInt8]) -> Bool)?) {
        (self.bodyLimit, self.onChunk) = (bodyLimit, onChunk)
    }

    /// Takes one header line with its line end; `false` breaks the transfer off.
    func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else {
            stop = .tooLarge(.headers, limit: Self.headerLimit)
            return false
        }
        let line = bytes.prefix { $0 != 0x0D && $0 != 0x0A }
        if line.isEmpty {
            endHeaders()
        } else if !isHeadComplete {
            take(line: String(decoding: line, as: UTF8.self))
        }
        return stop == nil
    }

    private func endHeaders() {
        // Answers below 200 only announce the one that counts.
        isHeadComplete = status >= 200
        // Two lengths that differ are two opinions on where the next answer starts.
        if Set(headers.values("Content-Length")).count > 1 { stop = .malformed("it has two lengths") }
    }

    private func take(line: String) {
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count > 1, let code = String(words[1]).decimal, (100...999).contains(code) else {
                stop = .malformed("a status line without a status")
                return
            }
            (status, headers) = (code, HTTPHeaders())
        } else if let colon = line.firstIndex(of: ":") {
            headers.add(
                String(line[..<colon]).trimmingBlanks, String(line[line.index(after: colon)...]).trimmingBlanks)
        }
    }

    /// Takes decompressed body bytes; `false` breaks the transfer off.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bodyBytes += bytes.count
        guard bodyBytes <= bodyLimit else {
            stop = .tooLarge(.body, limit: bodyLimit)
            return false
        }
        guard let onChunk, (200..<300).contains(status) else {
            body += bytes
            return true
        }
        hasHandedOver = true
        if !onChunk(Array(bytes)) { stop = .enough }
        return stop == nil
    }
}
