internal import Basics
internal import Model
internal import Paths

/// What a repository shows of how its tests are written.
///
/// Besides the file of the task only manifests are read, and those only by their names: they say which framework is used.
struct TestHints {
    private let files: any FileView

    init(_ files: any FileView) { self.files = files }

    private func text(_ name: String, near path: RepoPath?) -> String? {
        var directory = path?.parent
        while true {
            let prefix = directory.map { "\($0)/" } ?? ""
            if let path = try? RepoPath(prefix + name), let bytes = (try? files.read(path)) ?? nil {
                return String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
            }
            guard let parent = directory else { return nil }
            directory = parent.parent
        }
    }

    private func exists(_ name: String) -> Bool {
        guard let path = try? RepoPath(name) else { return false }
        return ((try? files.kind(of: path)) ?? nil) != nil
    }

    /// The framework for a language, or for the one language of the repository.
    func framework(
        for language: TestFramework.Language?, near path: RepoPath?, saying text: [UInt8]?
    ) throws(ExecutorError) -> TestFramework {
        var language = language
        if language == nil { language = try onlyLanguage() }
        guard let language else {
            throw ExecutorError(
                "tests", "nothing in the repository says in which language the tests are to be",
                hint:
                    "set inputs.framework to one of \(TestFramework.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        let known = text.map { String(decoding: $0.prefix(64 << 10), as: UTF8.self) } ?? ""
        switch language {
        case .python: return usesPytest(known, near: path) ? .pytest : .unittest
        case .swift: return usesSwiftTesting(known, near: path) ? .swiftTesting : .xctest
        case .go: return .go
        case .script: return try scriptFramework(known, near: path)
        case .java: return .junit
        case .rust: return .rust
        }
    }

    private static let manifests: [(name: String, language: TestFramework.Language)] = [
        ("Package.swift", .swift), ("pyproject.toml", .python), ("setup.py", .python), ("setup.cfg", .python),
        ("requirements.txt", .python), ("go.mod", .go), ("package.json", .script), ("Cargo.toml", .rust),
        ("pom.xml", .java), ("build.gradle", .java), ("build.gradle.kts", .java),
    ]

    private func onlyLanguage() throws(ExecutorError) -> TestFramework.Language? {
        var found: [(name: String, language: TestFramework.Language)] = []
        for manifest in Self.manifests where exists(manifest.name) {
            if !found.contains(where: { $0.language == manifest.language }) { found.append(manifest) }
        }
        guard found.count > 1 else { return found.first?.language }
        throw ExecutorError(
            "tests",
            "the repository has several languages: \(found.map { "\($0.language.rawValue) (\($0.name))" }.joined(separator: ", "))",
            hint: "set inputs.framework, or name the test file in allowed_paths")
    }

    private func usesPytest(_ known: String, near path: RepoPath?) -> Bool {
        if known.contains("pytest") { return true }
        if known.contains("unittest") { return false }
        if exists("pytest.ini") || exists("conftest.py") || exists("tests/conftest.py") { return true }
        let names = [
            "pyproject.toml", "requirements-dev.txt", "requirements.txt", "dev-requirements.txt", "setup.cfg",
            "tox.ini",
            "setup.py", "Pipfile",
        ]
        return names.contains { text($0, near: path)?.contains("pytest") == true }
    }

    private func usesSwiftTesting(_ known: String, near path: RepoPath?) -> Bool {
        if known.contains("import Testing") { return true }
        if known.contains("import XCTest") { return false }
        guard let manifest = text("Package.swift", near: path) else { return true }
        if manifest.contains("swift-testing") { return true }
        let version = manifest.firstRange(of: "swift-tools-version:").map { manifest[$0.upperBound...] }
        let digits = version?.drop { $0 == " " }.prefix(while: \.isNumber)
        return (digits.flatMap { Int($0) } ?? 5) >= 6
    }

    private func scriptFramework(_ known: String, near path: RepoPath?) throws(ExecutorError) -> TestFramework {
        if known.contains("vitest") { return .vitest }
        if known.contains("@jest/globals") { return .jest }
        let manifest = text("package.json", near: path) ?? ""
        if manifest.contains("\"vitest\"") { return .vitest }
        if manifest.contains("\"jest\"") || manifest.contains("ts-jest") { return .jest }
        let endings = ["js", "ts", "mjs", "cjs", "mts"]
        if endings.contains(where: { exists("vitest.config.\($0)") }) { return .vitest }
        if endings.contains(where: { exists("jest.config.\($0)") }) || known.contains("describe(") { return .jest }
        throw ExecutorError(
            "tests", "package.json names neither jest nor vitest", hint: "set inputs.framework to jest or vitest")
    }

    var usesTypeScript: Bool { exists("tsconfig.json") }

    /// The package of the Go files beside a path; else the directory's name.
    func goPackage(of path: RepoPath) -> String {
        let siblings =
            (try? files.list(under: path.parent) {
                $0.parent == path.parent && $0.name.hasSuffix(".go") && $0 != path
            })
            ?? []
        for sibling in siblings.prefix(3) {
            let text = ((try? files.read(sibling)) ?? nil).map {
                String(decoding: $0.prefix(64 << 10), as: UTF8.self)
            }
            for line in (text ?? "").split(separator: "\n") where line.hasPrefix("package ") {
                return line.dropFirst(8).prefix { $0.isLetter || $0.isNumber || $0 == "_" }.description
            }
        }
        let words = NameWords.words(of: path.parent?.name ?? "main").joined()
        return words.first?.isLetter == true ? words : "main"
    }

    /// The package of a Java file by the directories below `java`.
    static func javaPackage(of path: RepoPath) -> String? {
        let parts = path.components.dropLast().map { String(decoding: $0, as: UTF8.self) }
        guard let root = parts.lastIndex(of: "java") else { return nil }
        let names = parts[(root + 1)...]
        let isValid = names.allSatisfy { name in
            NameWords.words(of: name).count == 1 && name.first?.isLetter == true
                && !TestFramework.junit.reserved.contains(name)
        }
        return names.isEmpty || !isValid ? nil : names.joined(separator: ".")
    }
}
