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
        var types: [(name: String, end: Int, isDisabled: Bool)] = []
        var annotations = Annotations()
        var place = 0
        while place < code.count {
            types.removeAll { $0.end < place }
            if code.isSign(place, "@"), code.isWord(place + 1), !code.isWord(place + 1, "interface") {
                place = read(&annotations, at: place + 1)
                continue
            }
            if code.isWord(place), Self.types.contains(code.text(place)), code.isWord(place + 1),
                !code.isSign(place - 1, ":"), !code.isSign(place - 1, ".")
            {
                var open = place + 2
                while open < code.count, !code.isSign(open, "{"), !code.isSign(open, ";"), !code.isSign(open, "}")
                { open += 1 }
                if code.isSign(open, "{") {
                    types.append((code.text(place + 1), code.partner(open), annotations.isDisabled))
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
        at start: Int, _ types: [(name: String, end: Int, isDisabled: Bool)], _ annotations: Annotations
    ) -> Int {
        var place = start
        while place < code.count, !code.isSign(place, "("), !code.isSign(place, "{"), !code.isSign(place, ";") {
            place += 1
        }
        guard code.isSign(place, "("), place > start else { return start }
        let name = code.isSign(place - 1, "`") ? quotedName(before: place) : code.text(place - 1)
        var open = code.partner(place) + 1
        while open < code.count, !code.isSign(open, "{"), !code.isSign(open, ";"), !code.isSign(open, "@") {
            open += 1
        }
        guard code.isSign(open, "{") else { return place }
        let end = code.partner(open)
        let body = open + 1..<max(open + 1, end)
        tests.append(
            TestFunction(
                name: name, scope: types.map(\.name), line: code.line(place),
                isSkipped: annotations.isDisabled || types.contains(where: \.isDisabled) || assumesNothing(body),
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
        return end
    }

    /// A name of several words in backquotes.
    private func quotedName(before place: Int) -> String {
        var start = place - 2
        while start > 0, !code.isSign(start, "`") { start -= 1 }
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
