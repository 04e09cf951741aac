/// Finds credentials in a text by the shapes that only credentials have, in one pass over the bytes.
package enum SecretScan {
    /// A place that holds a credential; never the credential itself.
    package struct Finding: Hashable, Sendable {
        package let kind: String
        package let range: Range<Int>
        /// Counted from 1.
        package let line: Int
    }

    /// What is looked for besides tokens and keys that cannot be anything else.
    package struct Extent: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Every password in a URL, those of examples as well.
        package static let urlPasswords = Extent(rawValue: 1)
        /// Passwords in URLs that are no example and lead to no local server.
        package static let connections = Extent(rawValue: 2)
        /// Values that look random, where the name before them says password, token or key.
        package static let assignments = Extent(rawValue: 4)
    }

    /// What is found, in order.
    ///
    /// Passwords in URLs are left out unless asked for, as examples in documentation have them too.
    package static func findings(in bytes: [UInt8], includingURLPasswords: Bool = false) -> [Finding] {
        findings(in: bytes, extent: includingURLPasswords ? .urlPasswords : [])
    }

    package static func findings(in bytes: [UInt8], extent: Extent) -> [Finding] {
        bytes.withUnsafeBufferPointer { buffer in
            SecretTable.shared.triggers.withUnsafeBufferPointer { triggers in
                scan(SecretText(buffer), triggers, extent)
            }
        }
    }

    /// Looks at two bytes at a time; only the few pairs that can begin something cost more than that.
    private static func scan(
        _ text: SecretText, _ triggers: UnsafeBufferPointer<UInt8>, _ extent: Extent
    ) -> [Finding] {
        var findings: [Finding] = []
        var (index, counted, line) = (0, 0, 1)
        // A token that ends the text is longer than the last byte, so the last pair is enough.
        let end = text.count - 1
        while index < end {
            let trigger = triggers[Int(text[index]) << 8 | Int(text[index + 1])]
            guard trigger != 0, let match = match(text, index, trigger, extent) else {
                index += 1
                continue
            }
            line += text.lines(in: counted..<match.range.lowerBound)
            findings.append(Finding(kind: match.kind, range: match.range, line: line))
            counted = match.range.lowerBound
            index = max(match.range.upperBound, index + 1)
        }
        return findings
    }

    private static func match(
        _ text: SecretText, _ index: Int, _ trigger: UInt8, _ extent: Extent
    ) -> SecretMatch? {
        if trigger & SecretTable.beginsToken != 0, index == 0 || !text.isWord(index - 1),
            let match = SecretTable.shared.token(in: text, at: index)
        {
            return match
        }
        if trigger & SecretTable.isInside != 0, let match = text.tokenAround(index) { return match }
        guard trigger & SecretTable.assigns != 0 else { return nil }
        if !extent.isDisjoint(with: [.urlPasswords, .connections]), let range = text.urlPassword(at: index) {
            let isMeant = extent.contains(.urlPasswords) || text.isRealPassword(range)
            if isMeant { return SecretMatch(kind: "a password in a URL", range: range) }
        }
        return extent.contains(.assignments) ? text.assignment(at: index) : nil
    }
}

/// What was found, and where.
struct SecretMatch {
    let kind: String
    let range: Range<Int>
}

/// The bytes that are searched, with what the searches ask of them.
struct SecretText {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var count: Int { bytes.count }

    subscript(index: Int) -> UInt8 { bytes[index] }

    func isWord(_ index: Int) -> Bool { SecretAlphabet.word.contains(bytes[index]) }

    func lines(in range: Range<Int>) -> Int {
        var count = 0
        for index in range where bytes[index] == 10 { count += 1 }
        return count
    }

    func hasPrefix(_ prefix: [UInt8], at index: Int) -> Bool {
        guard index + prefix.count <= count else { return false }
        for (offset, byte) in prefix.enumerated() where bytes[index + offset] != byte { return false }
        return true
    }

    /// The end of the run of an alphabet that begins here, at most `limit` bytes on.
    func end(of alphabet: SecretAlphabet, from start: Int, limit: Int = 4096) -> Int {
        var index = start
        let last = min(count, start + limit)
        while index < last, alphabet.contains(bytes[index]) { index += 1 }
        return index
    }

    /// A copy in lower case.
    func lowered(_ range: Range<Int>) -> [UInt8] {
        range.map { (65...90).contains(bytes[$0]) ? bytes[$0] | 0x20 : bytes[$0] }
    }
}

/// A set of ASCII characters, as a bit for each kind of character.
struct SecretAlphabet: OptionSet, Sendable {
    let rawValue: UInt16

    static let lower = SecretAlphabet(rawValue: 1)
    static let upper = SecretAlphabet(rawValue: 2)
    static let digit = SecretAlphabet(rawValue: 4)
    static let underscore = SecretAlphabet(rawValue: 8)
    static let hyphen = SecretAlphabet(rawValue: 16)
    static let dot = SecretAlphabet(rawValue: 32)
    static let base64Sign = SecretAlphabet(rawValue: 64)
    static let hexLetter = SecretAlphabet(rawValue: 128)
    static let space = SecretAlphabet(rawValue: 256)

    static let alphanumeric: SecretAlphabet = [.lower, .upper, .digit]
    static let word: SecretAlphabet = [.lower, .upper, .digit, .underscore, .hyphen]
    static let dotted: SecretAlphabet = [.lower, .upper, .digit, .underscore, .hyphen, .dot]
    static let hex: SecretAlphabet = [.digit, .hexLetter]
    static let base64: SecretAlphabet = [.lower, .upper, .digit, .base64Sign]

    private static let kinds: [UInt16] = (0..<256).map { value in
        let byte = UInt8(value)
        switch byte {
        case 97...102: return Self.lower.rawValue | Self.hexLetter.rawValue
        case 103...122: return Self.lower.rawValue
        case 65...90: return Self.upper.rawValue
        case 48...57: return Self.digit.rawValue
        case UInt8(ascii: "_"): return Self.underscore.rawValue
        case UInt8(ascii: "-"): return Self.hyphen.rawValue
        case UInt8(ascii: "."): return Self.dot.rawValue
        case UInt8(ascii: " "): return Self.space.rawValue
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return Self.base64Sign.rawValue
        default: return 0
        }
    }

    func contains(_ byte: UInt8) -> Bool { Self.kinds[Int(byte)] & rawValue != 0 }
}
