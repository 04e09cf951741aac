internal import Basics

/// Letters as people write them where there is nothing but ASCII.
enum Transliteration {
    /// The letters in lower case; `nil` for what is no letter, or one of a script without such a habit.
    static func letters(of scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "a"..."z", "0"..."9": return String(scalar)
        case "A"..."Z": return Unicode.Scalar(scalar.value | 0x20).map { String($0) }
        case _ where scalar.value < 0x80: return nil
        default: break
        }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
        return table[lower] ?? latin(lower)
    }

    private static let table: [Unicode.Scalar: String] = {
        let pairs = """
            ä ae ö oe ü ue ß ss æ ae ø oe å aa œ oe þ th ð d đ d ł l ħ h ı i ĳ ij ŋ ng ŧ t
            а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch
            ш sh щ shch ы y э e ю yu я ya є ye і i ї yi ґ g ў u ј j љ lj њ nj ћ c ђ dj џ dz
            α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o
            ά a έ e ή i ί i ό o ύ y ώ o ϊ i ϋ y
            """
        let words = pairs.split(whereSeparator: \.isWhitespace)
        var table: [Unicode.Scalar: String] = ["ъ": "", "ь": ""]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            if let letter = words[index].unicodeScalars.first { table[letter] = String(words[index + 1]) }
        }
        return table
    }()

    /// `LATIN SMALL LETTER E WITH ACUTE` is an e.
    private static func latin(_ scalar: Unicode.Scalar) -> String? {
        guard let name = scalar.properties.name, name.hasPrefix("LATIN "),
            let range = name.ranges(of: "LETTER ").first
        else { return nil }
        let rest = name[range.upperBound...].unicodeScalars
        guard let first = rest.first, rest.dropFirst().first ?? " " == " " else { return nil }
        return Unicode.Scalar(first.value | 0x20).map { String($0) }
    }
}
