import Basics
import ExecutorTestSupport
import Executors
import Testing

/// A release goes where the order of the changelog says, and nothing else of the file changes.
@Suite struct ChangelogTests {
    private static let block =
        "<!-- leviathan:begin task-001 -->\n## 1.1.0\n\n### Added\n\n- More\n<!-- leviathan:end task-001 -->\n"
    private static let links =
        "[Unreleased]: https://a.example/compare/1.0.0...HEAD\n[1.0.0]: https://a.example/1.0.0\n"

    private func changed(_ text: String, _ inputs: JSON = ["version": "1.1.0", "added": ["More"]]) throws
        -> String?
    {
        let files = try MemoryFileView(["CHANGELOG.md": text])
        let members = (inputs.members ?? []) + [.init("template", "changelog")]
        let job = try Job.example(.object(members), paths: ["CHANGELOG.md"])
        _ = try DocsExecutor().execute(job, in: files)
        let once = try files.text("CHANGELOG.md")
        #expect(try DocsExecutor().execute(job, in: files).notes == ["CHANGELOG.md says this already"])
        return once
    }

    @Test(arguments: [
        ("# Changelog\n\n## [Unreleased]\n\n- soon\n\n", "## [1.0.0] - 2025-01-01\n\n- first\n\n" + links),
        ("# Changelog\n\n## 2.0.0\n\n- big\n\n", "## 1.0.9\n\n- fix\n\n## 1.0.0\n"),
        ("# Changelog\n\n## 0.9.0\n\n- old\n\n## 1.0.0\n\n- first\n\n", "[1.0.0]: https://a.example/1.0.0\n"),
        ("# Changelog\n\n## [Unreleased]\n\n", links),
        ("# Changelog\n\nAll of it.\n\n```\n## 9.9.9\n```\n\n", "## 1.0.0\n"),
    ])
    func aReleaseStandsWhereTheOrderSays(before: String, after: String) throws {
        #expect(try changed(before + after) == before + Self.block + "\n" + after)
    }

    /// What the headings of releases look like is the file's own business.
    @Test(arguments: [
        (
            "## v1.0.0 (2024-01-01)\n\n- first\n\n## v1.0.1\n\n- fix\n\n", "## v1.2.0\n\n- more\n",
            "## v1.1.0 (2025-05-01)\n\n###"
        ),
        ("# Changelog\n\n", "## [1.0.0] - 2024-01-01\n\n- first\n", "## 1.1.0 - 2025-05-01\n\n###"),
        (
            "History\n=======\n\n", "1.0 (2024-01-01)\n----------------\n\n- first\n",
            "## 1.1.0 (2025-05-01)\n\n###"
        ),
        ("# Changelog\n\n", "### 1.0.0\n\n- first\n", "### 1.1.0 - 2025-05-01\n\n####"),
        ("", "# v1.0.0 – 2024-01-01\n\n## Fixes\n\n- first\n", "# v1.1.0 – 2025-05-01\n\n##"),
        ("Changes\n\n| a |\n|---|\n\n", "## 1.0.0\n\ntext\n\n---\n", "## 1.1.0 - 2025-05-01\n\n###"),
    ])
    func aReleaseLooksLikeTheOthers(before: String, after: String, head: String) throws {
        let block =
            "<!-- leviathan:begin task-001 -->\n\(head) Added\n\n- More\n<!-- leviathan:end task-001 -->\n\n"
        let inputs: JSON = ["version": "1.1.0", "date": "2025-05-01", "added": ["More"]]
        #expect(try changed(before + after, inputs) == before + block + after)
    }

    @Test func aLongFileIsReadToItsEnd() throws {
        let old = (0..<400).reversed().map { "## 1.0.\($0)\n\n- fix\n- more\n\n" }.joined()
        let before = "# Changelog\n\n## [Unreleased]\n\n"
        #expect(try changed(before + old + Self.links) == before + Self.block + "\n" + old + Self.links)
    }

    @Test func whatIsNotReleasedGoesBelowTheHeadingThatIsThere() throws {
        let before = "# Changelog\n\n## [Unreleased]\n\n- soon\n\n"
        let after = "## [1.0.0]\n\n- first\n"
        let own = "<!-- leviathan:begin task-001 -->\n### Fixed\n\n- Less\n<!-- leviathan:end task-001 -->\n"
        #expect(try changed(before + after, ["fixed": ["Less"]]) == before + own + "\n" + after)
    }

    @Test func aPageOfItsOwnHasNoMarks() throws {
        let files = try MemoryFileView(["docs/a.md": "# Old\r\n\r\ntext\r\n"])
        let inputs: JSON = ["marks": "none", "title": "New", "sections": [["title": "One", "text": "Two."]]]
        let job = try Job.example(inputs, paths: ["docs/a.md"])
        #expect(try DocsExecutor().execute(job, in: files).notes == ["rewrote docs/a.md"])
        #expect(try files.text("docs/a.md") == "# New\r\n\r\n## One\r\n\r\nTwo.\r\n")
        #expect(try DocsExecutor().execute(job, in: files).notes == ["docs/a.md says this already"])
    }
}
