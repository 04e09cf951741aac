import Basics
import Processes
import TestSupport
import Testing

/// What commands do about inputs that an executor does not know.
@Suite(.timeLimit(.minutes(60))) struct ExecutorInputsTests {
    @Test func aMistypedInputRefusesItsTaskAndNoOther() throws {
        let target = try TestTarget(
            backlog: """
                version: 1
                tasks:
                  - {id: bad, scope: docs, ready: true, allowed_paths: [docs/bad.md], inputs: {template: giude}}
                  - {id: good, scope: docs, ready: true, allowed_paths: [docs/good.md]}
                """)
        let bad = try target.leviathan("propose", "bad", "--dry-run")
        #expect(
            bad.ending == .exited(3) && bad.errors.text.contains("there is no template 'giude'"),
            "\(bad.errors.text)")
        #expect(try target.leviathan("propose", "good", "--dry-run").succeeded)
        let tasks = try target.leviathan("tasks", "--json").output.text
        #expect(tasks.contains("\"invalid\""), "\(tasks)")
        let lint = try target.leviathan("lint")
        #expect(
            lint.ending == .exited(3) && lint.output.text.contains("did you mean 'guide'?"), "\(lint.output.text)")
    }

    @Test func helpShowsAnExecutorsInputs() throws {
        let target = try TestTarget()
        let page = try target.leviathan("help", "executor", "patch")
        #expect(page.succeeded && page.output.text.contains("fuzz") && page.output.text.contains("from 0 to 3"))
        #expect(try target.leviathan("executors", "patch").output.text == page.output.text)
        let json = try JSON.parse(Array(try target.leviathan("executors", "edit", "--json").output.text.utf8))
        #expect(json["inputs"]?.elements?.contains { $0["name"] == "edits[].find" } == true, "\(json.text())")
        let unknown = try target.leviathan("help", "executor", "pach")
        #expect(unknown.ending == .exited(3) && unknown.errors.text.contains("did you mean 'patch'?"))
        #expect(try target.leviathan("help", "executors").output.text.contains("executors"))
    }

    @Test func theSchemaFollowsTheScopesOfThePolicy() throws {
        let target = try TestTarget(
            policy: "version: 1\nscopes: {pages: {allowed_paths: [docs/**], executor: docs}}\n",
            backlog: "tasks: []\n")
        let schema = try target.leviathan("schema", "backlog").output.text
        #expect(schema.contains("\"pages\"") && schema.contains("inputs-docs"))
    }
}
