internal import Basics
internal import Editing
internal import Manifests
internal import Model
internal import Paths

/// A file of tests, new or with tests in it already.
struct TestFile {
    private let target: TestTarget
    private let task: BacklogTask
    private let hints: TestHints
    private let source: TestSource

    init(_ target: TestTarget, task: BacklogTask, hints: TestHints) {
        (self.target, self.task, self.hints) = (target, task, hints)
        source = TestSource(target.framework)
    }

    private var existing: [UInt8] { target.existing ?? [] }

    /// The tests that the file does not have, whether by name or, where tests have none, by their text.
    func missing(of cases: [TestCase]) -> [TestCase] {
        guard !existing.isEmpty else { return cases }
        let known =
            target.framework.namesAreTexts
            ? SourceWords.strings(in: existing)
            : SourceWords.functions(in: existing, after: target.framework.functionWord)
        return cases.filter { !known.contains($0.name) }
    }

    func adding(_ cases: [TestCase]) throws(EditRefusal) -> [UInt8] {
        let isNew = existing.allSatisfy(Lines.isSpace)
        if isNew { return Array((newHead + group(cases, isNew: true) + newTail).utf8) }
        guard String(validating: existing, as: UTF8.self) != nil else {
            throw EditRefusal("'\(target.path)' is not UTF-8 text")
        }
        let newLine = Lines.ending(of: existing)
        var edits: [ByteEdit] = []
        let place = placeForTests
        var text = group(cases, isNew: false)
        let isAtLineStart = place == 0 || existing[place - 1] == Lines.feed
        text = (isAtLineStart ? "" : "\n") + source.gap + text + (place < existing.count ? source.gap + "\n" : "")
        edits.append(ByteEdit(at: place, inserting: text.replacing("\n", with: newLine)))
        if target.framework == .go, !existing.contains(piece: "\"testing\"") {
            edits.append(try goImport(newLine))
        }
        return ByteEdit.apply(edits, to: existing)
    }

    // MARK: Pieces

    private var heading: String {
        let words = Criteria.line(task.displayTitle).replacing("\\", with: "/")
        return "\(target.framework.language == .python ? "#" : "//") \(task.id): \(words)\n"
    }

    private var newHead: String {
        switch target.framework {
        case .pytest: heading + "import pytest\n\n\n"
        case .unittest: heading + "import unittest\n\n\n"
        case .swiftTesting: heading + "import Testing\n\n"
        case .xctest: heading + "import XCTest\n\n"
        case .go:
            heading
                + "\npackage \(goPackage)\n\nimport \"testing\"\n\n"
        case .jest: heading
        case .vitest: heading + "import { describe, test } from \"vitest\";\n\n"
        case .junit:
            heading + (TestHints.javaPackage(of: target.path).map { "package \($0);\n\n" } ?? "")
                + "import static org.junit.jupiter.api.Assertions.fail;\n\nimport org.junit.jupiter.api.Disabled;\n"
                + "import org.junit.jupiter.api.DisplayName;\nimport org.junit.jupiter.api.Test;\n\n"
        case .rust: heading
        }
    }

    /// The package that the task names, where it is a name.
    private var goPackage: String {
        let named = task.inputs["package"]?.string ?? ""
        let isName = named.first?.isLetter == true && named.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        return isName ? named : hints.goPackage(of: target.path)
    }

    private var newTail: String {
        target.framework == .unittest ? "\n\nif __name__ == \"__main__\":\n    unittest.main()\n" : ""
    }

    /// The tests with what encloses them.
    private func group(_ cases: [TestCase], isNew: Bool) -> String {
        let known = isNew ? [] : SourceWords.names(in: existing)
        let title = source.quoted(Criteria.line(task.displayTitle))
        let type = unique(typeName(isNew: isNew), known)
        let body = { (isAlone: Bool) in source.tests(cases, qualified: !isNew, isAlone: isAlone) }
        switch target.framework {
        case .pytest: return addedImport("pytest", known, isNew) + body(true)
        case .unittest:
            return addedImport("unittest", known, isNew) + "class \(type)(unittest.TestCase):\n" + body(false)
        case .swiftTesting:
            return addedImport("Testing", known, isNew) + "@Suite(\(title)) struct \(type) {\n" + body(false)
                + "}\n"
        case .xctest:
            return addedImport("XCTest", known, isNew) + "final class \(type): XCTestCase {\n" + body(false)
                + "}\n"
        case .go: return body(true)
        case .jest: return "describe(\(title), () => {\n" + body(false) + "});\n"
        case .vitest: return vitestGroup(title, cases, isNew, known)
        case .junit: return "class \(type) {\n" + body(false) + "}\n"
        case .rust:
            let module = unique(SourceNames.module(of: NameWords.words(of: task.id)), known)
            return "#[cfg(test)]\nmod \(module) {\n" + body(false) + "}\n"
        }
    }

    /// An added group brings its own names where the file imports none.
    private func vitestGroup(_ title: String, _ cases: [TestCase], _ isNew: Bool, _ known: Set<String>) -> String {
        let tests = source.tests(cases, qualified: false, isAlone: false)
        if isNew || known.isSuperset(of: ["describe", "test"]) {
            return "describe(\(title), () => {\n" + tests + "});\n"
        }
        let name = unique("criteria", known)
        return "import * as \(name) from \"vitest\";\n\n\(name).describe(\(title), () => {\n"
            + tests.replacing("  test.skip(", with: "  \(name).test.skip(") + "});\n"
    }

    private func addedImport(_ module: String, _ known: Set<String>, _ isNew: Bool) -> String {
        guard !isNew else { return "" }
        let line = Array("import \(module)".utf8)
        let isThere = Lines.all(of: existing).contains { existing[$0].elementsEqual(line) }
        return isThere ? "" : "import \(module)\n\n" + (target.framework.language == .python ? "\n" : "")
    }

    private func typeName(isNew: Bool) -> String {
        let base = target.path.name.prefix { $0 != "." }
        let words = NameWords.words(of: task.id)
        if isNew, target.framework == .junit { return String(base) }
        // A file's name is a type's where it begins as one does.
        if isNew, base.first?.isUppercase == true, base.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        {
            return String(base)
        }
        return SourceNames.type(of: words.isEmpty ? ["task"] : words)
            + (target.framework == .junit ? "Test" : "Tests")
    }

    private func unique(_ name: String, _ known: Set<String>) -> String {
        var (candidate, number) = (name, 1)
        while known.contains(candidate) {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }

    // MARK: Places

    /// The end of the file; in Python before what runs it as a program.
    private var placeForTests: Int {
        guard target.framework.language == .python else { return existing.count }
        let lines = Lines.all(of: existing)
        let main = lines.last { existing[$0].starts(with: "if __name__".utf8) }
        return main?.lowerBound ?? existing.count
    }

    /// Go wants imports before everything else.
    private func goImport(_ newLine: String) throws(EditRefusal) -> ByteEdit {
        let lines = Lines.all(of: existing)
        guard let clause = lines.first(where: { existing[$0].starts(with: "package ".utf8) }) else {
            throw EditRefusal("'\(target.path)' has no package clause")
        }
        let place = Lines.next(after: clause.upperBound, in: existing) ?? existing.count
        return ByteEdit(at: place, inserting: "\(newLine)import \"testing\"\(newLine)")
    }
}
