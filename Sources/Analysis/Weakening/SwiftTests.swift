internal import Basics

/// Finds the tests of Swift Testing and of XCTest.
struct SwiftTests {
    private(set) var tests: [TestFunction] = []
    private let code: CodeTokens
    private let assertions: AssertionCount

    private static let types: Set<String> = ["class", "struct", "enum", "actor", "extension"]
    private static let skips: Set<String> = [
        "XCTSkip", "XCTSkipIf", "XCTSkipUnless", "XCTExpectFailure", "withKnownIssue",
    ]

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .swift)
        collect()
    }

    private mutating func collect() {
        var types = CodeScopes()
        /// The `@Test` or `@Suite` that the next declaration belongs to.
        var mark: (isTest: Bool, isDisabled: Bool)?
        var place = 0
        while place < code.count {
            types.move(to: place)
            if code.isSign(place, "@"), code.isWord(place + 1, "Test") || code.isWord(place + 1, "Suite") {
                let hasTraits = code.isSign(place + 2, "(")
                let end = hasTraits ? code.partner(place + 2) : place + 1
                mark = (code.isWord(place + 1, "Test"), isDisabled(place + 2..<max(place + 2, end)))
                place = end + 1
                continue
            }
            if code.isWord(place), Self.types.contains(code.text(place)), !code.isSign(place - 1, "."),
                code.isWord(place + 1)
            {
                if let open = bodyStart(place + 2) {
                    types.enter(
                        code.text(place + 1), until: code.partner(open),
                        isSkipped: mark?.isTest == false && mark?.isDisabled == true)
                    mark = nil
                    place = open
                }
            } else if code.isWord(place, "func") {
                place = function(place, types, mark)
                mark = nil
            }
            place += 1
        }
    }

    /// Adds the function that begins here if it is a test, and returns the place of its last token.
    private mutating func function(
        _ place: Int, _ types: CodeScopes, _ mark: (isTest: Bool, isDisabled: Bool)?
    ) -> Int {
        let (name, parameters) = self.name(at: place + 1)
        let isOldStyle = name.hasPrefix("test") && code.isSign(parameters, "(") && code.isSign(parameters + 1, ")")
        guard mark?.isTest == true || isOldStyle, let open = bodyStart(parameters) else { return place }
        let body = code.inside(open)
        let skipsItself = body.contains { code.isWord($0) && Self.skips.contains(code.text($0)) }
        tests.append(
            TestFunction(
                name: name, scope: types.names, line: code.line(place),
                isSkipped: mark?.isDisabled == true || types.isSkipped || skipsItself,
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
        return code.partner(open)
    }

    /// A name, perhaps one of several words in backquotes, and the place behind it.
    private func name(at place: Int) -> (String, Int) {
        guard code.isSign(place, "`") else { return (code.text(place), place + 1) }
        let end = code.first(of: "`", from: place + 1) ?? place + 1
        return ((place + 1..<end).map(code.text).joined(separator: " "), end + 1)
    }

    /// The brace that opens a body, past parameters and conditions.
    private func bodyStart(_ start: Int) -> Int? {
        var place = start
        let end = min(code.count, start + 400)
        while place < end, !code.isSign(place, "{") {
            if code.isSign(place, "}") || code.isSign(place, ";") { return nil }
            place = code.isSign(place, "(") ? code.partner(place) + 1 : place + 1
        }
        return code.isSign(place, "{") ? place : nil
    }

    /// `.disabled(…)` or `.enabled(if: false)`.
    private func isDisabled(_ traits: Range<Int>) -> Bool {
        traits.contains { place in
            if code.isWord(place, "disabled"), code.isSign(place - 1, ".") { return true }
            return code.isWord(place, "enabled") && code.text(place + 2) == "if" && code.text(place + 4) == "false"
        }
    }
}
