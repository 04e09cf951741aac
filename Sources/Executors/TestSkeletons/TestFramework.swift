internal import Basics

/// A way to write tests.
enum TestFramework: String, CaseIterable {
    case pytest, unittest
    case swiftTesting = "swift-testing"
    case xctest, go, jest, vitest
    case junit = "junit5"
    case rust, mocha
    case nodeTest = "node-test"
    case ava, rspec, phpunit
    case kotlinJUnit = "junit5-kotlin"
    case kotlinTest = "kotlin-test"
    case xunit

    /// The framework that a task names.
    init(named name: String) throws(ExecutorError) {
        let plain = name.lowercased().filter { $0.isLetter }
        if let known = Self.allCases.first(where: { $0.rawValue.filter(\.isLetter) == plain }) {
            self = known
            return
        }
        let names = Self.allCases.map(\.rawValue)
        let nearest = Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
        throw ExecutorError(
            "tests", "inputs.framework names '\(name.prefix(80))', which is not known",
            hint: nearest ?? "the frameworks are \(names.joined(separator: ", "))")
    }

    enum Language: String {
        case python = "Python", swift = "Swift", go = "Go", script = "JavaScript", java = "Java", rust = "Rust"
        case ruby = "Ruby", php = "PHP", kotlin = "Kotlin", csharp = "C#"

        /// By the ending of a file's name, or of a glob.
        init?(ending name: String) {
            guard let dot = name.lastIndex(of: ".") else { return nil }
            switch name[dot...] {
            case ".py": self = .python
            case ".swift": self = .swift
            case ".go": self = .go
            case ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts": self = .script
            case ".java": self = .java
            case ".rs": self = .rust
            case ".rb": self = .ruby
            case ".php": self = .php
            case ".kt": self = .kotlin
            case ".cs": self = .csharp
            default: return nil
            }
        }
    }

    var language: Language {
        switch self {
        case .pytest, .unittest: .python
        case .swiftTesting, .xctest: .swift
        case .go: .go
        case .jest, .vitest, .mocha, .nodeTest, .ava: .script
        case .junit: .java
        case .rust: .rust
        case .rspec: .ruby
        case .phpunit: .php
        case .kotlinJUnit, .kotlinTest: .kotlin
        case .xunit: .csharp
        }
    }

    /// What begins a comment.
    var comment: String { language == .python || language == .ruby ? "#" : "//" }

    /// Whether a test goes by the text of its criterion, and needs no name.
    var namesAreTexts: Bool { language == .script || language == .ruby }

    /// The word that a function's name follows.
    var functionWord: String {
        switch language {
        case .python: "def"
        case .swift, .go: "func"
        case .java, .csharp: "void"
        case .rust: "fn"
        case .kotlin: "fun"
        case .script, .php, .ruby: "function"
        }
    }

    /// What stands between a name and the number that makes it another one.
    var separator: String { [.python, .rust, .go, .csharp].contains(language) ? "_" : "" }

    /// Names that the language or the framework keeps for itself.
    var reserved: Set<String> {
        switch self {
        case .pytest, .unittest, .jest, .vitest, .mocha, .nodeTest, .ava, .rspec, .phpunit: []
        case .go: ["TestMain"]
        case .xctest: ["testRun", "testRunClass", "testName", "testCaseCount", "testInvocations"]
        case .swiftTesting: Self.swiftWords
        case .junit: Self.javaWords
        case .rust: Self.rustWords
        case .kotlinJUnit, .kotlinTest: Self.kotlinWords
        case .xunit:
            ["Equals", "GetHashCode", "GetType", "ToString", "Finalize", "MemberwiseClone", "ReferenceEquals"]
        }
    }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

    private static let swiftWords = words(
        """
        as associatedtype async await borrowing break case catch class consuming continue default defer deinit do \
        else enum extension fallthrough false fileprivate for func get guard if import in indirect init inout \
        internal is lazy let macro mutating nil none nonisolated open operator override package postfix precedencegroup \
        prefix private protocol public repeat required rethrows return self set some static struct subscript super \
        switch throw throws true try typealias unowned var weak where while any actor
        """)

    private static let javaWords = words(
        """
        abstract assert boolean break byte case catch char class const continue default do double else enum extends \
        false final finally float for goto if implements import instanceof int interface long native new null package \
        permits private protected public record return sealed short static strictfp super switch synchronized this \
        throw throws transient true try var void volatile while yield clone equals finalize getClass hashCode notify \
        notifyAll toString wait fail
        """)

    private static let kotlinWords = words(
        """
        as break class continue do else false for fun if in interface is null object package return super this throw \
        true try typealias typeof val var when while equals hashCode toString
        """)

    private static let rustWords = words(
        """
        abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen \
        if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true \
        try type typeof union unsafe unsized use virtual where while yield
        """)
}
