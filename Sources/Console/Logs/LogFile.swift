internal import Basics
internal import Glibc
internal import HTTPServer

/// A log that may be large: only what is shown or searched is read.
final class LogFile {
    /// What a page shows at most.
    static let windowSize = 64 << 10
    private static let pieceSize = 1 << 20
    private static let lineBreak = UInt8(ascii: "\n")

    let size: Int
    private let descriptor: Int32?
    private let bytes: [UInt8]

    init(_ body: ServerResponse.Body) {
        switch body {
        case .file(let descriptor, let count): (self.descriptor, bytes, size) = (descriptor, [], count)
        case .bytes(let bytes): (descriptor, self.bytes, size) = (nil, bytes, bytes.count)
        case .stream: (descriptor, bytes, size) = (nil, [], 0)
        }
    }

    deinit { if let descriptor { close(descriptor) } }

    /// Some lines from a place on: whole ones, unless a single one is longer than a page.
    func window(at place: Int) throws(ConsoleProblem) -> Range<Int> {
        let start = max(0, min(place, size))
        guard start + Self.windowSize < size else { return start..<size }
        let piece = try read(start, Self.windowSize)
        let end = piece.lastIndex(of: Self.lineBreak).map { $0 + 1 } ?? piece.count
        return start..<(start + end)
    }

    /// Where the page before a place begins, or the last page where that is the end.
    func start(ofPageBefore place: Int) throws(ConsoleProblem) -> Int {
        let from = max(0, min(place, size) - Self.windowSize)
        return from == 0 ? 0 : try start(ofLineAt: from, upTo: place)
    }

    /// The first line that begins at or behind a place.
    private func start(ofLineAt place: Int, upTo end: Int) throws(ConsoleProblem) -> Int {
        let piece = try read(place, min(Self.windowSize, end - place))
        return piece.firstIndex(of: Self.lineBreak).map { min(end, place + $0 + 1) } ?? place
    }

    /// The line that holds the words first, at or behind a place; `words` is in small letters.
    func line(holding words: [UInt8], from start: Int) throws(ConsoleProblem) -> Int? {
        var place = max(0, start)
        while place < size {
            let piece = try read(place, Self.pieceSize + words.count)
            if let found = LogSearch.first(words, in: piece, from: 0) { return try lineStart(of: place + found) }
            guard piece.count > words.count else { return nil }
            place += min(Self.pieceSize, piece.count - words.count + 1)
        }
        return nil
    }

    /// Where the line of a place begins, or a page before it where the line is longer.
    private func lineStart(of place: Int) throws(ConsoleProblem) -> Int {
        let from = max(0, place - Self.windowSize)
        let before = try read(from, place - from)
        return before.lastIndex(of: Self.lineBreak).map { from + $0 + 1 } ?? from
    }

    func read(_ start: Int, _ count: Int) throws(ConsoleProblem) -> [UInt8] {
        let end = min(size, start + count)
        guard start < end else { return [] }
        guard let descriptor else { return Array(bytes[start..<end]) }
        var (piece, got) = ([UInt8](repeating: 0, count: end - start), 0)
        while got < piece.count {
            let more = piece.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + got, $0.count - got, off_t(start + got))
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw ConsoleProblem(500, "The log cannot be read", "it ended before its time") }
            got += more
        }
        return piece
    }
}
