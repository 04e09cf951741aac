/// The spellings in which programs write a value: as it is, in one case, in base 64 and hexadecimal, for URLs and in JSON.
enum SecretSpellings {
    /// A spelling shorter than this could be anything.
    static let shortest = 8
    /// Further lines of a value are left to the shapes of keys.
    private static let mostLines = 200

    /// The value, and each longer line of one that has several.
    static func parts(of value: [UInt8]) -> [[UInt8]] {
        let lines = value.split(separator: 10, maxSplits: mostLines).map { line in
            line.last == 13 ? Array(line.dropLast()) : Array(line)
        }
        let own = lines.count > 1 ? lines.filter { $0.count >= 16 && !$0.starts(with: "-----".utf8) } : []
        return [value] + own
    }

    static func all(of value: [UInt8]) -> Set<[UInt8]> {
        var spellings: Set<[UInt8]> = [value, hex(value, upperDigits), hex(value, lowerDigits)]
        for offset in 0..<3 {
            for alphabet in [base64, base64URL] {
                let core = base64Core(of: value, offset, alphabet)
                spellings.insert(core)
                spellings.formUnion(pieces(of: core))
            }
        }
        for digits in [upperDigits, lowerDigits] {
            spellings.insert(percent(value, digits, kept: "-_.~"))
            spellings.insert(percent(value, digits, kept: "-_.~!'()*"))
            spellings.insert(percent(value, digits, kept: "-_.~", space: "+"))
        }
        for style in JSONEscapes.all { spellings.insert(json(value, style)) }
        if value.count >= shortestInOneCase {
            spellings.formUnion([folded(value, 65...90), folded(value, 97...122)])
        }
        return spellings.filter { $0.count >= shortest }
    }

    /// Those that programs break into lines.
    ///
    /// Of each the same without its first character, since one that stands alone in its line counts for nothing.
    static func inLines(of value: [UInt8]) -> Set<[UInt8]> {
        var spellings: Set<[UInt8]> = [hex(value, upperDigits), hex(value, lowerDigits)]
        for offset in 0..<3 {
            for alphabet in [base64, base64URL] { spellings.insert(base64Core(of: value, offset, alphabet)) }
        }
        if value.allSatisfy({ base64.contains($0) || base64URL.contains($0) }) { spellings.insert(value) }
        spellings.formUnion(spellings.map { Array($0.dropFirst()) })
        return spellings.filter { $0.count >= shortest }
    }

    /// Those that have something between their digits, and pieces of them: of each line of a dump, which has 16 bytes and
    /// begins with a place, one is whole.
    static func inPairs(of value: [UInt8]) -> Set<[UInt8]> {
        let digits = [hex(value, upperDigits), hex(value, lowerDigits)]
        return Set(digits + digits.flatMap(hexPieces))
    }

    // MARK: Case

    /// A shorter value in one case may be a word like any other.
    private static let shortestInOneCase = 12

    /// The value with the letters of one case turned into those of the other.
    private static func folded(_ value: [UInt8], _ letters: ClosedRange<UInt8>) -> [UInt8] {
        value.map { letters.contains($0) ? $0 ^ 32 : $0 }
    }

    // MARK: Base 64

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let base64 = Array((letters + "+/").utf8)
    private static let base64URL = Array((letters + "-_").utf8)

    /// The characters that the value alone decides, where so many bytes stand before it in its group of three.
    private static func base64Core(of value: [UInt8], _ offset: Int, _ alphabet: [UInt8]) -> [UInt8] {
        let bytes = [UInt8](repeating: 0, count: offset) + value
        let first = (offset * 8 + 5) / 6
        return (first..<bytes.count * 8 / 6).map { place in
            let (byte, bit) = (place * 6 / 8, place * 6 % 8)
            let pair = UInt16(bytes[byte]) << 8 | (byte + 1 < bytes.count ? UInt16(bytes[byte + 1]) : 0)
            return alphabet[Int(pair >> UInt16(10 - bit)) & 63]
        }
    }

    /// What `base64` breaks into lines, of 76 characters and of 60 at least.
    private static let shortestLine = 60
    /// So long that no other text has the same bytes by chance, and that each line holds some.
    private static let pieceLength = 20
    private static let mostPieces = 128

    /// Pieces of a long text that stand within its lines wherever it was broken; a few characters at their ends aside, they
    /// cover it.
    private static func pieces(of core: [UInt8]) -> [[UInt8]] {
        guard core.count >= shortestLine else { return [] }
        let step = min(pieceLength, max(4, (core.count / mostPieces + 3) / 4 * 4))
        return stride(from: 0, through: core.count - pieceLength, by: step).prefix(mostPieces).map {
            Array(core[$0..<($0 + pieceLength)])
        }
    }

    // MARK: Hexadecimal and URLs

    private static let upperDigits = Array("0123456789ABCDEF".utf8)
    private static let lowerDigits = Array("0123456789abcdef".utf8)

    private static func hex(_ value: [UInt8], _ digits: [UInt8]) -> [UInt8] {
        value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private static func hexPieces(of digits: [UInt8]) -> [[UInt8]] {
        guard digits.count > hexPiece else { return [] }
        return stride(from: 0, through: digits.count - hexPiece, by: hexPiece).prefix(mostPieces).map {
            Array(digits[$0..<($0 + hexPiece)])
        }
    }

    private static let hexPiece = 16

    private static func percent(_ value: [UInt8], _ digits: [UInt8], kept: String, space: String? = nil) -> [UInt8]
    {
        value.flatMap { byte -> [UInt8] in
            if SecretAlphabet.alphanumeric.contains(byte) || kept.utf8.contains(byte) { return [byte] }
            if byte == 32, let space { return Array(space.utf8) }
            return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    // MARK: JSON

    /// What a writer escapes besides what it must.
    private struct JSONEscapes {
        var slash = false
        /// `<`, `>` and `&`, as Go does.
        var markup = false
        /// All that is not ASCII, as Python does.
        var nonASCII = false

        static let all = [
            JSONEscapes(), JSONEscapes(slash: true), JSONEscapes(markup: true), JSONEscapes(nonASCII: true),
            JSONEscapes(slash: true, nonASCII: true),
        ]
    }

    private static func json(_ value: [UInt8], _ escapes: JSONEscapes) -> [UInt8] {
        String(decoding: value, as: UTF8.self).unicodeScalars.flatMap { scalar -> [UInt8] in
            switch scalar {
            case "\"": return Array("\\\"".utf8)
            case "\\": return Array("\\\\".utf8)
            case "\n": return Array("\\n".utf8)
            case "\r": return Array("\\r".utf8)
            case "\t": return Array("\\t".utf8)
            case "/" where escapes.slash: return Array("\\/".utf8)
            case "<", ">", "&":
                if escapes.markup { return escaped(UInt16(scalar.value)) }
            case _ where scalar.value < 32: return escaped(UInt16(scalar.value))
            case _ where escapes.nonASCII && scalar.value > 127:
                return String(scalar).utf16.flatMap(escaped)
            default: break
            }
            return Array(String(scalar).utf8)
        }
    }

    private static func escaped(_ unit: UInt16) -> [UInt8] {
        Array("\\u".utf8) + [12, 8, 4, 0].map { lowerDigits[Int(unit >> UInt16($0)) & 15] }
    }
}
