internal import Basics

/// Finds the tests, benchmarks, fuzz tests and examples of Go.
enum GoTests {
    private static let skips: Set<String> = ["Skip", "Skipf", "SkipNow"]

    static func tests(in code: CodeTokens) -> [TestFunction] {
        let assertions = AssertionCount(code: code, language: .go)
        let isExcluded = isNeverBuilt(code)
        return (0..<code.count).compactMap { place in
            guard code.isWord(place, "func"), code.isWord(place + 1), code.isSign(place + 2, "("),
                isTestName(code.text(place + 1))
            else { return nil }
            var open = code.partner(place + 2) + 1
            while open < code.count, !code.isSign(open, "{"), !code.isWord(open, "func") { open += 1 }
            guard code.isSign(open, "{") else { return nil }
            let body = open + 1..<max(open + 1, code.partner(open))
            let skips = body.contains {
                code.isWord($0) && Self.skips.contains(code.text($0)) && code.isSign($0 - 1, ".")
                    && code.isSign($0 + 1, "(")
            }
            return TestFunction(
                name: code.text(place + 1), scope: [], line: code.line(place), isSkipped: skips || isExcluded,
                assertions: assertions.count(body), fingerprint: code.fingerprint(body))
        }
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
