import Basics
import Glibc
import Testing

@testable import Reports

/// Whatever carries a stable id can be looked up by it.
@Suite struct CatalogTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(root + "/" + path, limit: 1 << 20), as: UTF8.self)
    }

    private static func sources(_ directory: String) throws -> [String] {
        try FileSystem.list(root + "/" + directory).flatMap { name -> [String] in
            let path = directory + "/" + name
            return FileSystem.isDirectory(root + "/" + path)
                ? try sources(path) : name.hasSuffix(".swift") ? [try text(path)] : []
        }
    }

    /// The string that comes first behind each of these words in the sources.
    private static func ids(behind words: [String]) throws -> Set<String> {
        var found: Set<String> = []
        for text in try sources("Sources") {
            for word in words {
                for range in text.ranges(of: word) {
                    let rest = text[range.upperBound...].drop { $0.isWhitespace }
                    guard rest.first == "\"", let id = rest.dropFirst().split(separator: "\"").first else {
                        continue
                    }
                    if id.allSatisfy({ $0.isLowercase || $0 == "-" }) { found.insert(String(id)) }
                }
            }
        }
        return found
    }

    @Test func everyRuleHasAnEntry() throws {
        let written = try Self.ids(behind: ["Violation(", "reject(", "refuse("])
        #expect(written.count > 30 && written.contains("git-metadata") && written.contains("trailer-base"))
        #expect(written.filter { RuleCatalog.entry($0) == nil }.sorted() == [])
        let outcomes = ["failed", "timed-out", "could-not-run", "broken-at-base"]
        #expect(outcomes.allSatisfy { RuleCatalog.entry("invariant-" + $0) != nil })
    }

    /// No entry for what nobody says any more.
    @Test func everyEntryIsOfARule() throws {
        let written = try Self.ids(behind: ["Violation(", "reject(", "refuse(", "Diagnostic("])
        let own = RuleCatalog.entries.map(\.id).filter { !$0.hasPrefix("invariant-") }
        #expect(own.filter { !written.contains($0) } == [])
        #expect(Set(RuleCatalog.entries.map(\.id)).count == RuleCatalog.entries.count)
    }

    @Test func everyRefusalHasAnEntry() throws {
        let text = try Self.text("Sources/Model/Refusal.swift")
        let start = try #require(text.ranges(of: "package var id: String {").first)
        let end = try #require(text[start.upperBound...].ranges(of: "package var").first)
        let parts = text[start.upperBound..<end.lowerBound].split(
            separator: "\"", omittingEmptySubsequences: false)
        let ids = Set(parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
        #expect(ids.count > 20)
        #expect(ids == Set(RefusalCatalog.entries.map(\.id)))
    }

    @Test func everyEntrySaysSomething() {
        for meaning in Catalog.all {
            let entry = meaning.entry
            for text in [entry.summary, entry.reason, entry.remedy, entry.example] {
                #expect(!text.isEmpty, "\(entry.id)")
            }
        }
    }

    /// With `LEVIATHAN_RECORD=1` the page is written, and the test fails so that nobody records by accident.
    @Test func thePageIsThatOfTheEntries() throws {
        let path = Self.root + "/docs/rules.md"
        let isSame = try FileSystem.exists(path) && Self.text("docs/rules.md") == CatalogPage.markdown
        if !isSame, getenv("LEVIATHAN_RECORD") != nil {
            try FileSystem.write(Array(CatalogPage.markdown.utf8), to: path)
        }
        #expect(isSame, "docs/rules.md is out of date; LEVIATHAN_RECORD=1 swift test writes it")
    }
}
