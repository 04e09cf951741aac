internal import Analysis
internal import Basics
internal import Paths

/// How the tests of a file are written, by what the file itself imports and calls.
enum ExistingTests {
    /// `nil` where it does not say; an error where it is written for what no tests are written for.
    static func framework(of path: RepoPath, _ bytes: [UInt8]) throws(ExecutorError) -> TestFramework? {
        guard bytes.count <= 32 << 20, let language = TestFramework.Language(ending: path.name) else { return nil }
        let found: Found =
            switch language {
            case .python: python(bytes)
            case .script: script(bytes)
            case .swift:
                words(
                    CodeTokens(bytes, .swift), [("Testing", .swiftTesting), ("XCTest", .xctest)], after: "import")
            case .java: java(CodeTokens(bytes, .java))
            case .kotlin: kotlin(CodeTokens(bytes, .kotlin))
            case .ruby: ruby(CodeTokens(bytes, .ruby))
            case .php: php(CodeTokens(bytes, .php))
            case .csharp: csharp(CodeTokens(bytes, .csharp))
            case .go: .known(.go)
            case .rust: .known(.rust)
            }
        switch found {
        case .known(let framework): return framework
        case .silent: return nil
        case .foreign(let name):
            throw ExecutorError(
                "tests", "'\(path)' is written for \(name), for which no tests are written",
                hint: "name another file in allowed_paths, or set inputs.framework")
        }
    }

    private enum Found { case known(TestFramework), silent, foreign(String) }

    private static func python(_ bytes: [UInt8]) -> Found {
        guard let source = PythonSource(bytes) else { return .silent }
        let origins = PythonCalls(source).imports.values
        if origins.contains(where: { $0 == "pytest" || $0.hasPrefix("pytest.") }) { return .known(.pytest) }
        let usesUnittest = origins.contains {
            $0 == "unittest" || $0.hasPrefix("unittest.") && !$0.contains("mock")
        }
        if usesUnittest { return .known(.unittest) }
        // Tests that are functions are pytest's.
        let hasFunctions = source.lines.contains { line in
            line.column == 0 && source.isWord(line.first, "def") && source.text(line.first + 1).hasPrefix("test")
        }
        return hasFunctions ? .known(.pytest) : .silent
    }

    private static func script(_ bytes: [UInt8]) -> Found {
        let code = CodeTokens(bytes, .script)
        let imports = ScriptImports(code)
        let known: [(Set<String>, TestFramework)] = [
            (["vitest"], .vitest), (["@jest/globals"], .jest), (["node:test", "test"], .nodeTest), (["ava"], .ava),
            (["mocha"], .mocha),
        ]
        if let match = known.first(where: { imports.has($0.0) }) { return .known(match.1) }
        for (module, name) in [
            ("@playwright/test", "Playwright"), ("tap", "tap"), ("tape", "tape"), ("qunit", "QUnit"),
        ]
        where imports.has([module]) { return .foreign(name) }
        let called = { (word: String) in
            (0..<code.count).contains { code.isWord($0) && code.text($0) == word && code.isSign($0 + 1, ".") }
        }
        if called("jest") { return .known(.jest) }
        if called("vi") { return .known(.vitest) }
        if called("cy") { return .foreign("Cypress") }
        return imports.has(["chai"]) || imports.has(["sinon"]) ? .known(.mocha) : .silent
    }

    /// The first of these words that follows another word.
    private static func words(_ code: CodeTokens, _ names: [(String, TestFramework)], after word: String) -> Found
    {
        let imported = Set(
            (1..<max(1, code.count)).filter { code.isWord($0) && code.text($0 - 1) == word }.map(code.text))
        return names.first { imported.contains($0.0) }.map { .known($0.1) } ?? .silent
    }

    /// The names behind `import` or `using`, each with its dots.
    private static func imports(_ code: CodeTokens, _ word: String) -> Set<String> {
        var names: Set<String> = []
        for place in 0..<code.count where code.isWord(place) && code.text(place) == word {
            var (name, next) = ("", place + 1)
            if code.isWord(next, "static") { next += 1 }
            while code.isWord(next) || code.isSign(next, "."), code.line(next) == code.line(place) {
                name += code.text(next)
                next += 1
            }
            names.insert(name)
        }
        return names
    }

    private static func java(_ code: CodeTokens) -> Found {
        let names = imports(code, "import")
        if names.contains(where: { $0.hasPrefix("org.junit.jupiter") }) { return .known(.junit) }
        if names.contains(where: { $0.hasPrefix("org.junit.") || $0.hasPrefix("junit.framework") }) {
            return .foreign("JUnit 4")
        }
        return names.contains { $0.hasPrefix("org.testng") } ? .foreign("TestNG") : .silent
    }

    private static func kotlin(_ code: CodeTokens) -> Found {
        let names = imports(code, "import")
        if names.contains(where: { $0.hasPrefix("io.kotest") }) { return .foreign("Kotest") }
        if names.contains(where: { $0 == "kotlin.test.Test" || $0 == "kotlin.test." }) {
            return .known(.kotlinTest)
        }
        if names.contains(where: { $0.hasPrefix("org.junit.jupiter") }) { return .known(.kotlinJUnit) }
        if names.contains(where: { $0.hasPrefix("org.junit.") }) { return .foreign("JUnit 4") }
        return names.contains { $0.hasPrefix("kotlin.test") } ? .known(.kotlinTest) : .silent
    }

    private static func ruby(_ code: CodeTokens) -> Found {
        for place in 0..<code.count where code.isWord(place) {
            switch code.text(place) {
            case "RSpec": return .known(.rspec)
            case "Minitest", "ActiveSupport": return .foreign("minitest")
            case "Test" where code.isWord(place + 3, "Unit"): return .foreign("test-unit")
            case "describe" where code.isString(place + 1) || code.isWord(place + 1): return .known(.rspec)
            default: continue
            }
        }
        return .silent
    }

    private static func php(_ code: CodeTokens) -> Found {
        for place in 0..<code.count where code.isWord(place) {
            if code.isWord(place, "extends") { return .known(.phpunit) }
            if code.isWord(place, "it") || code.isWord(place, "test"), code.isSign(place + 1, "("),
                code.isString(place + 2)
            {
                return .foreign("Pest")
            }
        }
        return .silent
    }

    private static func csharp(_ code: CodeTokens) -> Found {
        let names = imports(code, "using")
        if names.contains("Xunit") { return .known(.xunit) }
        if names.contains(where: { $0.hasPrefix("NUnit") }) { return .foreign("NUnit") }
        return names.contains { $0.hasPrefix("Microsoft.VisualStudio.TestTools") } ? .foreign("MSTest") : .silent
    }
}
