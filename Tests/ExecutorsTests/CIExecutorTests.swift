import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct CIExecutorTests {
    static let path = ".github/workflows/test.yml"
    static let sha = ["1", "2", "3"].map { String(repeating: $0, count: 40) }

    static let workflow = """
        # Tests of every change.
        name: Test
        on: [push, pull_request]   # both

        # The jobs.
        jobs:
          build:
            runs-on: ubuntu-20.04
            strategy:
              matrix:
                os: [ubuntu-20.04, macos-13]
                python: ['3.9', '3.10']
                include:
                  - {os: ubuntu-20.04, extra: true}
            steps:
              - uses: actions/checkout@v3   # code
              - name: Python
                uses: "actions/setup-python@v4"
                with:
                  python-version: ${{ matrix.python }}
              - uses: actions/setup-node@1111111111111111111111111111111111111111 # v3.1.0
                with:
                  node-version: 18
              - uses: ./local
              - uses: docker://alpine:3
              - run: make test
          lint:
            timeout-minutes: 5
            runs-on: [self-hosted, ubuntu-20.04]
            container: node:18-slim
            services:
              db: {image: "postgres:15"}
            steps:
              - run: make lint
          call:
            uses: org/shared/.github/workflows/x.yml@v1

        """

    private func job(_ inputs: JSON, _ paths: [String] = [path]) throws -> Job {
        var task = BacklogTask(id: "task-001")
        task.title = "Tidy CI: now"
        task.inputs = inputs
        task.allowedPaths = try paths.map { try PathPattern($0) }
        var scope = Scope(name: "ci")
        scope.allowedPaths = try paths.map { try PathPattern($0) }
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        return Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
    }

    private static func inputs(_ text: String) throws -> JSON { try JSON.parse(text) }

    static let changes: [(String, [(String, String)])] = [
        ("{\"uses\": {\"actions/checkout\": \"v4.2.0\"}}", [("checkout@v3 ", "checkout@v4.2.0 ")]),
        ("{\"uses\": {\"actions/setup-python\": \"v5\"}}", [("setup-python@v4\"", "setup-python@v5\"")]),
        (
            "{\"uses\": {\"actions/checkout\": {\"version\": \"v4.2.0\", \"commit\": \"\(sha[1])\"}}}",
            [("checkout@v3   # code", "checkout@\(sha[1]) # v4.2.0   # code")]
        ),
        (
            "{\"uses\": {\"actions/setup-node\": {\"version\": \"v4.0.0\", \"commit\": \"\(sha[1])\"}}}",
            [("\(sha[0]) # v3.1.0", "\(sha[1]) # v4.0.0")]
        ),
        ("{\"uses\": {\"org/shared\": \"v2\"}}", [("x.yml@v1", "x.yml@v2")]),
        (
            "{\"runners\": {\"ubuntu-20.04\": \"ubuntu-24.04\"}}",
            [
                ("    runs-on: ubuntu-20.04", "    runs-on: ubuntu-24.04"),
                ("[ubuntu-20.04, macos", "[ubuntu-24.04, macos"),
                ("{os: ubuntu-20.04", "{os: ubuntu-24.04"),
                ("self-hosted, ubuntu-20.04", "self-hosted, ubuntu-24.04"),
            ]
        ),
        (
            "{\"versions\": {\"python\": [\"3.11\", \"3.12\", \"3.13\"], \"node\": \"22\"}}",
            [("['3.9', '3.10']", "['3.11', '3.12', '3.13']"), ("node-version: 18", "node-version: 22")]
        ),
        (
            "{\"images\": {\"node\": \"22.1\", \"postgres\": \"16\"}}",
            [("node:18-slim", "node:22.1-slim"), ("postgres:15", "postgres:16")]
        ),
        (
            "{\"permissions\": {\"contents\": \"read\"}}",
            [("# The jobs.\n", "permissions:\n  contents: read\n\n# The jobs.\n")]
        ),
        (
            "{\"concurrency\": {\"group\": \"${{ github.ref }}\", \"cancel-in-progress\": true}}",
            [
                (
                    "# The jobs.\n",
                    "concurrency:\n  group: ${{ github.ref }}\n  cancel-in-progress: true\n\n# The jobs.\n"
                )
            ]
        ),
        (
            "{\"timeout\": 20}",
            [
                ("extra: true}\n", "extra: true}\n    timeout-minutes: 20\n"),
                ("timeout-minutes: 5", "timeout-minutes: 20"),
            ]
        ),
        ("{\"timeout\": {\"lint\": 9}}", [("timeout-minutes: 5", "timeout-minutes: 9")]),
    ]

    @Test(arguments: changes) func changesWhatIsAskedAndNothingElse(inputs: String, changes: [(String, String)])
        throws
    {
        for newLine in ["\n", "\r\n"] {
            var expected = Self.workflow
            for (old, new) in changes {
                #expect(expected.ranges(of: old).count == 1, "'\(old)' stands once")
                expected = expected.replacing(old, with: new)
            }
            let files = try MemoryFileView([Self.path: Self.workflow.replacing("\n", with: newLine)])
            _ = try CIExecutor().execute(job(Self.inputs(inputs)), in: files)
            #expect(try files.text(Self.path)?.replacing("\r\n", with: "\n") == expected)
            let again = try CIExecutor().execute(job(Self.inputs(inputs)), in: files)
            #expect(again.notes.first == "everything is as wanted already" && files.writeCount == 1)
        }
    }

    // MARK: Looking up

    private static let git = """
        case "$3" in *github.com/actions/checkout|*github.com/actions/setup-*) ;; *) exit 2;; esac
        printf '%s\\trefs/tags/%s\\n' \(sha[0]) v3 \(sha[0]) v3.6.0 \(sha[1]) v4 9999999999999999999999999999999999999999 v4.2.2 \(sha[1]) 'v4.2.2^{}' \(sha[2]) v5.0.0-beta
        """

    @Test(arguments: [
        ("{\"uses\": {\"actions/checkout\": \"latest\"}}", "actions/checkout@v4   # code"),
        (
            "{\"uses\": {\"actions/checkout\": {\"version\": \"latest\", \"pin\": true}}}",
            "actions/checkout@\(sha[1]) # v4.2.2   # code"
        ),
        ("{\"uses\": {\"actions/setup-node\": \"latest\"}}", "actions/setup-node@\(sha[1]) # v4.2.2"),
        ("{\"uses\": {\"actions/checkout\": {\"pin\": true}}}", "actions/checkout@\(sha[0]) # v3.6.0   # code"),
    ])
    func looksTagsAndCommitsUp(inputs: String, expected: String) throws {
        let files = try MemoryFileView([Self.path: Self.workflow])
        var job = try job(Self.inputs(inputs))
        let programs = try TestPrograms(fakes: ["git": Self.git])
        job.programs = programs
        #expect(CIExecutor().runsPrograms(for: job.task))
        let report = try CIExecutor().execute(job, in: files)
        let after = try #require(try files.text(Self.path))
        #expect(after.contains(expected), "\(after)")
        #expect(programs.commands.count == 1)
        let again = try MemoryFileView([Self.path: Self.workflow])
        (job.programs, job.recorded) = (nil, report.declaredInputs)
        _ = try CIExecutor().execute(job, in: again)
        #expect(try again.text(Self.path) == after)
    }

    @Test func everyActionCanBePinned() throws {
        let text = Self.workflow.replacing(
            "org/shared/.github/workflows/x.yml@v1", with: "actions/setup-x/y.yml@main")
        let files = try MemoryFileView([Self.path: text])
        var job = try job(["pin": true])
        job.programs = try TestPrograms(fakes: ["git": Self.git])
        let report = try CIExecutor().execute(job, in: files)
        let after = try #require(try files.text(Self.path))
        #expect(
            after.contains("checkout@\(Self.sha[0]) # v3.6.0")
                && after.contains("setup-python@\(Self.sha[1])\" # v4.2.2"))
        #expect(after.contains("setup-node@\(Self.sha[0]) # v3.1.0"))
        #expect(
            report.notes.contains { $0.contains("'actions/setup-x/y.yml@main' is no tag, and was left") },
            "\(report.notes)")
    }

    /// Whatever is cut off or exchanged, nothing but the timeouts ever changes.
    @Test func damagedFilesNeverLoseMore() throws {
        var random = SeededRandom(seed: 11)
        let bytes = Array(Self.workflow.utf8)
        for round in 0..<300 {
            var damaged = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            for _ in 0..<(round % 4) where !damaged.isEmpty {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = Array("{}[]:\"'\n#- a&*".utf8).randomElement(using: &random) ?? 0
            }
            let text = String(decoding: damaged, as: UTF8.self)
            let files = try MemoryFileView([Self.path: text])
            let job = try job([
                "timeout": 20, "uses": ["actions/checkout": "v4.2.0", "actions/setup-python": "v5"],
            ])
            _ = try? CIExecutor().execute(job, in: files)
            let after = try #require(try files.text(Self.path))
            func rest(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter { !$0.contains("timeout") && !$0.contains("actions/") }
            }
            #expect(rest(after) == rest(text))
        }
    }

    // MARK: GitLab

    static let pipeline = """
        include:
          - project: infra/ci
            ref: v1.0   # pinned
            file: /x.yml
          - component: gitlab.com/group/scan@1.2.0
        image: python:3.11-slim
        default:
          tags: [small]
        test:
          services:
            - postgres:15
            - name: redis:6
          # What is run.
          script:
            - make test
        deploy:
          trigger: other

        """

    @Test(arguments: [
        (
            "{\"images\": {\"python\": \"3.13\", \"postgres\": \"16\", \"redis\": \"7\"}}",
            [("3.11-slim", "3.13-slim"), ("postgres:15", "postgres:16"), ("redis:6", "redis:7")]
        ),
        (
            "{\"uses\": {\"infra/ci\": \"v2.0\", \"group/scan\": \"1.3.0\"}}",
            [("v1.0", "v2.0"), ("@1.2.0", "@1.3.0")]
        ),
        ("{\"runners\": {\"small\": \"large\"}}", [("[small]", "[large]")]),
        ("{\"timeout\": 15}", [("  # What is run.\n", "  timeout: 15 minutes\n  # What is run.\n")]),
    ])
    func gitLabKeepsItsLayoutToo(inputs: String, changes: [(String, String)]) throws {
        var expected = Self.pipeline
        for (old, new) in changes { expected = expected.replacing(old, with: new) }
        let files = try MemoryFileView([".gitlab-ci.yml": Self.pipeline])
        let job = try job(Self.inputs(inputs), [".gitlab-ci.yml"])
        _ = try CIExecutor().execute(job, in: files)
        #expect(try files.text(".gitlab-ci.yml") == expected)
        #expect(try CIExecutor().execute(job, in: files).notes.first == "everything is as wanted already")
    }

    // MARK: New workflows

    @Test func aWorkflowIsWrittenOnce() throws {
        let files = try MemoryFileView()
        let job = try job([
            "workflow": ["language": "python", "version": "3.10", "command": ["make lint", "make test"]]
        ])
        _ = try CIExecutor().execute(job, in: files)
        #expect(
            try files.text(Self.path) == """
                name: "Tidy CI: now"
                on:
                  push:
                    branches: [main]
                  pull_request:

                permissions:
                  contents: read

                jobs:
                  test:
                    runs-on: ubuntu-24.04
                    timeout-minutes: 15
                    steps:
                      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
                        with:
                          persist-credentials: false
                      - uses: actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0
                        with:
                          python-version: "3.10"
                      - run: make lint
                      - run: make test

                """)
        #expect(try CIExecutor().execute(job, in: files).notes == ["everything is as wanted already"])
        let other = try MemoryFileView([Self.path: "jobs: {}\n"])
        #expect {
            try CIExecutor().execute(job, in: other)
        } throws: { "\($0)".contains("is there already, with other content") }
    }

    @Test func aPipelineIsWrittenToo() throws {
        let files = try MemoryFileView()
        let job = try job(
            ["workflow": ["language": "go", "version": "1.23", "command": "go test ./..."]], [".gitlab-ci.yml"])
        _ = try CIExecutor().execute(job, in: files)
        #expect(
            try files.text(".gitlab-ci.yml")
                == "test:\n  image: golang:1.23\n  timeout: 15 minutes\n  script:\n    - go test ./...\n")
    }

    @Test func theRepositorysOwnTemplateIsFilled() throws {
        let files = try MemoryFileView([
            ".leviathan/templates/ci.yml": "name: {{task.id}}\njobs: {}\non: ${{ x }}\n"
        ])
        _ = try CIExecutor().execute(job(["workflow": ["template": "ci.yml"]]), in: files)
        #expect(try files.text(Self.path) == "name: task-001\njobs: {}\non: ${{ x }}\n")
    }

    // MARK: Refusals

    @Test(arguments: [
        ("{\"uses\": {\"a/b\": \"v1\"}}", workflow, "has the action 'a/b' in a way that can be changed"),
        ("{\"uses\": {\"actions/setup-node\": \"v4\"}}", workflow, "give the new 'commit' too"),
        ("{\"uses\": {\"actions/checkout\": 4}}", workflow, "inputs.uses.actions/checkout is 4, not text"),
        ("{\"uses\": {\"actions/checkout\": \"v4 # x\"}}", workflow, "names no action at a tag or commit"),
        ("{\"uses\": {\"actions/checkout\": \"latest\"}}", workflow, "'git' needs a checkout to run in"),
        ("{\"versions\": {\"python\": \"3.13\"}}", workflow, "has 2 versions, and was left: give a list"),
        ("{\"versions\": {\"node\": 22}}", workflow, "inputs.versions.node is 22, not text"),
        ("{\"timeout\": \"soon\"}", workflow, "inputs.timeout is text, not a whole number from 1"),
        (
            "{\"runners\": {\"a\": \"b\", \"b\": \"c\"}}", workflow,
            "exchanges 'a' for 'b', and that for another one"
        ),
        ("{\"runner\": {}}", workflow, "did you mean 'runners'?"),
        ("{\"timeout\": 5}", "jobs: [\n", ".github/workflows/test.yml:"),
        ("{\"workflow\": {\"language\": \"python\"}}", "", "needs the 'version' of python"),
    ])
    func refusesWithAReason(inputs: String, text: String, says: String) throws {
        let files = try MemoryFileView(text.isEmpty ? [:] : [Self.path: text])
        var said = ""
        let job = try job(Self.inputs(inputs))
        do throws(ExecutorError) { _ = try CIExecutor().execute(job, in: files) } catch {
            said = error.description + (error.hint ?? "")
        }
        #expect(said.contains(says), "\(said)")
        #expect(files.writeCount == 0)
    }

    @Test func brokenFilesAreLeftAloneAndNamed() throws {
        let broken = ".github/workflows/broken.yml"
        let files = try MemoryFileView([Self.path: Self.workflow, broken: "jobs: [\n"])
        let report = try CIExecutor().execute(job(["timeout": 7], [Self.path, broken]), in: files)
        #expect(report.notes.contains { $0.hasPrefix("left alone: \(broken):") })
        #expect(try files.text(broken) == "jobs: [\n")
    }

    @Test func filesThatTheScopeDoesNotNameStayClosed() throws {
        let files = try MemoryFileView([Self.path: Self.workflow])
        let job = try Job.example(["timeout": 7])
        #expect {
            try CIExecutor().execute(job, in: files)
        } throws: { "\($0)".contains("the task may touch no CI file") }
        #expect(files.reads.isEmpty)
    }
}
