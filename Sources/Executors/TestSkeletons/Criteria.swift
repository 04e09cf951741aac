internal import Basics

/// The acceptance criteria of a task, each on one line.
package struct Criteria {
    package let texts: [String]

    private static let limit = 20_000
    private static let lengthLimit = 1000

    package init(_ criteria: [String]) throws(ExecutorError) {
        guard !criteria.isEmpty else {
            throw ExecutorError(
                "tests", "the task has no acceptance criteria to write tests for",
                hint: "add acceptance_criteria to the task, one sentence each")
        }
        guard criteria.count <= Self.limit else {
            throw ExecutorError(
                "tests", "the task has \(criteria.count) criteria; at most \(Self.limit) become tests")
        }
        texts = criteria.enumerated().map { index, text in
            let line = Self.line(text)
            return line.isEmpty ? "criterion \(index + 1), which has no words" : line
        }
    }

    /// The text on one line, without what hides from a reader.
    package static func line(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append(" ")
            // Marks that turn the direction of writing, byte order marks and the like.
            case .format where scalar.value != 0x200D && scalar.value != 0x200C: continue
            default: result.append(scalar)
            }
        }
        let words = String(result).split(separator: " ").joined(separator: " ")
        return words.count > lengthLimit ? words.prefix(lengthLimit - 1) + "…" : words
    }

    // MARK: Contradictions

    /// Pairs that say the same and the opposite, as far as their words show it.
    var contradictions: [String] {
        var firsts: [String: (index: Int, isNegated: Bool)] = [:]
        var notes: [String] = []
        for (index, text) in texts.enumerated() {
            let (words, isNegated) = Self.statement(text)
            guard !words.isEmpty else { continue }
            guard let first = firsts[words] else {
                firsts[words] = (index, isNegated)
                continue
            }
            guard first.isNegated != isNegated else { continue }
            notes.append(
                "criteria \(first.index + 1) and \(index + 1) contradict each other: '\(texts[first.index])', '\(text)'"
            )
        }
        return Array(notes.prefix(20))
    }

    private static let negations: Set = [
        "not", "no", "never", "cannot", "dont", "doesnt", "isnt", "arent", "cant", "wont", "mustnt", "without",
    ]
    private static let helpers: Set = [
        "do", "doe", "does", "is", "are", "be", "must", "shall", "should", "will", "can",
    ]

    private static func statement(_ text: String) -> (words: String, isNegated: Bool) {
        var isNegated = false
        var words: [String] = []
        for word in NameWords.words(of: text) {
            if negations.contains(word) {
                isNegated.toggle()
            } else if !helpers.contains(word) {
                words.append(word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word)
            }
        }
        return (words.joined(separator: " "), isNegated)
    }
}
