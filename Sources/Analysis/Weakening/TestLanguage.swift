internal import Basics
package import Paths

/// The languages whose tests are understood.
package enum TestLanguage: Sendable {
    case python, swift, script, go, rust, java, kotlin, ruby, php, csharp

    /// By the file's name; `nil` for any other language.
    package init?(_ path: RepoPath) {
        switch path.loweredExtension {
        case "py": self = .python
        case "swift": self = .swift
        case "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts": self = .script
        case "go": self = .go
        case "rs": self = .rust
        case "java": self = .java
        case "kt", "kts": self = .kotlin
        case "rb": self = .ruby
        case "php": self = .php
        case "cs": self = .csharp
        default: return nil
        }
    }

    package var code: CodeLanguage {
        switch self {
        case .python: .python
        case .swift: .swift
        case .script: .script
        case .go: .go
        case .rust: .rust
        case .java: .java
        case .kotlin: .kotlin
        case .ruby: .ruby
        case .php: .php
        case .csharp: .csharp
        }
    }

    /// Whether a file of the language can hold tests at all, by a quick look at its name and text.
    func mayHoldTests(_ path: RepoPath, _ bytes: [UInt8]) -> Bool {
        let words: [String] =
            switch self {
            case .python: Self.isTestPath(path) ? ["test"] : ["unittest", "pytest"]
            case .swift: ["XCTest", "import Testing"]
            case .script:
                Self.isTestPath(path)
                    ? ["test", "it", "describe"] : ["vitest", "jest", "node:test", "mocha", "ava"]
            case .go: path.name.hasSuffix("_test.go") ? ["func "] : []
            case .rust: ["test]", "test(", "test_case", "rstest", "quickcheck"]
            case .java, .kotlin: ["Test"]
            case .ruby:
                Self.isTestPath(path)
                    ? ["test", "it", "specify", "example", "scenario"] : ["RSpec", "initest", "Test::Unit"]
            case .php: Self.isTestPath(path) ? ["test", "it(", "Test"] : ["TestCase"]
            case .csharp: ["Fact", "Theory", "Test"]
            }
        return words.contains { bytes.contains(piece: $0) }
    }

    private static let directories: Set<Substring> = ["test", "tests", "spec", "specs", "__tests__", "testing"]

    /// Whether people would look for tests under this path.
    package static func isTestPath(_ path: RepoPath) -> Bool {
        let parts = path.description.split(separator: "/")
        if parts.dropLast().contains(where: { directories.contains($0.lowercased()[...]) || $0.hasSuffix("Tests") }
        ) {
            return true
        }
        let name = parts.last ?? ""
        let stem = name.split(separator: ".").first ?? ""
        let lowered = stem.lowercased()
        if lowered.hasSuffix("_spec") { return true }
        if lowered.hasPrefix("test_") || lowered.hasSuffix("_test") || lowered.hasSuffix("_tests") { return true }
        if lowered == "tests" || lowered == "test" || lowered == "conftest" { return true }
        if ["Test", "Tests", "Spec", "IT"].contains(where: stem.hasSuffix), stem != "IT" { return true }
        let marks = name.lowercased()
        return [".test.", ".spec.", ".cy.", ".e2e."].contains(where: marks.contains)
    }
}
