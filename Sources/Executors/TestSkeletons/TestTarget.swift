internal import Basics
internal import Contracts
internal import Editing
internal import Model
internal import Paths

/// Where the tests of a task go, and in which framework they are written.
struct TestTarget {
    let path: RepoPath
    let framework: TestFramework
    /// What the file says already; `nil` where it is a new one.
    let existing: [UInt8]?

    init(_ job: Job, _ staged: StagedFiles, _ hints: TestHints) throws(ExecutorError) {
        var named: TestFramework?
        if let value = try job.inputs(TestsInputs.declaration)["framework"] {
            named = try TestFramework(named: value.plainText)
        }
        if let file = try Self.literalFile(job, named) {
            (path, existing) = (file, try Self.read(file, staged))
            if let named {
                framework = named
            } else {
                framework = try hints.framework(for: .init(ending: file.name), near: file, saying: existing)
            }
            return
        }
        let patterns = job.task.allowedPaths
        let language = patterns.lazy.compactMap { TestFramework.Language(ending: $0.text) }.first
        let start = try? RepoPath((patterns.lazy.compactMap(\.directory).first.map { "\($0)/" } ?? "") + "x")
        var framework = named ?? .pytest
        if named == nil { framework = try hints.framework(for: language, near: start, saying: nil) }
        let name = Self.fileName(job.task.id, framework, hints)
        let places = patterns.filter { !$0.isLiteral }.map { pattern in
            (pattern.directory ?? pattern.subtree).map { "\($0)/" } ?? framework.usualDirectory
        }
        let candidates = places.compactMap { try? RepoPath($0 + name) }
        guard let first = candidates.first(where: job.permission.allows) else {
            throw ExecutorError(
                "tests", "no allowed path of '\(job.task.id)' can hold '\(name)'",
                causes: candidates.prefix(5).compactMap { candidate in
                    job.permission.refusal(of: candidate).map { "'\(candidate)': \($0.words)" }
                }, hint: "add the test file, or a directory such as tests/, to allowed_paths")
        }
        (path, existing, self.framework) = (first, try Self.read(first, staged), framework)
    }

    private static func read(_ path: RepoPath, _ staged: StagedFiles) throws(ExecutorError) -> [UInt8]? {
        do throws(EditRefusal) {
            guard let bytes = try staged.read(path) else { return nil }
            guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
                throw EditRefusal("'\(path)' is not UTF-8 text", hint: "save the file as UTF-8 text")
            }
            return bytes
        } catch { throw ExecutorError("tests", error) }
    }

    /// The one test file that the task names, other code beside it aside.
    private static func literalFile(_ job: Job, _ named: TestFramework?) throws(ExecutorError) -> RepoPath? {
        var files: [RepoPath] = []
        for pattern in job.task.allowedPaths where pattern.isLiteral {
            guard let path = try? RepoPath(pattern.text), let language = TestFramework.Language(ending: path.name),
                named == nil || language == named?.language, !files.contains(path)
            else { continue }
            files.append(path)
        }
        let tests = files.filter { isTest($0) }
        // Rust keeps tests within the code that they test.
        let isRustCode = files.allSatisfy { TestFramework.Language(ending: $0.name) == .rust }
        let chosen = tests.isEmpty && isRustCode && job.task.allowedPaths.allSatisfy(\.isLiteral) ? files : tests
        guard chosen.count > 1 else { return chosen.first }
        throw ExecutorError(
            "tests",
            "'\(job.task.id)' allows several test files: \(chosen.map(\.description).joined(separator: ", "))",
            hint: "name exactly one test file in allowed_paths, or a directory such as tests/")
    }

    private static func isTest(_ path: RepoPath) -> Bool {
        let folded = path.description.lowercased()
        return folded.contains("test") || folded.contains(".spec.") || folded.contains("_spec.")
    }

    private static func fileName(_ id: String, _ framework: TestFramework, _ hints: TestHints) -> String {
        let words = NameWords.words(of: id)
        let plain = words.isEmpty ? ["task"] : words
        let type = SourceNames.type(of: plain)
        switch framework {
        case .pytest, .unittest: return "test_\(NameWords.snake(plain)).py"
        case .swiftTesting, .xctest: return type + "Tests.swift"
        case .go: return NameWords.snake(plain) + "_test.go"
        case .jest, .vitest, .mocha, .nodeTest, .ava:
            return plain.joined(separator: "-") + (hints.usesTypeScript ? ".test.ts" : ".test.js")
        case .junit: return type + "Test.java"
        case .kotlinJUnit, .kotlinTest: return type + "Test.kt"
        case .rspec: return NameWords.snake(plain) + "_spec.rb"
        case .phpunit: return type + "Test.php"
        case .xunit: return type + "Tests.cs"
        case .rust: return SourceNames.module(of: plain) + ".rs"
        }
    }
}

extension TestTarget {
    /// The type that the tests of a task are in.
    func typeName(for task: BacklogTask) -> String {
        let isNew = (existing ?? []).allSatisfy(Lines.isSpace)
        let base = path.name.prefix { $0 != "." }
        let isNamedForFile = [.junit, .phpunit].contains(framework)
        if isNew, isNamedForFile { return String(base) }
        // A file's name is a type's where it begins as one does.
        if isNew, base.first?.isUppercase == true, base.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        {
            return String(base)
        }
        let words = NameWords.words(of: task.id)
        let isSingular = [.java, .kotlin, .php].contains(framework.language)
        return SourceNames.type(of: words.isEmpty ? ["task"] : words) + (isSingular ? "Test" : "Tests")
    }
}

extension PathPattern {
    /// The directory of `tests/`, a subtree.
    var subtree: RepoPath? { text.hasSuffix("/") ? try? RepoPath(String(text.dropLast())) : nil }
}

extension TestFramework {
    /// Where tests stand when a task leaves it open.
    var usualDirectory: String {
        switch self {
        case .pytest, .unittest, .jest, .vitest, .rust, .phpunit, .xunit: "tests/"
        case .mocha, .nodeTest, .ava: "test/"
        case .rspec: "spec/"
        case .kotlinJUnit, .kotlinTest: "src/test/kotlin/"
        case .swiftTesting, .xctest: "Tests/"
        case .go: ""
        case .junit: "src/test/java/"
        }
    }
}

/// Names of types and modules after a task or a file.
enum SourceNames {
    static func type(of words: [String]) -> String {
        let name = NameWords.pascal(words)
        return name.first?.isLetter == true ? name : "Task" + name
    }

    static func module(of words: [String]) -> String {
        let name = NameWords.snake(words)
        return name.first?.isLetter == true && !TestFramework.rust.reserved.contains(name) ? name : "task_" + name
    }
}
