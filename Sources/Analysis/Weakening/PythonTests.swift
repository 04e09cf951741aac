internal import Basics

/// Finds the tests of pytest and unittest, by their indentation.
struct PythonTests {
    private(set) var tests: [TestFunction] = []
    private let code: CodeTokens
    private let assertions: AssertionCount
    /// The places of the first tokens of logical lines, with their columns.
    private var lines: [(place: Int, column: Int)] = []

    private static let skips: Set<String> = [
        "skip", "skipif", "skipIf", "skipUnless", "skipTest", "SkipTest", "xfail", "expectedFailure",
        "importorskip",
    ]

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .python)
        findLines()
        collect()
    }

    private mutating func findLines() {
        var closes = -1
        var previousEnd = 0
        for place in 0..<code.count {
            let token = code.tokens[place]
            let gap = code.mask.bytes[previousEnd..<token.start]
            if place > closes, place == 0 || gap.contains(10), !endsInBackslash(gap) {
                let start = code.mask.bytes[..<token.start].lastIndex(of: 10).map { $0 + 1 } ?? 0
                lines.append((place, column(of: start..<token.start)))
            }
            previousEnd = token.end
            if token.kind == .sign, let partner = code.partners[place] { closes = max(closes, partner) }
        }
    }

    private func endsInBackslash(_ gap: ArraySlice<UInt8>) -> Bool { gap.contains(UInt8(ascii: "\\")) }

    private func column(of range: Range<Int>) -> Int {
        range.reduce(0) { code.source[$1] == 9 ? ($0 / 8 + 1) * 8 : $0 + 1 }
    }

    private mutating func collect() {
        var scopes: [(name: String, column: Int, isSkipped: Bool, isFunction: Bool)] = []
        var decorated: (column: Int, isSkipped: Bool)?
        let skipsModule = hasModuleSkip()
        for (number, line) in lines.enumerated() {
            while let last = scopes.last, line.column <= last.column { scopes.removeLast() }
            if code.isSign(line.place, "@") {
                let range = line.place..<(number + 1 < lines.count ? lines[number + 1].place : code.count)
                decorated = (line.column, (decorated?.isSkipped ?? false) || hasSkip(range))
                continue
            }
            let isSkipped = decorated?.column == line.column && decorated?.isSkipped == true
            decorated = nil
            let place = code.isWord(line.place, "async") ? line.place + 1 : line.place
            if code.isWord(place, "class") {
                scopes.append((code.text(place + 1), line.column, isSkipped, false))
            } else if code.isWord(place, "def") {
                let name = code.text(place + 1)
                // A function within a function is not collected.
                if name.hasPrefix("test"), !scopes.contains(where: \.isFunction) {
                    let outer = skipsModule || scopes.contains(where: \.isSkipped)
                    add(name, number, scopes.map(\.name), isSkipped: isSkipped || outer)
                }
                scopes.append((name, line.column, false, true))
            }
        }
    }

    private mutating func add(_ name: String, _ number: Int, _ scope: [String], isSkipped: Bool) {
        let line = lines[number]
        let next = lines[(number + 1)...].first { $0.column <= line.column }?.place ?? code.count
        let header = code.isWord(line.place, "async") ? line.place + 2 : line.place + 1
        let body = max(line.place, min(code.partner(header + 1) + 1, next))..<next
        tests.append(
            TestFunction(
                name: name, scope: scope, line: code.line(line.place), isSkipped: isSkipped || skipsItself(body),
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
    }

    private func hasSkip(_ range: Range<Int>) -> Bool {
        range.contains { code.isWord($0) && Self.skips.contains(code.text($0)) }
    }

    /// `pytest.skip(…)`, `self.skipTest(…)` or `raise SkipTest` in the body.
    private func skipsItself(_ body: Range<Int>) -> Bool {
        body.contains { place in
            guard code.isWord(place), Self.skips.contains(code.text(place)) else { return false }
            return code.isSign(place + 1, "(") || code.isWord(place - 1, "raise") || code.isSign(place - 1, ".")
        }
    }

    /// `pytestmark = pytest.mark.skip`, or `pytest.skip(…)` outside of everything.
    private func hasModuleSkip() -> Bool {
        for (number, line) in lines.enumerated() where line.column == 0 {
            let end = number + 1 < lines.count ? lines[number + 1].place : code.count
            if code.isWord(line.place, "pytestmark"), hasSkip(line.place..<end) { return true }
            if code.isWord(line.place, "pytest"), code.isWord(line.place + 2, "skip") { return true }
        }
        return false
    }
}
