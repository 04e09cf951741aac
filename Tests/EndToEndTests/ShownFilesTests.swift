import Basics
import Processes
import TestSupport
import Testing

/// Every file, or part of one, that a page shows is one that Leviathan takes, or has a row here that says what it is.
@Suite(.timeLimit(.minutes(60))) struct ShownFilesTests {
    enum Kind: Sendable {
        /// Parts of `.leviathan/policy.yaml`, of the backlog, and of one task in it.
        case policy, backlog, task
        /// Parts of `config.yaml` and of `targets/NAME.yaml` in the home.
        case machine, target
        case elsewhere(ShownElsewhere)
    }

    /// Blocks by page and first line.
    static let rows: [(page: String, line: String, kind: Kind)] = [
        ("docs/agent.md", "tasks:", .backlog), ("docs/agent.md", "    inputs:", .task),
        ("docs/check.md", "{", .elsewhere(.test("CheckFormTests", "thePageNamesEveryMember"))),
        ("docs/ci/github.md", "name: leviathan", .elsewhere(.test("CIJobTests", "workflowsAreClean"))),
        ("docs/ci/gitlab.md", "include:", .elsewhere(.needs("GitLab, which includes the file"))),
        ("docs/ci/others.md", "when:", .elsewhere(.needs("Woodpecker"))),
        ("docs/ci/others.md", "pipeline {", .elsewhere(.needs("Jenkins"))),
        ("docs/ci/others.md", "pr: [main]", .elsewhere(.needs("Azure Pipelines"))),
        ("docs/contract.md", "", .elsewhere(.test("DocumentationTests", "theFilesOfTheContractPageAreValid"))),
        ("docs/control-plane.md", "# config.yaml", .machine), ("docs/control-plane.md", "# targets/", .target),
        ("docs/cookbook.md", "", .elsewhere(.test("BookTests", "thePolicyOfARecipeAnswersAsThePageSays"))),
        ("docs/delivery.md", "forges:", .machine),
        ("docs/executors.md", "", .elsewhere(.test("ExecutorPageTests", "theOperationsOfEdit"))),
        ("docs/hooks.md", "repos:", .elsewhere(.needs("the program pre-commit"))),
        ("docs/invariants.md", "invariants:", .policy), ("docs/journal.md", "# config.yaml", .machine),
        ("docs/kubernetes.md", "# kustomization.yaml", .elsewhere(.needs("a cluster with the overlay jobs"))),
        ("docs/kubernetes.md", "dispatch:", .machine), ("docs/kubernetes.md", "invariants:", .policy),
        ("docs/monitoring.md", "scrape_configs:", .elsewhere(.needs("a Prometheus that reads it"))),
        ("docs/plugins.md", "{\"type\"", .elsewhere(.test("PluginTests", "theExampleInTheShellWorks"))),
        (
            "docs/plugins.md", "#!/usr/bin/env python3",
            .elsewhere(.test("PluginTests", "theDocumentationShowsTheExamplesAsTheyAre"))
        ),
        ("docs/scheduler.md", "# config.yaml", .machine), ("docs/scheduler.md", "notifications:", .machine),
        ("docs/scheduler.md", "limits:", .policy),
        ("docs/scripting.md", "{", .elsewhere(.test("DocumentationTests", "theJSONPageNamesEveryMember"))),
        ("docs/targets.md", "name: app", .target), ("docs/targets.md", "groups:", .machine),
        ("docs/workspaces.md", "workspace:", .policy),
    ]

    private static func blocks() throws -> [ShownBlock] {
        try ShownBlock.all().filter { !["sh", "console", "crontab"].contains($0.language) }
    }

    private static func row(_ block: ShownBlock) -> Kind? {
        rows.first { $0.page == block.page && block.lines.first?.hasPrefix($0.line) == true }?.kind
    }

    @Test func everyBlockIsReadOrHasARow() throws {
        let blocks = try Self.blocks()
        for block in blocks {
            #expect(
                !block.language.isEmpty,
                "\(block.page): block \(block.number) has no language; commands are 'sh' or 'console'")
            #expect(Self.row(block) != nil, "\(block.page): nobody knows what '\(block.lines.first ?? "")' is")
        }
        for row in Self.rows {
            #expect(
                blocks.contains { $0.page == row.page && $0.lines.first?.hasPrefix(row.line) == true },
                "nothing in \(row.page) begins with '\(row.line)'")
            if case .elsewhere(let reason) = row.kind { try reason.checkThatItIsTrue() }
        }
    }

    @Test(arguments: (try? blocks()) ?? []) func whatIsShownIsTaken(block: ShownBlock) throws {
        let text =
            block.lines.joined(separator: "\n").replacing(
                "sha256:…", with: "sha256:" + String(repeating: "0", count: 64)) + "\n"
        let outcome: ProcessOutcome
        switch Self.row(block) {
        case .policy: outcome = try lint(policy: TestTarget.policy + "\n" + text)
        case .backlog:
            outcome = try lint(
                backlog: "version: 1\n"
                    + text.replacing(
                        "    executor: agent", with: "    scope: docs\n    ready: true\n    executor: agent"))
        case .task:
            outcome = try lint(
                backlog:
                    "version: 1\ntasks:\n  - id: t\n    title: T\n    scope: docs\n    ready: true\n    allowed_paths: [docs/a.md]\n    executor: agent\n"
                    + text)
        case .machine: outcome = try home("config.yaml", text, "tasks")
        case .target:
            let name = text.contains("name: app") ? "app" : "shop"
            let whole =
                text.contains("repo_url:") ? text : "name: shop\nrepo_url: git@github.com:team/shop.git\n" + text
            outcome = try home("targets/\(name).yaml", whole, "target", "list")
            #expect(outcome.output.text.contains(name), "\(outcome.output.text)")
        case .elsewhere, nil: return
        }
        #expect(
            outcome.succeeded && !outcome.errors.text.contains("warning"),
            "\(block.page): \(text)\(outcome.output.text)\(outcome.errors.text)")
    }

    private func lint(policy: String = TestTarget.policy, backlog: String = TestTarget.backlog) throws
        -> ProcessOutcome
    {
        try TestTarget(policy: policy, backlog: backlog).leviathan("lint", "--strict")
    }

    private func home(_ file: String, _ text: String, _ words: String...) throws -> ProcessOutcome {
        let target = try TestTarget(hasHome: false)
        try FileSystem.createDirectory(target.home + "/targets")
        try FileSystem.write(Array(text.utf8), to: target.home + "/" + file)
        return try target.leviathan(arguments: words)
    }
}
