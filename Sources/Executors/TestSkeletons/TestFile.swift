internal import Analysis
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

    init(_ target: TestTarget, task: BacklogTask, hints: TestHints) {
        (self.target, self.task, self.hints) = (target, task, hints)
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
        if isNew {
            let source = TestSource(target.framework)
            return Array((newHead + group(cases, source, groupWord: "describe", known: []) + newTail).utf8)
        }
        guard String(validating: existing, as: UTF8.self) != nil else {
            throw EditRefusal("'\(target.path)' is not UTF-8 text")
        }
        let newLine = Lines.ending(of: existing)
        let imports = try TestImports(
            target.framework, existing, isOwn: hints.isPythonModule, isModule: hints.isModule(target.path))
        let style = target.framework.language == .script ? ScriptStyle(of: existing) : .standard
        let source = TestSource(target.framework, testWord: imports.testWord, style: style)
        if target.framework == .phpunit { return try withinClass(cases, source, newLine) }
        let known = SourceWords.names(in: existing)
        let place = placeForTests
        let isAtLineStart = place == 0 || existing[place - 1] == Lines.feed
        // Blank lines that are there already count.
        let blank = existing[..<place].reversed().prefix(while: Lines.isSpace).count { $0 == Lines.feed }
        let gap = String(source.gap.dropFirst(max(0, blank - 1)))
        let text =
            (isAtLineStart ? "" : "\n") + gap
            + styled(group(cases, source, groupWord: imports.groupWord, known: known), style)
            + (place < existing.count ? source.gap : "")
        let tests = ByteEdit(at: place, inserting: text.replacing("\n", with: newLine))
        return ByteEdit.apply(imports.edits + [tests], to: existing)
    }

    private func styled(_ text: String, _ style: ScriptStyle) -> String {
        target.framework.language == .script ? style.styled(text) : text
    }

    /// The tests before the end of the last class: PHPUnit looks only for the one that the file is named for.
    private func withinClass(
        _ cases: [TestCase], _ source: TestSource, _ newLine: String
    ) throws(EditRefusal) -> [UInt8] {
        let code = CodeTokens(existing, .php)
        let open = (0..<code.count).last { place in
            code.isSign(place, "{") && code.partner(place) != place && isClass(before: place, code)
        }
        guard let open else {
            throw EditRefusal(
                "'\(target.path)' has no class for tests", hint: "name another file in allowed_paths")
        }
        let end = code.tokens[code.partner(open)].start
        let place = Lines.start(of: end, in: existing)
        let isOnOwnLine = existing[place..<end].allSatisfy(Lines.isBlank)
        let isEmpty = code.inside(open).isEmpty
        let text = (isOnOwnLine ? "" : "\n") + (isEmpty ? "" : "\n") + source.tests(cases, isAlone: false)
        let edit = ByteEdit(
            at: isOnOwnLine ? place : end, inserting: text.replacing("\n", with: newLine))
        return ByteEdit.apply([edit], to: existing)
    }

    /// Whether the brace opens a class with a name.
    private func isClass(before brace: Int, _ code: CodeTokens) -> Bool {
        var place = brace - 1
        while place > 0, brace - place < 60,
            code.isWord(place) || code.isSign(place, "\\") || code.isSign(place, ",")
        {
            if code.isWord(place, "class") { return code.isWord(place + 1) && !code.isWord(place - 1, "new") }
            place -= 1
        }
        return false
    }

    // MARK: Pieces

    private var heading: String {
        let words = Criteria.line(task.displayTitle).replacing("\\", with: "/")
        return "\(target.framework.comment) \(task.id): \(words)\n"
    }

    private var newHead: String {
        switch target.framework {
        case .pytest: heading + "import pytest\n\n\n"
        case .unittest: heading + "import unittest\n\n\n"
        case .swiftTesting: heading + "import Testing\n\n"
        case .xctest: heading + "import XCTest\n\n"
        case .go: heading + "\npackage \(goPackage)\n\nimport \"testing\"\n\n"
        case .jest, .mocha, .rust: heading
        case .rspec: heading + "\n"
        case .vitest, .nodeTest, .ava:
            heading
                + target.framework.importLine(["describe", "test"], isModule: hints.isModule(target.path)) + "\n\n"
        case .junit:
            heading + packageClause(";")
                + "import org.junit.jupiter.api.Assertions;\nimport org.junit.jupiter.api.Disabled;\n"
                + "import org.junit.jupiter.api.DisplayName;\nimport org.junit.jupiter.api.Test;\n\n"
        case .kotlinJUnit:
            heading + "\n" + packageClause("") + "import org.junit.jupiter.api.Disabled\n"
                + "import org.junit.jupiter.api.DisplayName\nimport org.junit.jupiter.api.Test\n\n"
        case .kotlinTest:
            heading + "\n" + packageClause("") + "import kotlin.test.Ignore\nimport kotlin.test.Test\n\n"
        case .phpunit:
            "<?php\n\n\(heading)\ndeclare(strict_types=1);\n\n"
                + (hints.phpNamespace(of: target.path).map { "namespace \($0);\n\n" } ?? "")
                + "use PHPUnit\\Framework\\TestCase;\n\n"
        case .xunit: heading + "\nusing Xunit;\n\n" + (hints.csharpNamespace(of: target.path) ?? "")
        }
    }

    private func packageClause(_ end: String) -> String {
        TestHints.javaPackage(of: target.path).map { "package \($0)\(end)\n\n" } ?? ""
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

    /// The tests with what encloses them; `known` are the names of the file.
    private func group(
        _ cases: [TestCase], _ source: TestSource, groupWord: String?, known: Set<String>
    ) -> String {
        let title = source.quoted(Criteria.line(task.displayTitle))
        let type = unique(target.typeName(for: task), known)
        let alone = { source.tests(cases, isAlone: true) }
        let body = { source.tests(cases, isAlone: false) }
        switch target.framework {
        case .pytest, .go, .ava: return alone()
        case .unittest: return "class \(type)(unittest.TestCase):\n" + body()
        case .swiftTesting: return "@Suite(\(title)) struct \(type) {\n" + body() + "}\n"
        case .xctest: return "final class \(type): XCTestCase {\n" + body() + "}\n"
        case .jest, .vitest, .mocha, .nodeTest:
            return "\(groupWord ?? "describe")(\(title), () => {\n" + body() + "});\n"
        case .junit, .kotlinJUnit, .kotlinTest: return "class \(type) {\n" + body() + "}\n"
        case .rust:
            let module = unique(SourceNames.module(of: NameWords.words(of: task.id)), known)
            return "#[cfg(test)]\nmod \(module) {\n" + body() + "}\n"
        case .rspec: return "RSpec.describe \(title) do\n" + body() + "end\n"
        case .phpunit: return "final class \(type) extends TestCase\n{\n" + body() + "}\n"
        case .xunit: return "public class \(type)\n{\n" + body() + "}\n"
        }
    }

    private func unique(_ name: String, _ known: Set<String>) -> String {
        var (candidate, number) = (name, 1)
        while known.contains(candidate) {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }

    /// The end of the file; in Python before what runs it as a program.
    private var placeForTests: Int {
        guard target.framework.language == .python else { return existing.count }
        let lines = Lines.all(of: existing)
        let main = lines.last { existing[$0].starts(with: "if __name__".utf8) }
        return main?.lowerBound ?? existing.count
    }
}
