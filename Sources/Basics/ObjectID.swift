/// The name of a git object: 20 bytes, written as 40 lower-case hex digits.
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// Takes exactly 20 bytes.
    package init?(bytes: some Collection<UInt8>) {
        let known = bytes.withContiguousStorageIfAvailable { ObjectID(raw: UnsafeRawBufferPointer($0)) }
        guard let id = known ?? Array(bytes).withUnsafeBytes({ ObjectID(raw: $0) }) else { return nil }
        self = id
    }

    /// Takes exactly 20 bytes, as they lie in memory.
    package init?(raw bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 20 else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        middle = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        low = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    }

    /// Takes exactly 40 hex digits.
    package init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] {
        Self.bigEndian(high) + Self.bigEndian(middle) + Self.bigEndian(low)
    }

    package var hex: String { Hex.encode(bytes) }

    /// The first seven digits, for people.
    package var short: String { String(hex.prefix(7)) }

    package var description: String { hex }

    /// The object id that git uses to say "nothing here".
    package static let zero = ObjectID(high: 0, middle: 0, low: 0)

    private init(high: UInt64, middle: UInt64, low: UInt32) {
        (self.high, self.middle, self.low) = (high, middle, low)
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
    }
}
