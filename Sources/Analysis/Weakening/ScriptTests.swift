internal import Basics

/// Finds the calls that declare tests in JavaScript and TypeScript: Jest, Vitest, Mocha, Playwright, node:test.
struct ScriptTests {
    private(set) var tests: [TestFunction] = []
    private(set) var focusLines: [Int] = []
    private let code: CodeTokens
    private let assertions: AssertionCount

    private static let testWords: Set<String> = [
        "it", "test", "specify", "xit", "xtest", "xspecify", "fit", "ftest",
    ]
    private static let suiteWords: Set<String> = [
        "describe", "context", "suite", "xdescribe", "xcontext", "fdescribe", "fcontext",
    ]
    private static let modifiers: Set<String> = [
        "skip", "only", "todo", "each", "concurrent", "failing", "fails", "skipIf", "runIf", "sequential",
        "serial",
        "fixme", "slow", "parallel", "describe", "test", "it", "suite", "shuffle", "extend", "for",
    ]

    /// A call such as `it.skip('…', …)`.
    private struct Declaration {
        var isSuite: Bool
        var isSkipped = false
        var isFocused = false
        /// The place of the bracket that opens the arguments.
        var arguments = 0
    }

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .script)
        collect()
    }

    private mutating func collect() {
        var suites = CodeScopes()
        var place = -1
        while place + 1 < code.count {
            place += 1
            suites.move(to: place)
            guard let found = declaration(at: place), let title = title(found.arguments) else { continue }
            let end = code.partner(found.arguments)
            if found.isFocused { focusLines.append(code.line(place)) }
            if found.isSuite {
                suites.enter(title, until: end, isSkipped: found.isSkipped)
                continue
            }
            let body = code.inside(found.arguments).dropFirst()
            tests.append(
                TestFunction(
                    name: title, scope: suites.names, line: code.line(place),
                    isSkipped: found.isSkipped || suites.isSkipped || skipsItself(body),
                    assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
            // Tests within a test count as what it asserts.
            place = max(place, end)
        }
    }

    private func declaration(at place: Int) -> Declaration? {
        guard code.isWord(place) else { return nil }
        let word = code.text(place)
        guard Self.testWords.contains(word) || Self.suiteWords.contains(word) else { return nil }
        // 't.test(' and 'Deno.test(' declare tests, 'pattern.test(' does not.
        if code.isSign(place - 1, "."), !["t", "Deno", "QUnit"].contains(code.text(place - 2)) { return nil }
        var found = Declaration(isSuite: Self.suiteWords.contains(word))
        found.isSkipped = word.hasPrefix("x")
        found.isFocused = word.hasPrefix("f")
        var next = place + 1
        while code.isSign(next, "."), code.isWord(next + 1) {
            let modifier = code.text(next + 1)
            guard Self.modifiers.contains(modifier) else { return nil }
            if ["skip", "todo", "fixme", "failing", "fails", "skipIf"].contains(modifier) {
                found.isSkipped = true
            }
            if modifier == "only" { found.isFocused = true }
            if modifier == "describe" || modifier == "suite" { found.isSuite = true }
            next += 2
            if ["each", "skipIf", "runIf", "for"].contains(modifier) { next = behindTable(next) }
        }
        guard code.isSign(next, "(") else { return nil }
        found.arguments = next
        return found
    }

    /// Behind the table of `each`, in brackets or as a template.
    private func behindTable(_ place: Int) -> Int {
        if code.isSign(place, "(") { return code.partner(place) + 1 }
        return code.isString(place) ? place + 1 : place
    }

    private func title(_ arguments: Int) -> String? {
        if code.isString(arguments + 1) { return String(code.text(arguments + 1).dropFirst().dropLast()) }
        // A name of a function or class serves as a title too.
        if code.isWord(arguments + 1), code.isSign(arguments + 2, ",") { return code.text(arguments + 1) }
        return nil
    }

    /// `this.skip()`, `t.skip()`, `pending()`, or the option `{ skip: true }`.
    private func skipsItself(_ body: Range<Int>) -> Bool {
        body.contains { place in
            guard code.isWord(place) else { return false }
            if code.isWord(place, "pending"), code.isSign(place + 1, "(") { return true }
            guard code.isWord(place, "skip") || code.isWord(place, "todo") || code.isWord(place, "fixme") else {
                return false
            }
            if code.isSign(place - 1, "."), code.isSign(place + 1, "(") {
                return ["this", "t", "ctx", "context", "test", "it"].contains(code.text(place - 2))
            }
            return code.isSign(place + 1, ":") && place < body.lowerBound + 12 && code.text(place + 2) != "false"
        }
    }
}
