internal import Basics

/// Counts what a test asserts, by the names that assertions have.
struct AssertionCount {
    let code: CodeTokens
    let language: TestLanguage

    private static let stems = [
        "assert", "expect", "verify", "check", "require", "should", "must", "ensure", "validate", "fail",
    ].map { Array($0.utf8) }

    func count(_ range: Range<Int>) -> Int { range.count { isAssertion($0) } }

    private func isAssertion(_ place: Int) -> Bool {
        guard code.isWord(place) else { return false }
        if language == .python, code.isWord(place, "assert") {
            return !isTrivial(after: place, inParentheses: false)
        }
        if language == .go, isGoFailure(place) { return true }
        if language == .kotlin, code.text(place).hasPrefix("should") { return true }
        if language == .script, isAvaAssertion(place) { return true }
        if language == .ruby { return isRubyAssertion(place) }
        guard isAssertionName(place), let call = callPlace(place) else { return false }
        return !isTrivial(after: call, inParentheses: true)
    }

    /// Whether a word begins as assertions do: `assertEqual`, `XCTAssertTrue`, `assert_eq`, `expect`.
    private func isAssertionName(_ place: Int) -> Bool {
        let token = code.tokens[place]
        var word = code.source[token.start..<token.end]
        if word.starts(with: "XCT".utf8) { return word.count > 3 && !word.elementsEqual("XCTSkip".utf8) }
        if word.starts(with: "debug_".utf8) || word.starts(with: "prop_".utf8) {
            word = word.drop { $0 != 95 }.dropFirst()
        }
        if language == .rust, word.elementsEqual("panic".utf8) { return true }
        if language == .script, word.elementsEqual("require".utf8) { return false }
        if language == .swift, word.elementsEqual("record".utf8) { return code.isWord(place - 2, "Issue") }
        let lowered = word.map { $0 | 0x20 }
        guard let stem = Self.stems.first(where: { lowered.starts(with: $0) }) else { return false }
        guard word.count > stem.count else { return true }
        // 'checkout' and 'expected' are other words; 'checkValue', 'check_value' and 'asserts' are not.
        let next = word[word.startIndex + stem.count]
        return (65...90).contains(next) || next == 95 || (48...57).contains(next) || word.count == stem.count + 1
    }

    /// The bracket that opens the arguments: of the word itself, of `assert.equal(`, or of a macro.
    private func callPlace(_ place: Int) -> Int? {
        if code.isSign(place + 1, "(") {
            // In Rust `.expect("…")` unwraps a value.
            return language == .rust && code.isSign(place - 1, ".") ? nil : place + 1
        }
        if language == .rust, code.isSign(place + 1, "!") { return place + 2 }
        if language == .swift, code.isSign(place - 1, "#") { return place + 1 }
        if language == .swift || language == .kotlin, code.isSign(place + 1, "{") { return place + 1 }
        if language == .kotlin, code.isSign(place + 1, "<"),
            let end = (place + 2..<place + 10).first(where: { code.isSign($0, ">") }),
            code.isSign(end + 1, "{") || code.isSign(end + 1, "(")
        {
            return end + 1
        }
        guard code.isSign(place + 1, "."), code.isWord(place + 2) else { return nil }
        if language == .csharp, code.isSign(place + 3, "<"),
            let end = (place + 4..<place + 14).first(where: { code.isSign($0, ">") && code.isSign($0 + 1, "(") })
        {
            return end + 1
        }
        return code.isSign(place + 3, "(") ? place + 3 : nil
    }

    private static let avaAssertions: Set<String> = [
        "is", "not", "deepEqual", "notDeepEqual", "like", "true", "false", "truthy", "falsy", "throws",
        "throwsAsync", "notThrows", "notThrowsAsync", "regex", "notRegex", "snapshot", "pass", "fail", "equal",
        "same",
        "ok",
    ]

    /// `t.is(…)`, as ava and tap write it.
    private func isAvaAssertion(_ place: Int) -> Bool {
        code.isSign(place - 1, ".") && code.isWord(place - 2, "t") && code.isSign(place + 1, "(")
            && Self.avaAssertions.contains(code.text(place)) && !isTrivial(after: place + 1, inParentheses: true)
    }

    /// `expect(x).to`, `is_expected.to`, `x.should eq`, `assert_equal 1, x`, with or without brackets.
    private func isRubyAssertion(_ place: Int) -> Bool {
        if code.isWord(place, "is_expected") { return true }
        guard !code.isWord(place, "ensure"), !code.isSign(place - 1, "@"), !code.isSign(place - 1, ":"),
            isAssertionName(place), !code.isSign(place + 1, "="), !code.isSign(place + 1, ":")
        else { return false }
        return !isTrivial(after: place, inParentheses: false)
    }

    /// `t.Errorf(…)` and its like, on anything but the packages that make errors.
    private func isGoFailure(_ place: Int) -> Bool {
        guard code.isSign(place - 1, "."), code.isSign(place + 1, "("), code.isWord(place - 2) else {
            return false
        }
        let names = ["Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"]
        return names.contains(code.text(place))
            && !["fmt", "errors", "log", "status", "xerrors"].contains(code.text(place - 2))
    }

    /// Whether what is asserted is only `true`.
    private func isTrivial(after place: Int, inParentheses: Bool) -> Bool {
        var next = place + 1
        if !inParentheses, code.isSign(next, "(") { next += 1 }
        guard ["true", "True", "1"].contains(code.text(next)) else { return false }
        let end = next + 1
        if code.isSign(end, ")") {
            // 'expect(true).toBe(x)' says something unless 'x' is true as well.
            guard language == .script, code.isSign(end + 1, ".") else { return true }
            return code.isSign(end + 3, "(") && (code.text(end + 4) == "true" || code.isSign(end + 4, ")"))
        }
        if code.isSign(end, ",") { return code.isString(end + 1) }
        return !inParentheses && (end >= code.count || code.line(end) > code.line(next))
    }
}
