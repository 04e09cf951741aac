import Basics
import Processes
import TestSupport
import Testing

/// What `check` writes besides its text: into files, for the service of the job, and as summary of a step.
@Suite(.timeLimit(.minutes(60))) struct CheckFormTests {
    private func rejected() throws -> CheckTarget {
        let target = try CheckTarget()
        try target.commit(["src/b.py": "x = 1\n"])
        return target
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }

    @Test func thePageNamesEveryMember() throws {
        let block = try #require(try ShownBlock.blocks(of: "docs/check.md").first { $0.language == "json" })
        let shown = try JSON.parse(block.lines.joined(separator: "\n"))
        let members = try CheckTarget().evaluation().members?.map(\.name)
        #expect(members == shown.members?.map(\.name))
    }

    @Test func oneEvaluationInAllForms() throws {
        let target = try rejected()
        let place = target.repository.directory.path
        let summary = try target.repository.directory.write("summary.md", "before\n")
        let result = try target.check(
            "--sarif", place + "/a.sarif", "--junit", place + "/a.xml", "--code-quality", place + "/a.json",
            "--annotations", extra: ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary])
        #expect(result.ending == .exited(4), "\(result.errors.text)")
        #expect(
            result.output.text.contains(
                "\n::error file=src/b.py,line=1,col=1,endLine=1,endColumn=1,title=path-not-allowed::"),
            "\(result.output.text)")
        for name in ["a.sarif", "a.xml", "a.json"] {
            #expect(try text(place + "/" + name).contains("path-not-allowed"), "\(name)")
        }
        let told = try text(summary)
        #expect(told.hasPrefix("before\n### leviathan check: rejected\n") && told.contains("path-not-allowed"))
    }

    @Test func azureIsToldItsOwnWay() throws {
        let result = try rejected().check("--annotations", extra: ["TF_BUILD": "True"])
        #expect(result.output.text.contains("\n##vso[task.logissue type=error;sourcepath=src/b.py;linenumber=1;"))
    }

    /// It is found out before anything is judged, and what an earlier run wrote there does not stay.
    @Test func aPlaceThatCannotBeWritten() throws {
        let target = try rejected()
        let place = target.repository.directory.path
        try FileSystem.createDirectory(place + "/out")
        let victim = try target.repository.directory.write("victim", "kept\n")
        try FileSystem.writeSymlink(to: Array(victim.utf8), at: place + "/link")
        for path in [place + "/missing/a.sarif", place + "/out", place + "/link"] {
            let result = try target.check("--sarif", path, "--json")
            #expect(result.ending == .exited(3), "\(path)")
            #expect(result.json["error"]?["message"]?.string == "the result cannot be written to '\(path)'")
        }
        #expect(try text(victim) == "kept\n")
        let old = try target.repository.directory.write("old.sarif", "{}")
        #expect(try target.check("--sarif", old, "--scope", "nothing").ending == .exited(3))
        #expect(!FileSystem.exists(old))
    }

    @Test func misuseOfAnnotations() throws {
        let target = try rejected()
        #expect(try target.check("--annotations").ending == .exited(2))
        #expect(try target.check("--annotations=github", "--json").ending == .exited(2))
        #expect(try target.check("--scope", "docs", "--reproduce").ending == .exited(2))
    }
}
