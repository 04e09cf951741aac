extension TestFailures {
    /// `FAILED tests/test_a.py::test_x - reason` and `ERROR …`, held against the counts of the last line.
    @Sendable static func pytest(_ lines: [Substring]) -> TestFailures {
        var (found, named) = (TestFailures(), 0)
        for line in lines {
            if let rest = line.after("FAILED ") ?? line.after("ERROR ") {
                guard rest.holds(".py") || rest.holds("::") else { continue }
                found.add(pytestName(rest))
                named += 1
            } else if line.hasPrefix("!!!") {
                found.note("pytest ended early: \(line.filter { $0 != "!" }.prefix(200))")
            } else if let counted = pytestCount(line) {
                if counted != named { found.note("\(counted) failures are counted, and \(named) are named") }
                named = 0
            }
        }
        return found
    }

    /// Up to the reason; a parameter in brackets may hold the same sign.
    private static func pytestName(_ text: Substring) -> Substring {
        var (depth, place) = (0, text.startIndex)
        while place != text.endIndex {
            switch text[place] {
            case "[": depth += 1
            case "]": depth -= 1
            case " " where depth <= 0 && text[place...].hasPrefix(" - "): return text[..<place]
            default: break
            }
            place = text.index(after: place)
        }
        return text
    }

    /// The sum of a line such as `=== 2 failed, 1 passed, 1 error in 0.12s ===`.
    private static func pytestCount(_ line: Substring) -> Int? {
        let words = line.split { $0 == " " || $0 == "," || $0 == "=" }
        guard let last = words.last, words.contains("in"), last.hasSuffix("s") || last.hasSuffix(")"),
            words.contains(where: { ["failed", "passed", "error", "errors"].contains($0) })
        else { return nil }
        var count = 0
        for (number, word) in zip(words, words.dropFirst()) where ["failed", "error", "errors"].contains(word) {
            guard let number = Int(number) else { return nil }
            count += number
        }
        return count
    }

    /// `FAIL: test_x (tests.test_a.Case.test_x)` below a line of `=`.
    @Sendable static func unittest(_ lines: [Substring]) -> TestFailures {
        var found = TestFailures()
        for (line, above) in zip(lines.dropFirst(), lines) where above.hasPrefix("======================") {
            if let name = line.after("FAIL: ") ?? line.after("ERROR: ") { found.add(name) }
        }
        return found
    }
}
