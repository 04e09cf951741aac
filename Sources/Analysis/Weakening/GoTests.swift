internal import Basics

/// Finds the tests, benchmarks, fuzz tests and examples of Go.
enum GoTests {
    private static let skips: Set<String> = ["Skip", "Skipf", "SkipNow"]

    static func tests(in code: CodeTokens) -> [TestFunction] {
        let assertions = AssertionCount(code: code, language: .go)
        let isExcluded = isNeverBuilt(code)
        var tests: [TestFunction] = []
        var place = 0
        while place < code.count {
            defer { place += 1 }
            guard code.isWord(place, "func"), code.isWord(place + 1), code.isSign(place + 2, "("),
                isTestName(code.text(place + 1)),
                let open = code.first(of: "{", from: code.partner(place + 2) + 1)
            else { continue }
            let body = code.inside(open)
            tests.append(
                TestFunction(
                    name: code.text(place + 1), scope: [], line: code.line(place),
                    isSkipped: isExcluded || body.contains { isSkip($0, code) },
                    assertions: assertions.count(body), fingerprint: code.fingerprint(body)))
            place = code.partner(open)
        }
        return tests
    }

    private static func isSkip(_ place: Int, _ code: CodeTokens) -> Bool {
        code.isWord(place) && skips.contains(code.text(place)) && code.isSign(place - 1, ".")
            && code.isSign(place + 1, "(")
    }

    /// `TestName`, but not `Testify`.
    private static func isTestName(_ name: String) -> Bool {
        guard let prefix = ["Test", "Benchmark", "Fuzz", "Example"].first(where: name.hasPrefix) else {
            return false
        }
        let next = name.dropFirst(prefix.count).first
        return name != "TestMain" && (next.map { !$0.isLowercase } ?? true)
    }

    /// Whether a build constraint keeps the file out of every build.
    private static func isNeverBuilt(_ code: CodeTokens) -> Bool {
        let head = String(decoding: code.source.prefix(4096), as: UTF8.self)
        return head.split(separator: "\n").prefix { !$0.hasPrefix("package ") }.contains { line in
            guard line.hasPrefix("//go:build ") else { return false }
            let words = line.dropFirst(11).split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "!") }
            return words.contains("ignore") || words.contains("never") || words.contains("disabled")
        }
    }
}
