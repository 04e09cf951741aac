/// The beginning and the end of a stream, however long it was.
package struct CapturedOutput: Sendable {
    package private(set) var head: [UInt8] = []
    package private(set) var droppedBytes = 0
    private var ring: [UInt8] = []
    private var ringStart = 0
    private let limit: Subprocess.CaptureLimit

    package init(limit: Subprocess.CaptureLimit = Subprocess.CaptureLimit()) { self.limit = limit }

    /// The last bytes, of those that no longer fitted into the head.
    package var tail: [UInt8] { Array(ring[ringStart...] + ring[..<ringStart]) }

    package var isEmpty: Bool { head.isEmpty }

    /// All that was kept; `nil` when something in the middle was not.
    package var whole: [UInt8]? { droppedBytes == 0 ? head + tail : nil }

    /// The stream as text, with a line that says how much was left out.
    package var text: String {
        let gap = droppedBytes == 0 ? "" : "\n… \(droppedBytes) bytes left out …\n"
        return String(decoding: head, as: UTF8.self) + gap + String(decoding: tail, as: UTF8.self)
    }

    /// The last lines of the text.
    package func lastLines(_ count: Int) -> [String] {
        text.split(whereSeparator: \.isNewline).suffix(count).map(String.init)
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        let fitting = bytes.prefix(max(0, limit.head - head.count))
        head += fitting
        let rest = bytes.dropFirst(fitting.count)
        guard !rest.isEmpty else { return }
        for byte in rest.suffix(limit.tail) { push(byte) }
        droppedBytes += max(0, rest.count - limit.tail)
    }

    private mutating func push(_ byte: UInt8) {
        if ring.count < limit.tail {
            ring.append(byte)
        } else {
            ring[ringStart] = byte
            ringStart = (ringStart + 1) % ring.count
            droppedBytes += 1
        }
    }
}

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    private var pending: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    mutating func add(_ bytes: ArraySlice<UInt8>, each: (String) -> Void) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                flush(each)
            } else {
                pending.append(byte)
                if pending.count >= limit { emit(each) }
            }
        }
    }

    /// Hands out a last line that no newline ended.
    mutating func finish(each: (String) -> Void) { if !pending.isEmpty { flush(each) } }

    private mutating func flush(_ each: (String) -> Void) {
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        emit(each)
    }

    private mutating func emit(_ each: (String) -> Void) {
        each(String(decoding: pending, as: UTF8.self))
        pending.removeAll(keepingCapacity: true)
    }
}
