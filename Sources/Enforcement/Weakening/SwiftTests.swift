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
        var types: [(name: String, end: Int, isDisabled: Bool)] = []
        /// The `@Test` or `@Suite` that the next declaration belongs to.
        var mark: (isTest: Bool, isDisabled: Bool)?
        var place = 0
        while place < code.count {
            types.removeAll { $0.end < place }
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
                    types.append(
                        (
                            code.text(place + 1), code.partner(open),
                            mark?.isTest == false && mark?.isDisabled == true
                        ))
                    mark = nil
                    place = open
                }
            } else if code.isWord(place, "func") {
                function(place, types, mark)
                mark = nil
            }
            place += 1
        }
    }

    private mutating func function(
        _ place: Int, _ types: [(name: String, end: Int, isDisabled: Bool)],
        _ mark: (isTest: Bool, isDisabled: Bool)?
    ) {
        let (name, parameters) = self.name(at: place + 1)
        let isOldStyle = name.hasPrefix("test") && code.isSign(parameters, "(") && code.isSign(parameters + 1, ")")
        guard mark?.isTest == true || isOldStyle, let open = bodyStart(parameters) else { return }
        let body = open + 1..<max(open + 1, code.partner(open))
        let skipsItself = body.contains { code.isWord($0) && Self.skips.contains(code.text($0)) }
        tests.append(
            TestFunction(
                name: name, scope: types.map(\.name), line: code.line(place),
                isSkipped: mark?.isDisabled == true || types.contains(where: \.isDisabled) || skipsItself,
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
    }

    /// A name, perhaps one of several words in backquotes, and the place behind it.
    private func name(at place: Int) -> (String, Int) {
        guard code.isSign(place, "`") else { return (code.text(place), place + 1) }
        var end = place + 1
        while end < code.count, !code.isSign(end, "`") { end += 1 }
        return ((place + 1..<end).map(code.text).joined(separator: " "), end + 1)
    }

    /// The brace that opens a body, past parameters and conditions.
    private func bodyStart(_ start: Int) -> Int? {
        var place = start
        while place < code.count, !code.isSign(place, "{") {
            if code.isSign(place, "}") || code.isSign(place, ";") { return nil }
            place = code.isSign(place, "(") ? code.partner(place) + 1 : place + 1
        }
        return place < code.count ? place : nil
    }

    /// `.disabled(…)` or `.enabled(if: false)`.
    private func isDisabled(_ traits: Range<Int>) -> Bool {
        traits.contains { place in
            if code.isWord(place, "disabled"), code.isSign(place - 1, ".") { return true }
            return code.isWord(place, "enabled") && code.text(place + 2) == "if" && code.text(place + 4) == "false"
        }
    }
}
