import Basics
import Processes
import TestSupport
import Testing

/// The manual that the program itself holds, as topics of its help and as pages for `man`.
@Suite struct ManualTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private func leviathan(_ words: String..., in directory: TemporaryDirectory) throws -> ProcessOutcome {
        let environment = TestRepository.environment(home: directory.path)
        return try TestTarget.run(words, in: directory.path, environment: environment)
    }

    @Test func everyPageOfTheDocumentationIsATopic() throws {
        let directory = try TemporaryDirectory()
        let list = try leviathan("help", "topics", in: directory).output.text
        for file in try FileSystem.list(Self.root + "/docs") where file.hasSuffix(".md") {
            let name = String(file.dropLast(3))
            #expect(list.contains("  \(name) "), "Sources/CDocs/CDocs.c does not list '\(file)'")
            let page = try leviathan("help", "topic", name, in: directory)
            let written = try FileSystem.read(Self.root + "/docs/" + file, limit: 1 << 20)
            #expect(page.succeeded && page.output.text.utf8.elementsEqual(written), "\(name)")
        }
    }

    @Test func aCommandComesBeforeATopicAndNeitherIsAnError() throws {
        let directory = try TemporaryDirectory()
        #expect(try leviathan("help", "journal", in: directory).output.text.contains("Usage: leviathan journal"))
        #expect(try leviathan("help", "glossary", in: directory).output.text.hasPrefix("# Words\n"))
        let unknown = try leviathan("help", "nothing", in: directory)
        #expect(unknown.ending == .exited(2) && unknown.errors.text.contains("there is no command 'nothing'"))
    }

    @Test func everyCommandHasACleanManualPage() throws {
        let directory = try TemporaryDirectory()
        #expect(try leviathan("__man", "man", "--date", "2026-11-30", in: directory).succeeded)
        let pages = try FileSystem.list(directory.path + "/man")
        #expect(pages.contains("leviathan.1") && pages.contains("leviathan-propose.1") && pages.count > 25)
        for page in pages {
            let lint = Subprocess(
                "mandoc", ["-T", "lint", "-W", "style", directory.path + "/man/" + page],
                environment: TestRepository.environment(home: directory.path))
            // That the main page is not installed beside it is no fault of the page.
            let found = try lint.run().output.text.split(separator: "\n").filter { !$0.contains("Xr leviathan") }
            #expect(found.isEmpty, "\(found)")
        }
    }
}
