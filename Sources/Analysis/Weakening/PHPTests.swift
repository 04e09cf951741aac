internal import Basics

/// Finds the tests of PHPUnit and of Pest.
struct PHPTests {
    private(set) var tests: [TestFunction] = []
    private(set) var focusLines: [Int] = []
    private let code: CodeTokens
    private let assertions: AssertionCount

    private static let skips: Set<String> = ["markTestSkipped", "markTestIncomplete"]
    private static let pest: Set<String> = ["it", "test", "todo"]

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .php)
        collect()
    }

    private mutating func collect() {
        var types = CodeScopes()
        var isMarked = false
        var place = 0
        while place < code.count {
            types.move(to: place)
            if code.isSign(place, "#"), code.isSign(place + 1, "[") {
                isMarked = isMarked || code.inside(place + 1).contains { code.isWord($0, "Test") }
                place = code.partner(place + 1)
            } else if code.isWord(place, "class") || code.isWord(place, "trait"), code.isWord(place + 1),
                !code.isSign(place - 1, ":"), let open = code.first(of: "{;", from: place), code.isSign(open, "{")
            {
                types.enter(code.text(place + 1), until: code.partner(open), isSkipped: false)
                place = open
            } else if code.isWord(place, "function") {
                place = method(place, types, isMarked: isMarked || isDocumentedAsTest(place))
                isMarked = false
            } else if let end = call(place) {
                place = end
            } else if code.isSign(place, ";") || code.isSign(place, "}") {
                isMarked = false
            }
            place += 1
        }
    }

    /// Adds the method that begins here if it is a test, and returns the place of its last token.
    private mutating func method(_ place: Int, _ types: CodeScopes, isMarked: Bool) -> Int {
        guard code.isWord(place + 1), code.isSign(place + 2, "("), !types.names.isEmpty,
            code.text(place + 1).lowercased().hasPrefix("test") || isMarked,
            let open = code.first(of: "{;", from: code.partner(place + 2)), code.isSign(open, "{")
        else { return place }
        let body = code.inside(open)
        add(code.text(place + 1), place, body, types.names, isSkipped: false)
        return code.partner(open)
    }

    private mutating func add(
        _ name: String, _ place: Int, _ body: Range<Int>, _ scope: [String], isSkipped: Bool
    ) {
        let skipsItself = body.contains { code.isWord($0) && Self.skips.contains(code.text($0)) }
        tests.append(
            TestFunction(
                name: name, scope: scope, line: code.line(place), isSkipped: isSkipped || skipsItself,
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
    }

    /// Whether the comment before a method, past its modifiers, says `@test`.
    private func isDocumentedAsTest(_ place: Int) -> Bool {
        var first = place
        while code.isWord(first - 1), first > place - 5 { first -= 1 }
        let start = first > 0 ? code.tokens[first - 1].end : 0
        guard first < code.count, start < code.tokens[first].start else { return false }
        let gap = code.source[start..<code.tokens[first].start]
        return gap.count < 10_000 && String(decoding: gap, as: UTF8.self).contains("@test")
    }

    /// `it('…', function () { … })->skip()` outside of classes; the place of its last token.
    private mutating func call(_ place: Int) -> Int? {
        guard code.isWord(place), Self.pest.contains(code.text(place)), code.isSign(place + 1, "("),
            code.isString(place + 2), !code.isSign(place - 1, ">"), !code.isSign(place - 1, ":")
        else { return nil }
        var end = code.partner(place + 1)
        let body = code.inside(place + 1).dropFirst()
        var isSkipped = code.isWord(place, "todo")
        while code.isSign(end + 1, "-"), code.isSign(end + 2, ">"), code.isWord(end + 3), code.isSign(end + 4, "(")
        {
            if ["skip", "todo"].contains(code.text(end + 3)) { isSkipped = true }
            if code.isWord(end + 3, "only") { focusLines.append(code.line(place)) }
            end = max(end + 4, code.partner(end + 4))
        }
        add(String(code.text(place + 2).dropFirst().dropLast()), place, body, [], isSkipped: isSkipped)
        return max(place, end)
    }
}
