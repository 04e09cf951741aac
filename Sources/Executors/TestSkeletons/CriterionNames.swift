internal import Basics

/// The words of a text as names in source code can have them.
enum NameWords {
    private static let limit = 64

    /// Words of ASCII letters and digits, in lower case; what people write in ASCII for other letters, accents dropped.
    static func words(of text: String) -> [String] {
        var (words, current, length) = ([String](), "", 0)
        for scalar in text.unicodeScalars {
            if let letters = Transliteration.letters(of: scalar) {
                current += letters
                continue
            }
            // A letter and a diaeresis of its own are one letter.
            if scalar.value == 0x308, let last = current.last, "aou".contains(last) {
                current += "e"
                continue
            }
            // An apostrophe does not part a word, and neither does an accent of its own.
            if scalar == "'" || scalar == "’" || scalar.properties.generalCategory == .nonspacingMark { continue }
            if !current.isEmpty { words.append(current) }
            length += current.utf8.count + 1
            current = ""
            if length > limit { break }
        }
        if !current.isEmpty { words.append(String(current.prefix(limit))) }
        var kept: [String] = []
        var total = 0
        for word in words {
            total += word.utf8.count + 1
            if total > limit, !kept.isEmpty { break }
            kept.append(String(word.prefix(limit)))
        }
        return kept
    }

    static func snake(_ words: [String]) -> String { words.joined(separator: "_") }

    static func pascal(_ words: [String]) -> String {
        words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    static func camel(_ words: [String]) -> String { (words.first ?? "") + pascal(Array(words.dropFirst())) }
}

/// Gives each criterion a name of its own that the language takes.
struct CriterionNames {
    private let framework: TestFramework
    private var taken: Set<String> = []

    /// `taken`: names that are something else's already, as the type's around the tests.
    init(_ framework: TestFramework, taken: Set<String> = []) { (self.framework, self.taken) = (framework, taken) }

    mutating func next(for text: String, number: Int) -> String {
        if framework.namesAreTexts { return unique(text, separator: " ", brackets: true) }
        var words = NameWords.words(of: text)
        if words.isEmpty { words = ["criterion", "\(number)"] }
        var name = spelled(words)
        if framework.reserved.contains(name) || name.utf8.first.map({ $0 < UInt8(ascii: "A") }) ?? true {
            name = spelled(["criterion"] + words)
        }
        return unique(name, separator: framework.separator, brackets: false)
    }

    private func spelled(_ words: [String]) -> String {
        switch framework {
        case .pytest, .unittest: "test_" + NameWords.snake(words)
        case .go: "Test" + NameWords.pascal(words)
        case .xctest, .phpunit: "test" + NameWords.pascal(words)
        case .swiftTesting, .junit, .kotlinJUnit, .kotlinTest: NameWords.camel(words)
        case .xunit: NameWords.pascal(words)
        default: NameWords.snake(words)
        }
    }

    private mutating func unique(_ name: String, separator: String, brackets: Bool) -> String {
        var (candidate, number) = (name, 1)
        while !taken.insert(framework == .phpunit ? candidate.lowercased() : candidate).inserted {
            // Of many that are the same, each looks on from where the last one stopped.
            number = max(number, counts[name, default: 1]) + 1
            counts[name] = number
            candidate = brackets ? "\(name) (\(number))" : "\(name)\(separator)\(number)"
        }
        return candidate
    }

    private var counts: [String: Int] = [:]
}
