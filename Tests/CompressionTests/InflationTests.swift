import Compression
import Testing

@Suite struct InflationTests {
    private static let text = Array(String(repeating: "one line of a log\n", count: 40).utf8)

    /// What `gzip.compress` and `zlib.compress` of Python make of it.
    private static let gzip: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0xcf, 0x4b, 0x55, 0xc8, 0xc9,
        0x04, 0x12, 0xf9, 0x69, 0x0a, 0x89, 0x0a, 0x39, 0xf9, 0xe9, 0x5c, 0xf9, 0xa3, 0x22, 0xa3, 0x22,
        0x43, 0x56, 0x04, 0x00, 0x7b, 0xb2, 0xc5, 0x89, 0xd0, 0x02, 0x00, 0x00,
    ]
    private static let zlib: [UInt8] = [
        0x78, 0xda, 0xcb, 0xcf, 0x4b, 0x55, 0xc8, 0xc9, 0x04, 0x12, 0xf9, 0x69, 0x0a, 0x89, 0x0a, 0x39,
        0xf9, 0xe9, 0x5c, 0xf9, 0xa3, 0x22, 0xa3, 0x22, 0x43, 0x56, 0x04, 0x00, 0x3c, 0x92, 0xec, 0xe1,
    ]

    @Test(arguments: [gzip, zlib]) func unpacks(packed: [UInt8]) {
        let found = Inflation.contents(of: packed, limit: 1 << 20)
        #expect(found?.bytes == Self.text && found?.isWhole == true)
    }

    @Test func unpacksSeveralPieces() {
        let found = Inflation.contents(of: Self.gzip + Self.gzip + [0, 0], limit: 1 << 20)
        #expect(found?.bytes == Self.text + Self.text && found?.isWhole == true)
    }

    @Test func takesNoMoreThanItMay() {
        let found = Inflation.contents(of: Self.gzip, limit: 100)
        #expect(found?.bytes == Array(Self.text.prefix(100)) && found?.isWhole == false)
        #expect(Inflation.contents(of: Self.gzip, limit: Self.text.count)?.isWhole == true)
    }

    @Test func whatIsDamagedEndsThere() throws {
        let cut = try #require(Inflation.contents(of: Array(Self.gzip.dropLast(12)), limit: 1 << 20))
        #expect(Self.text.starts(with: cut.bytes))
        let broken = Inflation.contents(of: [0x1F, 0x8B, 8, 0] + [UInt8](repeating: 7, count: 40), limit: 1 << 20)
        #expect(broken?.isWhole == true)
    }

    @Test func otherFilesAreNotPacked() {
        for text in ["", "x", "plain text", "PK\u{3}\u{4}"] {
            #expect(Inflation.contents(of: Array(text.utf8), limit: 1 << 20)?.bytes == nil)
        }
    }
}
