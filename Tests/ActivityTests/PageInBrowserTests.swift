import Activity
import Basics
import Processes
import TestSupport
import Testing

private enum Browser {
    static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    static var isThere: Bool {
        FileSystem.exists("/usr/bin/chromium") && FileSystem.exists(root + "/.build/venv/bin/playwright")
    }

    static func look(at page: String, _ options: [String] = [], home: String) throws -> ProcessOutcome {
        try Subprocess(
            root + "/scripts/look-at-pages", options + [page],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home]
        ).run()
    }
}

/// The page as a browser shows it, in light and dark, narrow and wide.
@Suite(.enabled(if: Browser.isThere, "chromium and playwright are not installed"), .timeLimit(.minutes(60)))
struct PageInBrowserTests {
    @Test func nobodyStumblesOverAReport() throws {
        let story = try ActivityReportTests.story()
        let page = story.directory.path + "/report.html"
        try FileSystem.write(Array(ActivityPage(try story.report()).html().utf8), to: page)
        let look = try Browser.look(at: page, ["--shots", story.directory.path], home: story.directory.path)
        #expect(look.ending == .exited(0), "\(look.output.text)\(look.errors.text)")
        #expect(look.output.text.split(separator: "\n").count == 4)
    }

    @Test func whatIsWrongWithAPageIsFound() throws {
        let directory = try TemporaryDirectory()
        let page = directory.path + "/bad.html"
        let text = "<!doctype html><html><body><p style='width:200rem'>x</p><img src='missing.png'></body></html>"
        try FileSystem.write(Array(text.utf8), to: page)
        let look = try Browser.look(at: page, home: directory.path)
        #expect(look.ending == .exited(1))
        for problem in ["scrolls sideways", "request: file://", "axe: image-alt"] {
            #expect(look.output.text.contains(problem), "\(look.output.text)")
        }
    }
}
