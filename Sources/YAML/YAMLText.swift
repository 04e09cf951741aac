internal import Basics
internal import CYAML

/// The bytes of a file, and the way from libyaml's marks to places in it.
struct YAMLText {
    let bytes: [UInt8]
    /// Where the text starts, behind a byte order mark.
    let start: Int
    /// The byte offset of every 64th scalar of the text; `nil` while all of it is ASCII.
    private let offsets: [UInt32]?

    init(_ bytes: [UInt8], limit: Int) throws(YAMLError) {
        let none = SourceSpan(start: .start, end: .start)
        guard bytes.count <= min(limit, Int(Int32.max)) else {
            throw YAMLError(
                .tooLarge, "the file has \(SizeText.text(bytes.count)); at most \(SizeText.text(limit)) are read",
                at: none)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw YAMLError(.notText, "the file is UTF-16", at: none, hint: "save it as UTF-8")
        }
        start = bytes.textStart
        self.bytes = bytes
        let scan = Self.scan(bytes, from: start)
        if let problem = scan.problem {
            let place = Self.position(of: problem.offset, in: bytes)
            throw YAMLError(
                .notText, "\(problem.words) at byte \(problem.offset)", at: SourceSpan(start: place, end: place),
                hint: "save the file as UTF-8 text")
        }
        offsets = scan.offsets
    }

    func position(_ mark: yaml_mark_t) -> SourcePosition {
        SourcePosition(
            offset: offset(ofScalar: Int(mark.index)), line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func offset(ofScalar index: Int) -> Int {
        guard let offsets else { return min(start + index, bytes.count) }
        guard index / Self.stride < offsets.count else { return bytes.count }
        var offset = Int(offsets[index / Self.stride])
        for _ in 0..<index % Self.stride where offset < bytes.count { offset += Self.length(from: bytes[offset]) }
        return offset
    }

    private static let stride = 64

    func span(_ start: yaml_mark_t, _ end: yaml_mark_t) -> SourceSpan {
        SourceSpan(start: position(start), end: position(end))
    }

    /// A block scalar's span ends in white space that does not belong to it.
    func tightened(_ span: SourceSpan) -> SourceSpan {
        var end = span.end.offset
        while end > span.start.offset, [32, 9, 10, 13].contains(bytes[end - 1]) { end -= 1 }
        return end == span.end.offset
            ? span : SourceSpan(start: span.start, end: Self.position(of: end, in: bytes, from: span.start))
    }

    /// Counts lines and columns from a place that is known.
    private static func position(
        of offset: Int, in bytes: [UInt8], from start: SourcePosition = .start
    ) -> SourcePosition {
        var (line, column) = (start.line, start.column)
        for byte in bytes[start.offset..<offset] {
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourcePosition(offset: offset, line: line, column: column)
    }

    private static func scan(
        _ bytes: [UInt8], from start: Int
    ) -> (offsets: [UInt32]?, problem: (words: String, offset: Int)?) {
        let kinds = bytes.withUnsafeBytes(Self.kinds)
        if kinds.hasZero, let zero = bytes.firstIndex(of: 0) {
            return (nil, ("the file is binary: there is a NUL byte", zero))
        }
        if kinds.isASCII { return (nil, nil) }
        var offsets: [UInt32] = []
        offsets.reserveCapacity(bytes.count / stride + 1)
        var (index, count) = (start, 0)
        while index < bytes.count {
            guard let length = scalarLength(bytes, at: index) else {
                return (nil, ("the file is not valid UTF-8: there is a stray byte", index))
            }
            if count.isMultiple(of: stride) { offsets.append(UInt32(index)) }
            (index, count) = (index + length, count + 1)
        }
        if count.isMultiple(of: stride) { offsets.append(UInt32(index)) }
        return (offsets, nil)
    }

    /// Looks at eight bytes at a time.
    private static func kinds(of bytes: UnsafeRawBufferPointer) -> (hasZero: Bool, isASCII: Bool) {
        let (ones, high) = (UInt64(0x0101_0101_0101_0101), UInt64(0x8080_8080_8080_8080))
        var (zeros, seen) = (UInt64(0), UInt64(0))
        let words = bytes.count / 8
        for word in 0..<words {
            let value = bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
            zeros |= (value &- ones) & ~value & high
            seen |= value
        }
        var (hasZero, isASCII) = (zeros != 0, seen & high == 0)
        for byte in bytes[(words * 8)...] { (hasZero, isASCII) = (hasZero || byte == 0, isASCII && byte < 0x80) }
        return (hasZero, isASCII)
    }

    private static func length(from first: UInt8) -> Int {
        first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    }

    /// The length of the well-formed UTF-8 sequence at `index`.
    private static func scalarLength(_ bytes: [UInt8], at index: Int) -> Int? {
        let first = bytes[index]
        let length = length(from: first)
        if length == 1 { return 1 }
        guard (0xC2...0xF4).contains(first), index + length <= bytes.count else { return nil }
        for place in 1..<length where bytes[index + place] & 0xC0 != 0x80 { return nil }
        let second = bytes[index + 1]
        switch first {
        case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90,
            0xF4 where second > 0x8F:
            return nil
        default: return length
        }
    }
}
