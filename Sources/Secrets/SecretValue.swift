/// How random a piece of text looks.
struct SecretValue {
    let length: Int
    /// How many different characters there are.
    private(set) var distinct = 0
    /// How often lower case, upper case, digits and signs follow on each other; words change seldom.
    private(set) var changes = 0
    /// Bits a character, by the characters' own frequencies.
    let entropy: Double
    private var kinds: UInt8 = 0

    init(_ text: SecretText, _ range: Range<Int>) {
        length = range.count
        var counts = [UInt16](repeating: 0, count: 256)
        var last: UInt8 = 0
        for index in range {
            let byte = text[index]
            counts[Int(byte)] &+= 1
            let kind = Self.kind(byte)
            kinds |= kind
            if last != 0, kind != last, kind != 8, last != 8 { changes += 1 }
            last = kind
        }
        var bits = 0.0
        for count in counts where count > 0 {
            distinct += 1
            bits += Double(count) * (Self.logarithm(length) - Self.logarithm(Int(count)))
        }
        entropy = length > 0 ? bits / Double(length) : 0
    }

    private static func kind(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 97...122: 1
        case 65...90: 2
        case 48...57: 4
        default: 8
        }
    }

    var hasDigit: Bool { kinds & 4 != 0 }
    var hasLetter: Bool { kinds & 3 != 0 }

    /// How many of lower case, upper case, digits and signs occur.
    var kindCount: Int { kinds.nonzeroBitCount }

    /// Letters of both cases or with digits, that change places too often for a name.
    var isMixed: Bool { (kinds & 7).nonzeroBitCount >= 2 && changes >= max(3, length / 8) && distinct >= 8 }

    /// What a program makes up: long, mixed, and no character too frequent.
    func isRandom(from shortest: Int) -> Bool {
        length >= shortest && length <= 512 && isMixed && hasDigit && hasLetter && changes >= length / 6
            && entropy >= (length < 24 ? 3.0 : 3.2)
    }

    /// What a person makes up when a form asks for signs and digits.
    var isPassword: Bool {
        guard (8...128).contains(length), hasDigit, hasLetter, distinct >= 6 else { return false }
        return (kindCount >= 3 && changes >= 2) || (length >= 10 && changes >= 3 && entropy >= 3.0)
    }

    /// Base-two logarithms of whole numbers, from a table.
    private static func logarithm(_ number: Int) -> Double {
        number < logarithms.count ? logarithms[number] : logarithms[logarithms.count - 1]
    }

    private static let logarithms: [Double] = (0...4096).map { number in
        guard number > 0 else { return 0 }
        var (value, result, step) = (Double(number), 0.0, 1.0)
        while value >= 2 {
            value /= 2
            result += 1
        }
        // Squares the rest bit by bit.
        for _ in 0..<24 {
            value *= value
            step /= 2
            if value >= 2 {
                value /= 2
                result += step
            }
        }
        return result
    }
}
