import Basics
import Contracts
import Executors
import Runner
import Testing

@Suite struct ExecutorInputsPageTests {
    @Test(arguments: ExecutorRegistry.inputs.map(\.executor))
    func thePageHasTheInputsThatAreDeclared(executor: String) throws {
        let inputs = try #require(ExecutorRegistry.inputs.first { $0.executor == executor })
        try Documents.expect(
            "docs/executors.md", from: "<!-- inputs of \(executor) -->\n", to: "<!-- end of inputs -->",
            InputReference(inputs).markdown)
    }

    @Test(arguments: ExecutorRegistry.inputs.map(\.executor))
    func theExampleIsWhatTheExecutorTakes(executor: String) throws {
        let inputs = try #require(ExecutorRegistry.inputs.first { $0.executor == executor })
        let lines = inputs.example.split(separator: "\n").map { "        \($0)\n" }.joined()
        let reading = load(
            backlog: """
                tasks:
                  - id: task-001
                    scope: docs
                    executor: \(executor)
                    allowed_paths: [docs/a.md]
                    inputs:
                \(lines)
                """, executors: ExecutorDeclarations(ExecutorRegistry.inputs))
        #expect(!reading.hasErrors, "\(reading.shown)")
    }

    @Test func everyBuiltInExecutorDeclaresItsInputs() {
        #expect(ExecutorRegistry.inputs.map(\.executor) == ExecutorRegistry.all.map(\.name))
        for row in ExecutorRegistry.inputs.flatMap({ InputReference($0).rows }) where !row.name.hasSuffix("NAME") {
            #expect(!row.summary.isEmpty && !row.example.isEmpty, "\(row.name)")
        }
    }
}
