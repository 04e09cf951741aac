import Basics
import Contracts
import Model
import Runner
import Testing

/// A task's inputs are held against what its executor declares, before anything runs.
@Suite struct InputsTests {
    private static let executors = ExecutorDeclarations(ExecutorRegistry.inputs) { $0 == "own" }

    private func reading(_ task: String, policy: String = Texts.policy) -> ContractReading {
        load(
            policy: policy,
            backlog: "tasks:\n  - {id: a, scope: docs, ready: true, allowed_paths: [docs/a.md],\n     \(task)}\n",
            executors: Self.executors)
    }

    @Test(arguments: [
        ("executor: doc", "error[unknown-executor] 3:16", "did you mean 'docs'?"),
        ("inputs: {titel: A}", "error[unknown-input] 3:15", "did you mean 'title'?"),
        ("inputs: {template: giude}", "error[wrong-input] 3:25", "did you mean 'guide'?"),
        (
            "inputs: {template: guide, symptoms: [a]}", "error[unknown-input] 3:32",
            "only the template 'runbook' has it"
        ),
        ("inputs: {template: runbook}", "error[missing-input] 3:6", "such as steps: [Look, Answer]"),
        ("inputs: {sections: [{title: A, pionts: [a]}]}", "error[unknown-input] 3:37", "did you mean 'points'?"),
        ("inputs: {sections: [{titel: A}]}", "error[unknown-input] 3:27", "did you mean 'title'?"),
        ("inputs: {links: README.md}", "error[wrong-input] 3:22", "write [README.md]"),
        ("inputs: {title: 1.10}", "error[wrong-input] 3:22", "put it into quotes: as a number, 1.10 would be 1.1"),
        (
            "executor: edit", "error[missing-input] 2:10",
            "such as edits: [{replace: README.md, find: colour, with: color}]"
        ),
        (
            "executor: edit, inputs: {edits: [{replcae: docs/a.md, find: a, with: b}]}",
            "error[unknown-input] 3:40", "did you mean 'replace'?"
        ),
        ("executor: edit, inputs: {edits: [{delete: a, move: b, to: c}]}", "error[wrong-input] 3:39", nil),
        ("executor: ci, inputs: {timeout: 0}", "error[wrong-input] 3:38", nil),
        (
            "executor: ci, inputs: {uses: {a/b: {verison: v1}}}", "error[unknown-input] 3:42",
            "did you mean 'version'?"
        ),
        (
            "executor: command, inputs: {run: a, argv: [a]}", "error[missing-input] 3:25",
            "inputs.argv: A program and its arguments.; inputs.run: Lines for /bin/sh."
        ),
        ("executor: agent, inputs: {budget: {token: 5}}", "error[unknown-input] 3:41", "did you mean 'tokens'?"),
        ("executor: patch, inputs: {diff: a, fuzz: 4}", "error[wrong-input] 3:47", nil),
        ("executor: tests, inputs: {framework: pytst}", "error[wrong-input] 3:43", "did you mean 'pytest'?"),
        ("redy: true", "error[unknown-key] 3:6", "did you mean 'ready'?"),
        (
            "executor: elsewhere, inputs: {x: 1}", "warning[unknown-executor] 3:16",
            "a plugin is a program 'leviathan-executor-elsewhere' in PATH or in .leviathan/executors/"
        ),
    ])
    func mistakesAreFoundWhereTheyAre(task: String, line: String, hint: String?) {
        let reading = reading(task)
        #expect(reading.lines == [line], "\(reading.shown)")
        #expect(reading.problems.first?.hint == hint, "\(reading.shown)")
    }

    @Test(arguments: [
        "executor: own, inputs: {anything: [1]}", "inputs: {x-note: 1, title: }", "inputs: null",
        "inputs: {template: ours, colour: blue}",
        "executor: edit, inputs: {edits: [{set: a.json, key: a, to: null}]}",
        "executor: tests, inputs: {framework: Swift Testing}",
        "executor: dependencies, inputs: {requests: \"2.0\"}",
        "status: completed, inputs: {titel: A}",
        "inputs: {sections: [{heading: A, body: b, list: [{title: c}]}], links: [{url: \"https://a.example\"}]}",
    ])
    func whatIsKnownIsTaken(task: String) {
        var source = MemorySource(
            backlog: "tasks:\n  - {id: a, scope: docs, ready: true, allowed_paths: [docs/a.md],\n     \(task)}\n")
        source.files[".leviathan/templates/ours.md"] = []
        let reading = ContractLoader.load(from: source, executors: Self.executors)
        #expect(reading.problems.filter { $0.id != "nothing-ready" }.isEmpty, "\(reading.shown)")
    }

    @Test func theScopeSaysWhoseInputsTheyAre() {
        let policy = "scopes: {docs: {allowed_paths: [docs/**], executor: command}}\n"
        #expect(reading("inputs: {run: make}", policy: policy).problems.isEmpty)
        #expect(reading("inputs: {title: A}", policy: policy).ids == ["unknown-input", "missing-input"])
        let unknown = reading("title: A", policy: "scopes: {docs: {allowed_paths: [docs/**], executor: comand}}\n")
        #expect(unknown.lines == ["error[unknown-executor] 1:53"] && unknown.contract == nil, "\(unknown.lines)")
    }

    @Test func aMistakeInOneTaskRefusesThatTaskAlone() throws {
        let reading = load(
            backlog: """
                tasks:
                  - {id: good, scope: docs, ready: true, allowed_paths: [docs/a.md]}
                  - {id: bad, scope: docs, ready: true, allowed_paths: [docs/b.md], inputs: {titel: A}, size: huge}
                  - {id: twice, scope: docs, ready: true, allowed_paths: &paths [/docs]}
                  - {id: alias, scope: docs, ready: true, allowed_paths: *paths}
                """, executors: Self.executors)
        #expect(reading.hasErrors)
        let contract = try #require(reading.contract)
        #expect(contract.backlog.mistakes.keys.sorted() == ["alias", "bad", "twice"])
        #expect(contract.backlog.mistakes["bad"]?.count == 2)
    }

    @Test func whatIsNoSingleTasksMistakeRefusesAll() {
        #expect(load(backlog: "tasks: []\nlimits: {max_open_prs: many}\n").contract == nil)
        let key = "-----BEGIN PRIVATE KEY-----"
        let secret = load(
            backlog: """
                tasks:
                  - id: a
                    scope: docs
                    allowed_paths: [docs/a.md]
                    inputs:
                      sections:
                        - title: Key
                          text: |
                            \(key)
                            MC4CAQAwBQYDK2VwBCIEIOwdxiCW2YJphjGh2vfAqfByagqwfqH/RK8T+f318cET
                            -----END PRIVATE KEY-----
                """)
        #expect(
            secret.contract == nil && secret.ids.contains("secret-in-contract") && !secret.shown.contains("MC4C"))
    }

    @Test func theOlderSystemsVersionIsReadWithANote() {
        let reading = load(policy: "version: \"0.1.0\"\nscopes: {docs: {allowed_paths: [docs/**]}}\n")
        #expect(reading.contract != nil && reading.lines == ["note[aliased-spelling] 1:10"], "\(reading.shown)")
    }

    @Test(arguments: [
        (
            #"[{"name": "files", "type": "list", "items": {"type": "text"}, "required": true}]"#,
            #"{"files": ["a"]}"#, nil
        ),
        (#"[{"name": "files", "type": "list"}]"#, #"{"fiels": []}"#, "inputs knows no 'fiels'"),
        (
            #"[{"name": "mode", "type": "text", "choices": ["fast", "slow"]}]"#, #"{"mode": "fats"}"#,
            "inputs.mode is 'fats', which is not known"
        ),
        (#"[{"name": "mode", "type": "word"}]"#, "{}", "inputs[0].type is 'word'"),
        ("{}", "{}", "inputs is no list"),
    ])
    func aPluginDeclaresItsOwn(declaration: String, inputs: String, mistake: String?) throws {
        let (value, inputs) = (try JSON.parse(Array(declaration.utf8)), try JSON.parse(Array(inputs.utf8)))
        switch ExecutorInputs.declared(by: "own", value) {
        case .success(let declared):
            #expect(InputCheck.problems(of: inputs, declared).first?.message == mistake)
        case .failure(let error): #expect(error.message.hasPrefix(mistake ?? "-"), "\(error.message)")
        }
    }
}
