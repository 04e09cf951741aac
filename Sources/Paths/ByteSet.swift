/// A set of bytes.
package struct ByteSet: Hashable, Sendable {
    private var bits = SIMD4<UInt64>()

    package init() {}

    package static let all = ~ByteSet()

    package func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }

    package mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    package mutating func insert(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

    package mutating func remove(_ byte: UInt8) { bits[Int(byte >> 6)] &= ~(1 << UInt64(byte & 63)) }

    package func meets(_ other: ByteSet) -> Bool { bits & other.bits != SIMD4() }

    package static prefix func ~ (set: ByteSet) -> ByteSet {
        var result = set
        result.bits = ~set.bits
        return result
    }
}
