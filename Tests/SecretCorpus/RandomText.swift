internal import TestSupport

/// Random characters of the alphabets that services draw from; the same for the same seed.
struct RandomText {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private static let lower = Array("abcdefghijklmnopqrstuvwxyz")
    private static let upper = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    private static let digits = Array("0123456789")
    private static let hexDigits = Array("0123456789abcdef")
    private static let letters = upper + lower
    private static let alphanumerics = letters + digits
    private static let base64 = alphanumerics + Array("+/")
    private static let base64URL = alphanumerics + Array("-_")
    private static let syllables = Array(
        [
            "an", "ber", "cor", "del", "en", "fi", "gro", "hu", "in", "jo", "ka", "lim", "mo", "ner", "ol", "pra",
            "ri", "sta",
        ])

    mutating func choose<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func pick(_ count: Int, _ letters: String) -> String { pick(count, Array(letters)) }

    private mutating func pick(_ count: Int, _ letters: [Character]) -> String {
        var text = ""
        for _ in 0..<count { text.append(choose(letters)) }
        return text
    }

    mutating func hex(_ count: Int) -> String { pick(count, Self.hexDigits) }
    mutating func digits(_ count: Int) -> String { pick(count, Self.digits) }
    mutating func lower(_ count: Int) -> String { pick(count, Self.lower) }
    mutating func alphanumeric(_ count: Int) -> String { pick(count, Self.alphanumerics) }
    mutating func lowerAndDigits(_ count: Int) -> String { pick(count, Self.lower + Self.digits) }
    mutating func upperAndDigits(_ count: Int) -> String { pick(count, Self.upper + Self.digits) }
    mutating func base64(_ count: Int) -> String { pick(count, Self.base64) }
    mutating func base64URL(_ count: Int) -> String { pick(count, Self.base64URL) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    mutating func uuid() -> String {
        [hex(8), hex(4), "4" + hex(3), "a" + hex(3), hex(12)].joined(separator: "-")
    }

    /// A made-up word, as names in code have them.
    mutating func word() -> String { (0..<number(2...3)).map { _ in choose(Self.syllables) }.joined() }

    /// What a password manager makes up: every kind of character, none that a quoted string would have to escape.
    mutating func password() -> String {
        let signs = Array("!#%^*_-+=.,?")
        let needed = pick(1, Self.upper) + pick(2, Self.digits) + pick(1, signs) + pick(2, Self.lower)
        return String((needed + pick(number(6...14), Self.alphanumerics + signs)).shuffled(using: &random))
    }

    /// Base 64 of bytes, with padding.
    static func base64(of bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place > group.count ? "=" : base64[bits >> (18 - 6 * place) & 63])
            }
        }
        return text
    }

    static func base64URL(of text: String) -> String {
        String(base64(of: Array(text.utf8)).filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
