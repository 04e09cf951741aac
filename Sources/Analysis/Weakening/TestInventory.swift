internal import Basics
package import Paths

/// One test of a file, as far as it can become weaker.
package struct TestFunction: Hashable {
    let name: String
    /// The classes, modules or suites around it.
    let scope: [String]
    package let line: Int
    /// Whether it, or something around it, is skipped, disabled or expected to fail.
    let isSkipped: Bool
    package let assertions: Int
    /// Equal for tests that do the same; `nil` for those that hardly do anything.
    let fingerprint: UInt64?

    package var qualifiedName: String { (scope + [name]).joined(separator: " › ") }
}

/// The tests of one version of a file.
package struct TestInventory {
    package let tests: [TestFunction]
    /// Lines of tests or suites that keep all others from running, such as `it.only`.
    package let focusLines: [Int]

    package static let none = TestInventory(tests: [], focusLines: [])

    private init(tests: [TestFunction], focusLines: [Int]) { (self.tests, self.focusLines) = (tests, focusLines) }

    package init(_ bytes: [UInt8]?, _ path: RepoPath, _ language: TestLanguage) {
        guard let bytes, language.mayHoldTests(path, bytes) else {
            self = .none
            return
        }
        let code = CodeTokens(bytes, language.code)
        switch language {
        case .python: self.init(tests: PythonTests(code).tests, focusLines: [])
        case .go: self.init(tests: GoTests.tests(in: code), focusLines: [])
        case .rust: self.init(tests: RustTests(code).tests, focusLines: [])
        case .swift: self.init(tests: SwiftTests(code).tests, focusLines: [])
        case .java, .kotlin: self.init(tests: JavaTests(code, language).tests, focusLines: [])
        case .csharp: self.init(tests: CSharpTests(code).tests, focusLines: [])
        case .script:
            let found = ScriptTests(code)
            self.init(tests: found.tests, focusLines: found.focusLines)
        case .ruby:
            let found = RubyTests(code)
            self.init(tests: found.tests, focusLines: found.focusLines)
        case .php:
            let found = PHPTests(code)
            self.init(tests: found.tests, focusLines: found.focusLines)
        }
    }
}
