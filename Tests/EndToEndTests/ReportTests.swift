import Basics
import Processes
import TestSupport
import Testing

/// `leviathan report`, from attempts that really ran.
@Suite struct ReportTests {
    @Test func tellsOfWhatWasDone() throws {
        let target = try RunTests.target(3, limits: "max_open_prs: 2")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let before = try target.everything()
        let text = try target.leviathan("report")
        #expect(text.succeeded && text.output.text.contains("1 attempt, 100 % succeeded"), "\(text.output.text)")
        let json = try target.leviathan("report", "--json").json
        let attempt = try #require(json["attempts"]?.elements?.first)
        #expect(attempt["task"] == "task-1" && attempt["outcome"] == "delivered")
        #expect(attempt["stages"]?.elements?.compactMap { $0["stage"]?.string }.contains("push") == true)
        #expect(try target.everything() == before)
    }

    @Test func writesAPageAndASheet() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 2")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let run = try target.leviathan("report", "--html", "report.html", "--csv", "attempts.csv")
        #expect(run.succeeded && run.errors.text.contains("wrote report.html"), "\(run.errors.text)")
        let page = try read("report.html", target)
        #expect(page.contains("What needs a person") && page.contains("svg class=\"timeline\""))
        let head = try target.leviathan("journal", "verify", "--json").json["head"]?.string ?? "no head"
        #expect(page.contains(head))
        #expect(try read("attempts.csv", target).split(separator: "\r\n").count == 2)
    }

    private func read(_ file: String, _ target: TestTarget) throws -> String {
        String(decoding: try FileSystem.read(target.repository.path + "/" + file, limit: 1 << 20), as: UTF8.self)
    }

    @Test func aTimeWithoutAttemptsIsToldAsOne() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 2")
        let empty = try target.leviathan("report")
        #expect(empty.succeeded && empty.errors.text.contains("the journal is empty"))
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let later = try target.leviathan("report", "--since", "0s")
        #expect(later.succeeded && later.output.text.contains("0 attempts"), "\(later.output.text)")
    }

    @Test func mistakesAreNamed() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 2")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let time = try target.leviathan("report", "--since", "soon")
        #expect(time.ending == .exited(2) && time.errors.text.contains("'soon' is none"))
        let name = try target.leviathan("report", "--target", "remot")
        #expect(name.ending == .exited(3) && name.errors.text.contains("did you mean 'remote'?"))
        let file = try target.leviathan("report", "--html", "/dev/full")
        #expect(file.ending == .exited(1), "\(file.errors.text)")
        let place = try target.leviathan("report", "--csv", "nowhere/a.csv")
        #expect(place.ending == .exited(1) && place.errors.text.contains("nowhere/a.csv"), "\(place.errors.text)")
    }
}
