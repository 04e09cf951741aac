internal import Analysis
internal import Basics
internal import Editing

/// What an existing file needs besides the tests, and the names by which it has the framework already.
struct TestImports {
    private(set) var edits: [ByteEdit] = []
    /// The words for a test and for a group of them.
    private(set) var testWord: String
    private(set) var groupWord: String? = "describe"

    init(_ framework: TestFramework, _ bytes: [UInt8], isOwn: (String) -> Bool, isModule: Bool) throws(EditRefusal)
    {
        testWord = framework.testWord
        if framework == .ava { groupWord = nil }
        let lines = ImportLines(bytes)
        switch framework {
        case .pytest, .unittest:
            let isStandard = framework == .unittest
            guard PythonSource(bytes) != nil else {
                throw EditRefusal(
                    "the file cannot be read as Python, so that nobody knows what it imports",
                    hint: "mend it first, or name another file in allowed_paths")
            }
            edits = [lines.python(framework.rawValue, isStandard: isStandard, isOwn: isOwn)].compactMap(\.self)
        case .swiftTesting: swift("Testing", lines)
        case .xctest: swift("XCTest", lines)
        case .junit: java("org.junit.jupiter.api.", ["Assertions", "Disabled", "DisplayName", "Test"], ";", lines)
        case .kotlinJUnit: java("org.junit.jupiter.api.", ["Disabled", "DisplayName", "Test"], "", lines)
        case .kotlinTest: java("kotlin.test.", ["Ignore", "Test"], "", lines)
        case .xunit: csharp(lines)
        case .go: if !bytes.contains(piece: "\"testing\"") { edits = [try Self.go(bytes)] }
        case .jest, .vitest, .mocha, .nodeTest, .ava: script(framework, lines, isModule: isModule)
        case .rust, .rspec, .phpunit: break
        }
    }

    // MARK: Languages

    private mutating func swift(_ module: String, _ lines: ImportLines) {
        let key = { (line: String) in line.split(separator: " ").last.map(String.init) ?? "" }
        let isPlain = { (line: String) in
            ["import ", "internal import ", "public import ", "package import "].contains(where: line.hasPrefix)
        }
        if let edit = lines.sorted("import \(module)", key: key, isImport: isPlain) {
            edits = [edit]
        } else if let first = Lines.all(of: lines.bytes).first(where: {
            lines.bytes[$0].starts(with: "@testable import ".utf8)
        }) {
            let newLine = Lines.ending(of: lines.bytes)
            edits = [ByteEdit(at: first.lowerBound, inserting: "import \(module)" + newLine + newLine)]
        } else {
            edits = [lines.first(["import \(module)"])]
        }
    }

    /// Names of a package, unless all of it is imported.
    private mutating func java(_ package: String, _ names: [String], _ end: String, _ lines: ImportLines) {
        let text = String(decoding: lines.bytes, as: UTF8.self)
        let present = Set(text.split(whereSeparator: \.isNewline).map { String($0).trimmed })
        guard !present.contains("import \(package)*\(end)") else { return }
        let missing = names.map { "import \(package)\($0)\(end)" }.filter { !present.contains($0) }
        for line in missing {
            let edit = lines.sorted(line, key: { $0 }) {
                $0.hasPrefix("import ") && !$0.hasPrefix("import static ")
            }
            guard let edit else {
                edits = [lines.first(missing)]
                return
            }
            edits.append(edit)
        }
    }

    private mutating func csharp(_ lines: ImportLines) {
        // The language's own namespaces come first.
        let key = { (line: String) in
            let name = line.trimmed
            return (name.hasPrefix("using System") ? "0" : "1") + name
        }
        let edit = lines.sorted("using Xunit;", key: key) { line in
            let words = line.trimmed
            return words.hasPrefix("using ") && words.hasSuffix(";") && !words.contains("(")
                && !words.contains("=")
                && !words.hasPrefix("using static ") && !words.hasPrefix("using var ")
        }
        edits = [edit ?? lines.first(["using Xunit;"], package: "\u{0}")]
    }

    /// Go wants imports before everything else.
    private static func go(_ bytes: [UInt8]) throws(EditRefusal) -> ByteEdit {
        let lines = Lines.all(of: bytes)
        guard let clause = lines.first(where: { bytes[$0].starts(with: "package ".utf8) }) else {
            throw EditRefusal("the file has no package clause")
        }
        let newLine = Lines.ending(of: bytes)
        let place = Lines.next(after: clause.upperBound, in: bytes) ?? bytes.count
        return ByteEdit(at: place, inserting: "\(newLine)import \"testing\"\(newLine)")
    }

    private mutating func script(_ framework: TestFramework, _ lines: ImportLines, isModule: Bool) {
        let code = CodeTokens(lines.bytes, .script)
        let imports = ScriptImports(code)
        // A file that imports or requires says itself which of the two it does.
        let isModule = imports.isModule ?? isModule
        let names = imports.names(from: framework.module)
        let called = { (word: String) in
            (0..<code.count).contains {
                code.isWord($0) && code.text($0) == word && (code.isSign($0 + 1, "(") || code.isSign($0 + 1, "."))
            }
        }
        if framework == .ava {
            if let name = names.first {
                testWord = name
            } else {
                addImport(["test"], framework, lines, imports, isModule)
            }
            return
        }
        let words = ["test", "it"].filter { names.contains($0) || names.isEmpty && called($0) }
        if let word = words.first(where: called) ?? words.first { testWord = word }
        // What is called and not imported is there for all files, as jest's and mocha's words are.
        let isGlobal = names.isEmpty && (framework.hasGlobals || called("describe") || called(testWord))
        if names.isEmpty, called("suite"), !called("describe") { groupWord = "suite" }
        guard !isGlobal else { return }
        let missing = ["describe", testWord].filter { !names.contains($0) }
        if !missing.isEmpty { addImport(missing, framework, lines, imports, isModule) }
    }

    private mutating func addImport(
        _ names: [String], _ framework: TestFramework, _ lines: ImportLines, _ imports: ScriptImports,
        _ isModule: Bool
    ) {
        let style = ScriptStyle(of: lines.bytes)
        let line = style.styled(framework.importLine(names, isModule: isModule, style))
        if let last = imports.all.last {
            let start = Lines.start(of: last.end, in: lines.bytes)
            edits = [lines.after(start..<last.end, line)]
        } else {
            edits = [lines.first([line], package: "\u{0}")]
        }
    }
}

extension TestFramework {
    /// The module that a script has the framework from.
    var module: String {
        switch self {
        case .nodeTest: "node:test"
        case .jest: "@jest/globals"
        default: rawValue
        }
    }

    /// Whether a runner gives its words to all files.
    var hasGlobals: Bool { self == .jest || self == .mocha }

    var testWord: String { self == .mocha || self == .rspec ? "it" : "test" }

    func importLine(_ names: [String], isModule: Bool, _ style: ScriptStyle = .standard) -> String {
        let list = self == .ava ? "test" : "{ " + names.joined(separator: ", ") + " }"
        let module = style.quoted(self == .ava ? "ava" : module)
        return isModule ? "import \(list) from \(module);" : "const \(list) = require(\(module));"
    }
}
