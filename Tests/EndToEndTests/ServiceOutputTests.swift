import Basics
import Processes
import TestSupport
import Testing

/// What is printed in a job of a build service does nothing there.
@Suite(.timeLimit(.minutes(60))) struct ServiceOutputTests {
    private static let backlog = TestTarget.backlog.replacing(
        "title: Add a guide", with: "title: '::error::x ##vso[a]b'"
    )
    .replacing("What it is about.", with: "\"a ##[group]b\"")

    @Test func wordsOfATaskDoNothing() throws {
        let target = try TestTarget(backlog: Self.backlog)
        for words in [
            ["tasks"], ["show", "task-001"], ["plan", "task-001"], ["propose", "task-001", "--dry-run"],
        ] {
            for more in [[], ["--json"]] {
                let result = try target.leviathan(arguments: words + more, extra: ["CI": "true"])
                #expect(result.succeeded, "\(result.errors.text)")
                let text = result.output.text + "\n" + result.errors.text
                for mark in ["##vso[", "##["] { #expect(!text.contains(mark), "\(words): \(text)") }
                #expect(
                    !text.split(whereSeparator: \.isNewline).contains {
                        $0.drop(while: \.isWhitespace).hasPrefix("::")
                    })
            }
        }
        #expect(try target.leviathan("show", "task-001", "--json").json["title"] == "::error::x ##vso[a]b")
    }

    /// Whoever takes a patch on gets it to the letter; in a job it is for reading.
    @Test func aPatchIsExactOutsideOfJobs() throws {
        let backlog = """
            version: 1
            tasks:
              - id: task-001
                title: Write it
                scope: docs
                ready: true
                executor: edit
                allowed_paths: [docs/a.md]
                inputs: {edits: [{create: docs/a.md, text: "##[error]x\\n::error::y\\n"}]}
            """
        let target = try TestTarget(backlog: backlog)
        let exact = try target.leviathan("propose", "task-001", "--dry-run", extra: ["CI": ""])
        let shown = try target.leviathan("propose", "task-001", "--dry-run", extra: ["CI": "true"])
        #expect(exact.succeeded && shown.succeeded, "\(exact.errors.text)")
        #expect(exact.output.text.contains("+##[error]x") && shown.output.text.contains("+#\u{200B}#[error]x"))
    }
}
