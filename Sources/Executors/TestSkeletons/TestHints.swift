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
                return String(decoding: bytes.prefix(1 << 20)[bytes.textStart...], as: UTF8.self)
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
        if let path, let text, let written = try ExistingTests.framework(of: path, text) { return written }
        switch language {
        case .python: return usesPytest(near: path) ? .pytest : .unittest
        case .swift: return usesSwiftTesting(near: path) ? .swiftTesting : .xctest
        case .go: return .go
        case .script: return try scriptFramework(near: path)
        case .java: return .junit
        case .rust: return .rust
        case .ruby: return .rspec
        case .php: return .phpunit
        case .kotlin: return usesKotlinTest(near: path) ? .kotlinTest : .kotlinJUnit
        case .csharp: return .xunit
        }
    }

    private static let manifests: [(name: String, language: TestFramework.Language)] = [
        ("Package.swift", .swift), ("pyproject.toml", .python), ("setup.py", .python), ("setup.cfg", .python),
        ("requirements.txt", .python), ("go.mod", .go), ("package.json", .script), ("Cargo.toml", .rust),
        ("Gemfile", .ruby), ("composer.json", .php), ("pom.xml", .java), ("build.gradle", .java),
        ("build.gradle.kts", .java),
    ]

    private func onlyLanguage() throws(ExecutorError) -> TestFramework.Language? {
        var found: [(name: String, language: TestFramework.Language)] = []
        for manifest in Self.manifests where exists(manifest.name) {
            let isKotlin = manifest.language == .java && holdsKotlin
            let language = isKotlin ? TestFramework.Language.kotlin : manifest.language
            if !found.contains(where: { $0.language == language }) { found.append((manifest.name, language)) }
        }
        let projects =
            (try? files.list(under: nil) { $0.name.hasSuffix(".csproj") || $0.name.hasSuffix(".sln") }) ?? []
        if let project = projects.first { found.append((project.description, .csharp)) }
        guard found.count > 1 else { return found.first?.language }
        throw ExecutorError(
            "tests",
            "the repository has several languages: \(found.map { "\($0.language.rawValue) (\($0.name))" }.joined(separator: ", "))",
            hint: "set inputs.framework, or name the test file in allowed_paths")
    }

    private var holdsKotlin: Bool {
        ["src/main/kotlin", "src/test/kotlin", "app/src/main/kotlin"].contains { name in
            guard let path = try? RepoPath(name) else { return false }
            return (try? files.hasDirectory(path)) ?? false
        }
    }

    private func usesPytest(near path: RepoPath?) -> Bool {
        if exists("pytest.ini") || exists("conftest.py") || exists("tests/conftest.py") { return true }
        let names = [
            "pyproject.toml", "requirements-dev.txt", "requirements.txt", "dev-requirements.txt", "setup.cfg",
            "tox.ini",
            "setup.py", "Pipfile",
        ]
        return names.contains { text($0, near: path)?.contains("pytest") == true }
    }

    private func usesSwiftTesting(near path: RepoPath?) -> Bool {
        guard let manifest = text("Package.swift", near: path) else { return true }
        if manifest.contains("swift-testing") { return true }
        let version = manifest.firstRange(of: "swift-tools-version:").map { manifest[$0.upperBound...] }
        let digits = version?.drop { $0 == " " }.prefix(while: \.isNumber)
        return (digits.flatMap { Int($0) } ?? 5) >= 6
    }

    private func usesKotlinTest(near path: RepoPath?) -> Bool {
        ["build.gradle.kts", "build.gradle", "pom.xml"].contains { name in
            guard let text = text(name, near: path) else { return false }
            return text.contains("kotlin(\"test") || text.contains("kotlin-test")
        }
    }

    /// By the packages that the nearest package.json names, else by what its test script runs.
    private func scriptFramework(near path: RepoPath?) throws(ExecutorError) -> TestFramework {
        let manifest = text("package.json", near: path) ?? ""
        let named: [(String, TestFramework)] = [
            ("\"vitest\"", .vitest), ("\"jest\"", .jest), ("ts-jest", .jest), ("\"mocha\"", .mocha),
            ("\"ava\"", .ava),
            ("node --test", .nodeTest), ("node:test", .nodeTest),
        ]
        if let match = named.first(where: { manifest.contains($0.0) }) { return match.1 }
        let endings = ["js", "ts", "mjs", "cjs", "mts"]
        if endings.contains(where: { exists("vitest.config.\($0)") }) { return .vitest }
        if endings.contains(where: { exists("jest.config.\($0)") }) { return .jest }
        if ["js", "cjs", "json", "yml", "yaml", "jsonc"].contains(where: { exists(".mocharc.\($0)") }) {
            return .mocha
        }
        throw ExecutorError(
            "tests", "package.json names none of vitest, jest, mocha, ava and node --test",
            hint: "set inputs.framework to one of them")
    }

    /// Whether a file of JavaScript is a module that imports, by its ending or by the nearest package.json.
    func isModule(_ path: RepoPath) -> Bool {
        if [".cjs", ".cts"].contains(where: path.name.hasSuffix) { return false }
        if !path.name.hasSuffix(".js") && !path.name.hasSuffix(".jsx") { return true }
        guard let manifest = text("package.json", near: path), let json = try? JSON.parse(manifest) else {
            return false
        }
        return json["type"]?.string == "module"
    }

    /// Whether a name is a module of this repository.
    func isPythonModule(_ name: String) -> Bool {
        ["\(name)/__init__.py", "src/\(name)/__init__.py", "\(name).py", "src/\(name).py"].contains(where: exists)
    }

    /// `namespace X;` as a file beside a path has it.
    func csharpNamespace(of path: RepoPath) -> String? {
        let siblings = (try? files.list(under: path.parent) { $0.name.hasSuffix(".cs") && $0 != path }) ?? []
        for sibling in siblings.prefix(3) {
            guard let bytes = (try? files.read(sibling)) ?? nil else { continue }
            for line in String(decoding: bytes.prefix(64 << 10), as: UTF8.self).split(whereSeparator: \.isNewline)
            where line.hasPrefix("namespace ") {
                let name = line.dropFirst(10).prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
                return name.isEmpty ? nil : "namespace \(name);\n\n"
            }
        }
        return nil
    }

    /// The namespace of a PHP file, by what composer.json says of directories.
    func phpNamespace(of path: RepoPath) -> String? {
        guard let manifest = text("composer.json", near: nil), let json = try? JSON.parse(manifest) else {
            return nil
        }
        var best: (directory: String, namespace: String)?
        for section in ["autoload-dev", "autoload"] {
            for member in json[section]?["psr-4"]?.members ?? [] {
                guard var directory = member.value.string else { continue }
                if !directory.isEmpty, !directory.hasSuffix("/") { directory += "/" }
                if "\(path)".hasPrefix(directory), directory.count >= best?.directory.count ?? 0 {
                    best = (directory, member.name)
                }
            }
        }
        guard let best else { return nil }
        let below = "\(path)".dropFirst(best.directory.count).split(separator: "/").dropLast()
        let base = best.namespace.hasSuffix("\\") ? String(best.namespace.dropLast()) : best.namespace
        let name = ([base] + below.map(String.init)).filter { !$0.isEmpty }.joined(separator: "\\")
        let isName = name.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0 == "\\" || $0 == "_" || (48...57).contains($0.value)
        }
        return name.isEmpty || !isName ? nil : name
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

    /// The package of a file by the directories below `java` or `kotlin`.
    static func javaPackage(of path: RepoPath) -> String? {
        let parts = path.components.dropLast().map { String(decoding: $0, as: UTF8.self) }
        guard let root = parts.lastIndex(where: { $0 == "java" || $0 == "kotlin" }) else { return nil }
        let names = parts[(root + 1)...]
        let isValid = names.allSatisfy { name in
            NameWords.words(of: name).count == 1 && name.first?.isLetter == true
                && !TestFramework.junit.reserved.contains(name)
        }
        return names.isEmpty || !isValid ? nil : names.joined(separator: ".")
    }
}
