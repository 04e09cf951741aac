internal import Basics

/// Finds functions of Rust with an attribute that makes them tests.
struct RustTests {
    private(set) var tests: [TestFunction] = []
    private let code: CodeTokens
    private let assertions: AssertionCount

    init(_ code: CodeTokens) {
        self.code = code
        assertions = AssertionCount(code: code, language: .rust)
        collect()
    }

    private mutating func collect() {
        var modules: [(name: String, end: Int, isSkipped: Bool)] = []
        var attributes: [Range<Int>] = []
        var place = 0
        while place < code.count {
            modules.removeAll { $0.end < place }
            if code.isSign(place, "#"), code.isSign(place + 1, "[") {
                let end = code.partner(place + 1)
                attributes.append(place + 2..<max(place + 2, end))
                place = end + 1
                continue
            }
            if code.isWord(place, "mod"), code.isSign(place + 2, "{") {
                modules.append((code.text(place + 1), code.partner(place + 2), isIgnored(attributes)))
            } else if code.isWord(place, "fn"), code.isWord(place + 1), isTest(attributes) {
                add(
                    place, modules.map(\.name),
                    isSkipped: isIgnored(attributes) || modules.contains(where: \.isSkipped))
            }
            if !isModifier(place) { attributes = [] }
            place += 1
        }
    }

    /// Words that may stand between the attributes and `fn`.
    private func isModifier(_ place: Int) -> Bool {
        ["pub", "async", "const", "unsafe", "extern", "(", ")", "crate", "\"C\""].contains(code.text(place))
    }

    private mutating func add(_ place: Int, _ scope: [String], isSkipped: Bool) {
        var open = place + 2
        while open < code.count, !code.isSign(open, "{"), !code.isSign(open, ";") { open += 1 }
        guard code.isSign(open, "{") else { return }
        let body = open + 1..<max(open + 1, code.partner(open))
        tests.append(
            TestFunction(
                name: code.text(place + 1), scope: scope, line: code.line(place), isSkipped: isSkipped,
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
    }

    /// The path of an attribute ends in `test`, or in the name of another macro that makes tests.
    private func isTest(_ attributes: [Range<Int>]) -> Bool {
        attributes.contains { range in
            let path = range.prefix { !code.isSign($0, "(") }
            guard let last = path.last(where: { code.isWord($0) }) else { return false }
            let name = code.text(last)
            return name == "test" || name.hasSuffix("_test")
                || ["rstest", "test_case", "quickcheck"].contains(name)
        }
    }

    /// `#[ignore]`, or a condition that never holds.
    private func isIgnored(_ attributes: [Range<Int>]) -> Bool {
        attributes.contains { range in
            guard let first = range.first else { return false }
            if code.isWord(first, "ignore") { return true }
            if code.isWord(first, "cfg_attr") { return range.contains { code.isWord($0, "ignore") } }
            guard code.isWord(first, "cfg") else { return false }
            return ["any", "FALSE", "never", "disabled", "none"].contains(code.text(first + 2))
                && (code.text(first + 2) != "any" || code.isSign(first + 4, ")"))
        }
    }
}
