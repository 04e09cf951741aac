import Basics
import Processes
import TestSupport
import Testing

/// The shell of the jobs, with the variables that the services set, and the files by the checkers of others.
@Suite(.timeLimit(.minutes(60))) struct CIJobTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    static func tool(_ name: String) -> String? {
        let path = root + "/.build/venv/bin/" + name
        return FileSystem.exists(path) ? path : nil
    }

    private func run(
        _ program: String, _ words: [String], _ target: CheckTarget? = nil, _ extra: [String: String] = [:],
        in directory: String? = nil
    ) throws -> ProcessOutcome {
        var environment = target?.repository.environment ?? ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
        if let target { environment["LEVIATHAN_HOME"] = target.target.home }
        var subprocess = Subprocess(program, words, environment: environment.merging(extra) { $1 })
        subprocess.workingDirectory = directory ?? target?.repository.path ?? Self.root
        return try subprocess.run()
    }

    private func job(_ target: CheckTarget, _ extra: [String: String]) throws -> ProcessOutcome {
        let own = ["INPUT_BINARY": TestTarget.program].merging(extra) { $1 }
        return try run(Self.root + "/scripts/ci-job", [], target, own)
    }

    private static let services: [String: [String: String]] = [
        "github": [
            "GITHUB_ACTIONS": "true", "GITHUB_HEAD_REF": "agent/task-001", "GITHUB_BASE_REF": "main", "CI": "true",
            "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/7/merge",
        ],
        "azure": [
            "TF_BUILD": "True", "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/agent/task-001",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
        ],
        "jenkins": [
            "JENKINS_URL": "http://localhost/", "CHANGE_BRANCH": "agent/task-001", "CHANGE_TARGET": "main",
            "BRANCH_NAME": "PR-7",
        ],
        "woodpecker": [
            "CI": "woodpecker", "CI_COMMIT_SOURCE_BRANCH": "agent/task-001", "CI_COMMIT_TARGET_BRANCH": "main",
        ],
    ]

    @Test(arguments: ["github", "azure", "jenkins", "woodpecker"]) func judgesInTheJobOf(_ service: String) throws
    {
        let target = try CheckTarget()
        try target.repository.git("checkout", "-q", "--detach")
        var variables = Self.services[service] ?? [:]
        variables["INPUT_JUNIT"] = target.repository.directory.path + "/a.xml"
        let fine = try job(target, variables)
        #expect(
            fine.succeeded && fine.output.text.contains("\naccepted  "), "\(fine.output.text)\(fine.errors.text)")
        try target.commit(["src/b.py": "x = 1\n"])
        let output = try target.repository.directory.write("output", "")
        variables["GITHUB_OUTPUT"] = output
        let refused = try job(target, variables)
        #expect(refused.ending == .exited(4), "\(refused.errors.text)")
        #expect(String(decoding: try FileSystem.read(output, limit: 99), as: UTF8.self) == "exit-code=4\n")
        if service == "github" { #expect(refused.output.text.contains("\n::error file=src/b.py")) }
        if service == "azure" { #expect(refused.output.text.contains("\n##vso[task.logissue type=error")) }
    }

    /// The script of the GitLab job as the template has it, in the target's own project and in a fork.
    @Test(arguments: [false, true]) func judgesInTheJobOfGitLab(isFork: Bool) throws {
        let target = try CheckTarget()
        let text = String(
            decoding: try FileSystem.read(Self.root + "/templates/gitlab-ci.yml", limit: 1 << 20), as: UTF8.self)
        let start = try #require(text.ranges(of: "    - |\n").first)
        let end = try #require(text[start.upperBound...].ranges(of: "  artifacts:").first)
        let script = text[start.upperBound..<end.lowerBound].split(separator: "\n").map { $0.dropFirst(6) }
        let program = TestTarget.program
        let directory = String(program[..<(program.lastIndex(of: "/") ?? program.startIndex)])
        let outcome = try run(
            "/bin/sh", ["-c", script.joined(separator: "\n")], target,
            [
                "PATH": directory + ":/usr/bin:/bin", "GITLAB_CI": "true",
                "CI_PROJECT_PATH": isFork ? "me/fork" : "them/it",
                "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "agent/task-001",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "CI_MERGE_REQUEST_PROJECT_PATH": "them/it",
                "CI_MERGE_REQUEST_PROJECT_URL": "file://" + target.target.remote,
            ])
        #expect(
            outcome.succeeded && outcome.output.text.contains("\naccepted  "),
            "\(outcome.output.text)\(outcome.errors.text)")
        for name in ["leviathan.xml", "leviathan.json"] {
            #expect(FileSystem.exists(target.repository.path + "/" + name))
        }
    }

    @Test func proposesInAJob() throws {
        let target = try CheckTarget(proposes: false)
        let outcome = try job(target, ["INPUT_MODE": "propose"])
        #expect(
            outcome.succeeded && outcome.output.text.contains("delivered"),
            "\(outcome.output.text)\(outcome.errors.text)")
    }

    /// Nothing pretends that there is something to download.
    @Test func aJobWithoutAProgramSaysWhatItNeeds() throws {
        let target = try CheckTarget(proposes: false)
        let missing = try run(Self.root + "/scripts/ci-job", [], target)
        #expect(
            missing.ending == .exited(3) && missing.errors.text.contains("no released binary"),
            "\(missing.errors.text)")
        let wrong = try job(target, ["INPUT_MODE": "merge"])
        #expect(wrong.ending == .exited(3) && wrong.errors.text.contains("neither check nor propose"))
    }

    @Test(.enabled(if: tool("shellcheck") != nil, "shellcheck is not installed"))
    func shellIsClean() throws {
        let files =
            ["scripts/ci-job", "scripts/setup", "deploy/kind-bootstrap.sh", "scripts/image"]
            + (try FileSystem.list(Self.root + "/hooks")).map { "hooks/" + $0 }
        let outcome = try run(try #require(Self.tool("shellcheck")), files)
        #expect(outcome.succeeded, "\(outcome.output.text)")
    }

    /// The workflows of this repository, and those that the page shows.
    @Test(
        .enabled(if: tool("actionlint") != nil && tool("zizmor") != nil, "actionlint or zizmor is not installed"))
    func workflowsAreClean() throws {
        let directory = try TemporaryDirectory()
        let page = String(
            decoding: try FileSystem.read(Self.root + "/docs/ci/github.md", limit: 1 << 20), as: UTF8.self)
        let blocks = page.components(between: "```yaml\n", and: "```")
        #expect(blocks.count == 2)
        for (number, block) in blocks.enumerated() {
            try directory.write("r/.github/workflows/\(number).yml", block)
        }
        let own = try FileSystem.read(Self.root + "/.github/workflows/leviathan.yml", limit: 1 << 20)
        try directory.write("r/.github/workflows/own.yml", String(decoding: own, as: UTF8.self))
        let action = try FileSystem.read(Self.root + "/action.yml", limit: 1 << 20)
        try directory.write("r/action.yml", String(decoding: action, as: UTF8.self))
        try directory.write("r/.github/actionlint.yaml", "self-hosted-runner: {labels: [leviathan]}\n")
        _ = try run("/usr/bin/git", ["init", "-q", "r"], in: directory.path)
        let place = directory.path + "/r"
        let files = try FileSystem.list(place + "/.github/workflows").map { ".github/workflows/" + $0 }
        let lint = try run(
            try #require(Self.tool("actionlint")), ["-shellcheck=", "-pyflakes="] + files, in: place)
        #expect(lint.succeeded, "\(lint.output.text)\(lint.errors.text)")
        let audit = try run(
            try #require(Self.tool("zizmor")), ["--offline", "--quiet", "--no-config", "."], in: place)
        #expect(audit.succeeded, "\(audit.output.text)\(audit.errors.text)")
    }
}

extension String {
    /// The stretches between two marks.
    fileprivate func components(between start: String, and end: String) -> [String] {
        ranges(of: start).compactMap { range in
            self[range.upperBound...].ranges(of: end).first.map { String(self[range.upperBound..<$0.lowerBound]) }
        }
    }
}
