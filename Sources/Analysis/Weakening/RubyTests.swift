internal import Basics

/// Finds the tests of RSpec, minitest and test-unit.
///
/// A block ends at the `end` that is indented as the line it began on: telling by keywords alone what `end` belongs
/// to would need the whole grammar, and every formatter of the language sets it there.
struct RubyTests {
    private(set) var tests: [TestFunction] = []
    private(set) var focusLines: [Int] = []
    private let code: CodeTokens
    private let assertions: AssertionCount
    /// The place of the `end` that closes the block of a line, by the place of the line's first token.
    private var ends: [Int: Int] = [:]
    private var firsts: [Int] = []

    private static let examples: Set<String> = [
        "it", "specify", "example", "scenario", "test", "xit", "xspecify", "xexample", "xscenario", "fit",
        "fspecify",
        "fexample", "fscenario", "its",
    ]
    private static let groups: Set<String> = [
        "describe", "context", "feature", "xdescribe", "xcontext", "xfeature", "fdescribe", "fcontext", "ffeature",
        "shared_examples", "shared_examples_for", "shared_context",
    ]
    private static let skips: Set<String> = ["skip", "pending", "omit", "pend"]

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .ruby)
        findEnds()
        collect()
    }

    // MARK: Blocks

    private mutating func findEnds() {
        var open: [(place: Int, column: Int)] = []
        for place in 0..<code.count where place == 0 || code.line(place) != code.line(place - 1) {
            firsts.append(place)
            let column = column(of: place)
            let isEnd = code.isWord(place, "end")
            while let last = open.last, last.column > column || last.column == column && !isEnd {
                open.removeLast()
            }
            if isEnd, let last = open.last, last.column == column {
                ends[last.place] = place
                open.removeLast()
            } else if !isEnd {
                open.append((place, column))
            }
        }
    }

    private func column(of place: Int) -> Int {
        let start = code.tokens[place].start
        let line = code.source[..<start].lastIndex(of: 10).map { $0 + 1 } ?? 0
        return start - line
    }

    // MARK: Tests

    private mutating func collect() {
        var scopes = CodeScopes()
        var last = -1
        for first in firsts {
            scopes.move(to: first)
            guard first > last else { continue }
            if code.isWord(first, "class") || code.isWord(first, "module"), let end = ends[first] {
                scopes.enter(code.text(first + 1), until: end, isSkipped: false)
            } else if code.isWord(first, "def"), code.text(first + 1).hasPrefix("test") {
                let end = ends[first] ?? first
                add(code.text(first + 1), first, first + 2..<max(first + 2, end), scopes, isSkipped: false)
                last = end
            } else if let found = declared(at: first) {
                let (end, body) = block(first, found.arguments)
                if found.isFocused { focusLines.append(code.line(first)) }
                if Self.groups.contains(found.word) {
                    scopes.enter(found.title, until: end, isSkipped: found.isSkipped)
                } else {
                    let title =
                        found.title.isEmpty ? body.prefix(20).map(code.text).joined(separator: " ") : found.title
                    // Without a block it waits to be written.
                    add(title, first, body, scopes, isSkipped: found.isSkipped || body.isEmpty)
                    last = end
                }
            }
        }
    }

    private mutating func add(
        _ name: String, _ place: Int, _ body: Range<Int>, _ scopes: CodeScopes, isSkipped: Bool
    ) {
        let skipsItself = body.contains { inner in
            code.isWord(inner) && Self.skips.contains(code.text(inner)) && !code.isSign(inner - 1, ".")
                && !code.isSign(inner - 1, ":") && !code.isSign(inner + 1, ":") && !code.isSign(inner + 1, "=")
        }
        tests.append(
            TestFunction(
                name: name, scope: scopes.names, line: code.line(place),
                isSkipped: isSkipped || scopes.isSkipped || skipsItself, assertions: assertions.count(body),
                fingerprint: code.fingerprint(body)))
    }

    private struct Declared {
        let word: String
        let title: String
        let isSkipped: Bool
        let isFocused: Bool
        /// The tokens between the word and the block.
        let arguments: Range<Int>
    }

    /// `it "…" do`, `RSpec.describe Type, :slow do` or `it { … }` at the beginning of a line.
    private func declared(at first: Int) -> Declared? {
        var place = first
        if code.isWord(place, "RSpec"), code.isSign(place + 1, ".") { place += 2 }
        guard code.isWord(place) else { return nil }
        var word = code.text(place)
        var isSkipped = word.hasPrefix("x")
        if Self.skips.contains(word), code.isString(place + 1) || code.isString(place + 2) {
            // As the word of an example it has a block.
            let end = block(first, place + 1..<lineEnd(place)).body
            guard !end.isEmpty else { return nil }
            (word, isSkipped) = ("it", true)
        }
        guard Self.examples.contains(word) || Self.groups.contains(word) else { return nil }
        let end = lineEnd(place)
        let open = (place + 1..<end).first { code.isWord($0, "do") || code.isSign($0, "{") } ?? end
        let arguments = place + 1..<max(place + 1, open)
        guard !code.isSign(place + 1, "."), !code.isSign(place + 1, "=") else { return nil }
        let marks = arguments.filter { code.isWord($0) && (code.isSign($0 - 1, ":") || code.isSign($0 + 1, ":")) }
        let isMarked = marks.contains { mark in
            ["skip", "pending"].contains(code.text(mark)) && code.text(mark + 2) != "false"
        }
        let isFocused =
            (word.hasPrefix("f") && word != "feature")
            || marks.contains { ["focus", "fit"].contains(code.text($0)) && code.text($0 + 2) != "false" }
        return Declared(
            word: word, title: title(arguments), isSkipped: isSkipped || isMarked, isFocused: isFocused,
            arguments: arguments)
    }

    private func title(_ arguments: Range<Int>) -> String {
        let first = code.isSign(arguments.lowerBound, "(") ? arguments.lowerBound + 1 : arguments.lowerBound
        guard first < arguments.upperBound else { return "" }
        if code.isString(first) { return String(code.text(first).dropFirst().dropLast()) }
        let end = (first..<arguments.upperBound).first { code.isSign($0, ",") || code.isSign($0, ")") }
        return (first..<(end ?? arguments.upperBound)).map(code.text).joined()
    }

    private func lineEnd(_ place: Int) -> Int {
        let line = code.line(place)
        var end = place
        while end < code.count, code.line(end) == line {
            // Arguments in brackets can fill several lines.
            end = code.isSign(end, "{") ? end + 1 : max(end, code.partner(end)) + 1
        }
        return end
    }

    /// The block behind these arguments and the place of its end.
    private func block(_ first: Int, _ arguments: Range<Int>) -> (end: Int, body: Range<Int>) {
        let open = arguments.upperBound
        if code.isSign(open, "{") { return (code.partner(open), code.inside(open)) }
        guard let end = ends[first], end > open else { return (max(first, open - 1), open..<open) }
        return (end, open..<end)
    }
}
