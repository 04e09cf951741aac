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
        var modules = CodeScopes()
        var attributes: [Range<Int>] = []
        var place = 0
        while place < code.count {
            modules.move(to: place)
            if code.isSign(place, "#"), code.isSign(place + 1, "[") {
                let end = code.partner(place + 1)
                attributes.append(place + 2..<max(place + 2, end))
                place = end + 1
                continue
            }
            if code.isWord(place, "mod"), code.isSign(place + 2, "{") {
                modules.enter(
                    code.text(place + 1), until: code.partner(place + 2), isSkipped: isIgnored(attributes))
            } else if code.isWord(place, "fn"), code.isWord(place + 1), isTest(attributes) {
                let isSkipped = isIgnored(attributes) || modules.isSkipped
                place = add(place, modules.names, isSkipped: isSkipped)
            }
            if !isModifier(place) { attributes = [] }
            place += 1
        }
    }

    /// Words that may stand between the attributes and `fn`.
    private func isModifier(_ place: Int) -> Bool {
        ["pub", "async", "const", "unsafe", "extern", "(", ")", "crate", "\"C\""].contains(code.text(place))
    }

    /// Adds the function that begins here, and returns the place of its last token.
    private mutating func add(_ place: Int, _ scope: [String], isSkipped: Bool) -> Int {
        guard let open = code.first(of: "{;", from: place + 2), code.isSign(open, "{") else { return place }
        let body = code.inside(open)
        tests.append(
            TestFunction(
                name: code.text(place + 1), scope: scope, line: code.line(place), isSkipped: isSkipped,
                assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
        return code.partner(open)
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
