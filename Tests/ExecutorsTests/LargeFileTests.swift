import Basics
import ExecutorTestSupport
import Executors
import Paths
import Testing

/// Thousands of places to change in one file, as generators write them: each is changed, and the notes stay readable.
///
/// Where the file were read once more for each place, these would take hours.
@Suite(.timeLimit(.minutes(60))) struct LargeFileTests {
    private static let count = 3000

    private struct Example: Sendable {
        let executor: any Executor
        let path: String
        let inputs: JSON
        let head: String
        let part: @Sendable (Int) -> String
        let change: (old: String, new: String)

        var testDescription: String { executor.name + " " + path }
    }

    private static let workflow = ".github/workflows/a.yml"

    private static let examples: [Example] = [
        Example(
            executor: InfraExecutor(), path: "a.yaml", inputs: ["images": ["nginx": "1.25"]],
            head: "containers:\n", part: { "  - name: c\($0)\n    image: nginx:1.24 # why\n" },
            change: ("nginx:1.24", "nginx:1.25")),
        Example(
            executor: InfraExecutor(), path: "a.tf", inputs: ["modules": ["acme/vpc/aws": "2.0.0"]], head: "",
            part: { "module \"m\($0)\" {\n  source  = \"acme/vpc/aws\"\n  version = \"1.0.0\"\n}\n" },
            change: ("1.0.0", "2.0.0")),
        Example(
            executor: CIExecutor(), path: workflow, inputs: ["uses": ["actions/checkout": "v5"]],
            head: "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n",
            part: { "      - uses: actions/checkout@v4 # \($0)\n" }, change: ("checkout@v4", "checkout@v5")),
        Example(
            executor: CIExecutor(), path: workflow, inputs: ["runners": ["old": "new"], "timeout": 10],
            head: "on: push\njobs:\n", part: { "  a\($0):\n    runs-on: old\n    steps: []\n" },
            change: ("runs-on: old\n", "runs-on: new\n    timeout-minutes: 10\n")),
        Example(
            executor: CIExecutor(), path: ".gitlab-ci.yml", inputs: ["images": ["node": "22"]], head: "",
            part: { "job\($0):\n  image: node:20\n  script: ['true']\n" }, change: ("node:20", "node:22")),
        Example(
            executor: DependenciesExecutor(), path: "compose.yaml", inputs: ["nginx": "1.25"], head: "services:\n",
            part: { "  s\($0):\n    image: nginx:1.24\n" }, change: ("nginx:1.24", "nginx:1.25")),
        Example(
            executor: DependenciesExecutor(), path: ".pre-commit-config.yaml",
            inputs: ["https://github.com/psf/black": ["version": "24.2.0", "commit": .string(commit("b"))]],
            head: "repos:\n",
            part: { _ in
                "- repo: https://github.com/psf/black\n  rev: \(commit("a"))  # frozen: 23.1.0\n  hooks: [{id: black}]\n"
            }, change: ("\(commit("a"))  # frozen: 23.1.0", "\(commit("b"))  # frozen: 24.2.0")),
    ]

    private static func commit(_ letter: String) -> String { String(repeating: letter, count: 40) }

    @Test(arguments: examples.indices) func everyPlaceIsChangedAndToldInFewLines(index: Int) throws {
        let example = Self.examples[index]
        let text = example.head + (0..<Self.count).map(example.part).joined()
        let files = try MemoryFileView([example.path: text])
        let job = try Job.example(example.inputs, paths: [example.path], allows: [example.path])
        let notes = try example.executor.execute(job, in: files).notes
        let result = try files.text(example.path)
        #expect(
            result == text.replacing(example.change.old, with: example.change.new), "\(example.testDescription)")
        #expect(notes.count < 10 && notes.joined().utf8.count < 2000, "\(notes.prefix(10))")
        let again = try example.executor.execute(job, in: files).notes
        #expect(try files.text(example.path) == result, "\(again)")
    }
}
