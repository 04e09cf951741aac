package import Basics

/// Tasks that many repositories have use for, to begin with: each is written as it stands, and nothing of it runs before
/// a person has looked at it and released it.
package struct BacklogTemplate: Sendable {
    /// One of its tasks; its scope is the one that the executor serves.
    package struct Item: Sendable {
        package let title: String
        package let executor: String
        package let paths: [String]
        package let inputs: JSON
        package let criteria: [String]

        fileprivate init(
            _ title: String, _ executor: String, _ paths: [String], _ inputs: JSON = .object([]),
            _ criteria: [String] = []
        ) {
            (self.title, self.executor, self.paths) = (title, executor, paths)
            (self.inputs, self.criteria) = (inputs, criteria)
        }

        /// The task in a scope, under an id that is not taken.
        package func task(in scope: String, executorOfScope: String?, besides taken: Set<String>) -> NewTask {
            var task = NewTask(id: NewTask.id(from: title, besides: taken), title: title)
            task.scope = scope
            task.executor = executorOfScope == executor || scope == executor ? nil : executor
            (task.allowedPaths, task.inputs, task.criteria) = (paths, inputs, criteria)
            return task
        }
    }

    package let name: String
    package let summary: String
    package let items: [Item]

    package static func named(_ name: String) -> BacklogTemplate? { all.first { $0.name == name } }

    package static let all = [documentation, operations, decisions, pipelines, tests]

    private static let documentation = BacklogTemplate(
        name: "documentation", summary: "Pages that newcomers look for first.",
        items: [
            Item(
                "Explain how to get started", "docs", ["docs/getting-started.md"],
                [
                    "template": "guide", "audience": "Those who have never built this project.",
                    "requirements": ["What has to be installed first."],
                    "steps": ["Get the sources.", "Build them.", "Run the tests."],
                ], ["A newcomer reaches a passing build by this page alone."]),
            Item(
                "Explain how to contribute", "docs", ["docs/contributing.md"],
                [
                    "template": "guide", "audience": "Those who want to change something.",
                    "steps": ["Open an issue.", "Make the change with a test.", "Open a pull request."],
                ]),
            Item(
                "Answer what is asked most often", "docs", ["docs/faq.md"],
                [
                    "sections": [
                        ["title": "Where are settings kept?", "text": "The answer, with a path."],
                        ["title": "How is it switched off?", "text": "The answer, with a command."],
                    ]
                ]),
        ])

    private static let operations = BacklogTemplate(
        name: "operations", summary: "Runbooks for whoever is called at night.",
        items: [
            Item(
                "Write the runbook for a failed deployment", "docs", ["docs/runbooks/failed-deployment.md"],
                [
                    "template": "runbook", "symptoms": "What is seen first.", "impact": "Who notices, and what.",
                    "steps": ["Look at the last deployment.", "Roll it back.", "Tell the team."],
                    "verification": "How to see that it is well again.", "escalation": "Whom to call, and when.",
                ]),
            Item(
                "Write the runbook for a full disk", "docs", ["docs/runbooks/full-disk.md"],
                [
                    "template": "runbook", "symptoms": "What is seen first.",
                    "steps": ["Find what grew.", "Make room.", "Find out why it grew."],
                ]),
        ])

    private static let decisions = BacklogTemplate(
        name: "decisions", summary: "A record of decisions, begun with the first one.",
        items: [
            Item(
                "Record that decisions are recorded", "docs", ["docs/decisions/0001-record-decisions.md"],
                [
                    "template": "adr", "status": "Proposed.",
                    "context": "Why things are as they are is asked again and again.",
                    "decision": "Every decision that is hard to undo has a page of its own here.",
                    "consequences": "A change that goes against a page changes the page as well.",
                ])
        ])

    private static let pipelines = BacklogTemplate(
        name: "pipelines", summary: "Pipelines that run what was looked at, with no more rights than they need.",
        items: [
            Item("Pin every action to its commit", "ci", [".github/workflows/*.yml"], ["pin": true]),
            Item(
                "Give workflows no rights but reading", "ci", [".github/workflows/*.yml"],
                ["permissions": ["contents": "read"]]),
            Item("End jobs that hang", "ci", [".github/workflows/*.yml"], ["timeout": 20]),
        ])

    private static let tests = BacklogTemplate(
        name: "tests", summary: "A place for tests that nobody has written yet.",
        items: [
            Item(
                "Name the tests of what must never break", "tests", ["tests/test_promises.py"],
                ["framework": "pytest"],
                ["What is saved is there after a restart", "A broken input is refused with its line"])
        ])
}
