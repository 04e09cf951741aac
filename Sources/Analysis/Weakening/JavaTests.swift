internal import Basics

/// Finds the tests of JUnit, TestNG and their like, in Java and in Kotlin.
struct JavaTests {
    private(set) var tests: [TestFunction] = []
    private let code: CodeTokens
    private let assertions: AssertionCount

    private static let marks: Set<String> = [
        "Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property", "Theory",
    ]
    private static let types: Set<String> = ["class", "interface", "record", "object", "enum"]

    /// What annotations say about the declaration that follows.
    private struct Annotations {
        var isTest = false
        var isDisabled = false
        var isEmpty = true
    }

    init(_ code: CodeTokens, _ language: TestLanguage) {
        self.code = code
        assertions = AssertionCount(code: code, language: language)
        collect()
    }

    private mutating func collect() {
        var types = CodeScopes()
        var annotations = Annotations()
        var place = 0
        while place < code.count {
            types.move(to: place)
            if code.isSign(place, "@"), code.isWord(place + 1), !code.isWord(place + 1, "interface") {
                place = read(&annotations, at: place + 1)
                continue
            }
            if code.isWord(place), Self.types.contains(code.text(place)), code.isWord(place + 1),
                !code.isSign(place - 1, ":"), !code.isSign(place - 1, ".")
            {
                if let open = code.first(of: "{;}", from: place + 2), code.isSign(open, "{") {
                    types.enter(
                        code.text(place + 1), until: code.partner(open), isSkipped: annotations.isDisabled)
                    place = open
                }
                annotations = Annotations()
            } else if annotations.isTest {
                place = method(at: place, types, annotations)
                annotations = Annotations()
            } else if code.isSign(place, ";") || code.isSign(place, "{") || code.isSign(place, "}") {
                annotations = Annotations()
            }
            place += 1
        }
    }

    /// Reads one annotation, and returns the place behind it.
    private func read(_ annotations: inout Annotations, at name: Int) -> Int {
        var last = name
        while code.isSign(last + 1, "."), code.isWord(last + 2) { last += 2 }
        let hasArguments = code.isSign(last + 1, "(")
        let end = hasArguments ? code.partner(last + 1) : last
        let word = code.text(last)
        annotations.isEmpty = false
        if Self.marks.contains(word) { annotations.isTest = true }
        if word.hasPrefix("Disabled") || word == "Ignore" || word == "Ignored" { annotations.isDisabled = true }
        if word == "Test", hasArguments {
            let isOff = (last..<end).contains { code.isWord($0, "enabled") && code.text($0 + 2) == "false" }
            if isOff { annotations.isDisabled = true }
        }
        return end + 1
    }

    /// Adds the method that begins here, and returns the place of its last token.
    private mutating func method(
        at start: Int, _ types: CodeScopes, _ annotations: Annotations
    ) -> Int {
        guard let place = code.first(of: "({;", from: start), code.isSign(place, "("), place > start else {
            return start
        }
        let name = code.isSign(place - 1, "`") ? quotedName(before: place) : code.text(place - 1)
        let behind = code.partner(place) + 1
        let expression = code.language == .kotlin && code.isSign(behind, "=") ? expressionEnd(behind) : nil
        let open = code.first(of: "{;@", from: behind) ?? behind
        guard expression != nil || code.isSign(open, "{") else { return place }
        let body = expression.map { behind + 1..<$0 } ?? code.inside(open)
        tests.append(
            TestFunction(
                name: name, scope: types.names, line: code.line(place),
                isSkipped: annotations.isDisabled || types.isSkipped || assumesNothing(body),
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
        return expression.map { $0 - 1 } ?? code.partner(open)
    }

    /// Where the body of `fun name() = expression` ends: with its line, brackets and chains of calls aside.
    private func expressionEnd(_ equals: Int) -> Int {
        var place = equals + 1
        var line = code.line(place)
        while place < code.count, !code.isSign(place, "}") {
            let isNext = code.line(place) > line && !code.isSign(place, ".") && !code.isSign(place, "?")
            if isNext, place > equals + 1 { break }
            line = code.line(code.partner(place))
            place = max(place, code.partner(place)) + 1
        }
        return max(place, equals + 1)
    }

    /// A name of several words in backquotes.
    private func quotedName(before place: Int) -> String {
        var start = place - 2
        while start > max(0, place - 100), !code.isSign(start, "`") { start -= 1 }
        return (start + 1..<max(start + 1, place - 1)).map(code.text).joined(separator: " ")
    }

    /// `assumeTrue(false)`, which skips the rest.
    private func assumesNothing(_ body: Range<Int>) -> Bool {
        body.contains { place in
            let refused =
                code.isWord(place, "assumeTrue") ? "false" : code.isWord(place, "assumeFalse") ? "true" : ""
            return !refused.isEmpty && code.text(place + 2) == refused
        }
    }
}
