internal import Basics

/// Finds the tests of xUnit, NUnit and MSTest.
struct CSharpTests {
    private(set) var tests: [TestFunction] = []
    private let code: CodeTokens
    private let assertions: AssertionCount

    private static let marks: Set<String> = [
        "Fact", "Theory", "Test", "TestCase", "TestCaseSource", "TestMethod", "DataTestMethod", "SkippableFact",
        "SkippableTheory", "Property",
    ]
    private static let types: Set<String> = ["class", "struct", "record", "interface"]

    /// What attributes say about the declaration that follows.
    private struct Attributes {
        var isTest = false
        var isSkipped = false
    }

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .csharp)
        collect()
    }

    private mutating func collect() {
        var types = CodeScopes()
        var attributes = Attributes()
        var place = 0
        while place < code.count {
            types.move(to: place)
            if code.isSign(place, "["), beginsAttribute(place) {
                read(code.inside(place), &attributes)
                place = code.partner(place)
            } else if code.isWord(place), Self.types.contains(code.text(place)), code.isWord(place + 1),
                let open = code.first(of: "{;", from: place + 2), code.isSign(open, "{")
            {
                types.enter(code.text(place + 1), until: code.partner(open), isSkipped: attributes.isSkipped)
                attributes = Attributes()
                place = open
            } else if attributes.isTest {
                place = method(place, types, attributes)
                attributes = Attributes()
            } else if code.isSign(place, ";") || code.isSign(place, "{") || code.isSign(place, "}") {
                attributes = Attributes()
            }
            place += 1
        }
    }

    /// Attributes stand where a declaration can begin.
    private func beginsAttribute(_ place: Int) -> Bool {
        place == 0 || ["{", "}", ";", "]"].contains { code.isSign(place - 1, $0) }
    }

    private func read(_ range: Range<Int>, _ attributes: inout Attributes) {
        var place = range.lowerBound
        while place < range.upperBound {
            guard code.isWord(place) else {
                place += 1
                continue
            }
            var last = place
            while code.isSign(last + 1, "."), code.isWord(last + 2) { last += 2 }
            let name =
                code.text(last).hasSuffix("Attribute") ? String(code.text(last).dropLast(9)) : code.text(last)
            if Self.marks.contains(name) { attributes.isTest = true }
            if name == "Ignore" || name == "Explicit" { attributes.isSkipped = true }
            if code.isSign(last + 1, "(") {
                let skips = code.inside(last + 1).contains { inner in
                    ["Skip", "Ignore", "IgnoreReason"].contains(code.text(inner)) && code.isSign(inner + 1, "=")
                        && !code.isWord(inner + 2, "null")
                }
                if skips { attributes.isSkipped = true }
                last = max(last + 1, code.partner(last + 1))
            }
            place = last + 1
        }
    }

    /// Adds the method that begins here, and returns the place of its last token.
    private mutating func method(_ start: Int, _ types: CodeScopes, _ attributes: Attributes) -> Int {
        guard let place = code.first(of: "({;", from: start), code.isSign(place, "("), place > start else {
            return start
        }
        let behind = code.partner(place) + 1
        guard let open = code.first(of: "{;", from: behind) else { return place }
        // `=> expression;` is a body too.
        let body = code.isSign(open, "{") ? code.inside(open) : behind..<max(behind, open)
        tests.append(
            TestFunction(
                name: code.text(place - 1), scope: types.names, line: code.line(place),
                isSkipped: attributes.isSkipped || types.isSkipped || skipsItself(body),
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
        return code.isSign(open, "{") ? code.partner(open) : open
    }

    /// `Assert.Ignore()`, `Assert.Inconclusive()`, `Assert.Skip(…)` or `Skip.If(…)`.
    private func skipsItself(_ body: Range<Int>) -> Bool {
        body.contains { place in
            guard code.isSign(place + 1, "."), code.isWord(place + 2) else { return false }
            let method = code.text(place + 2)
            if code.isWord(place, "Assert") { return ["Ignore", "Inconclusive", "Skip"].contains(method) }
            return code.isWord(place, "Skip") && code.isSign(place + 3, "(") && code.isWord(place + 4, "true")
        }
    }
}
