internal import Contracts

/// What the `ci` executor wants to know.
enum CIInputs {
    static let declaration = ExecutorInputs(
        "ci", record,
        example: "uses:\n  actions/checkout: v4.2.2\nrunners: {ubuntu-20.04: ubuntu-24.04}\ntimeout: 20\n")

    static let action = InputRecord([
        Input("version", also: ["tag"], .text, "A tag, or `latest`, `minor`, `patch`.", example: "v4.1.0"),
        Input(
            "commit", .text, "The commit of the tag.", example: "39370e3970a6d050c480ffad4ff0ed4d3fdee5af"),
        Input("pin", .flag, "Whether the commit is looked up.", example: "true"),
    ])

    static let workflow = InputRecord([
        Input(
            "template", .template(["test"]), default: "test", "What the file is made from.", example: "test"),
        Input(
            "path", .text, default: "the one among allowed_paths", "The file.",
            example: ".github/workflows/test.yml"),
        Input("name", .text, default: "the task's title", "What it is called.", example: "Tests"),
        Input("language", .choice(WorkflowTemplate.languages), "What is set up first.", example: "python"),
        Input("version", .text, "The version of the language.", example: "\"3.13\""),
        Input(
            "command", .either([.scalar, .list(.scalar)]), "What is run.", example: "make test"),
        Input("runner", .text, default: "ubuntu-24.04", "Where it runs.", example: "ubuntu-24.04"),
        Input("timeout", .integer(1...Int.max), default: "15", "In minutes.", example: "15"),
        Input("branch", .text, default: "main", "Whose pushes start it.", example: "main"),
    ])

    private static var record: InputRecord {
        var record = InputRecord(members)
        record.some = members.map(\.name)
        return record
    }

    private static let members = [
        Input(
            "uses", .mapping(.either([.text, .record(action)])),
            "Actions and reusable workflows, each at a tag or commit.",
            example: "{actions/checkout: v4.2.2}"),
        Input("pin", .flag, default: "false", "Whether every action is pinned to its commit.", example: "true"),
        Input(
            "runners", .mapping(.text), "Labels of runners, and what takes their place.",
            example: "{ubuntu-20.04: ubuntu-24.04}"),
        Input(
            "versions", .mapping(.either([.text, .list(.text)])), "Versions of languages.",
            example: "{python: [\"3.12\", \"3.13\"]}"),
        Input("images", .mapping(.text), "Tags of containers and services.", example: "{postgres: \"16\"}"),
        Input(
            "permissions", .either([.text, .mapping(.text)]), "The workflow's own permissions.",
            example: "{contents: read}"),
        Input(
            "timeout", .either([.integer(1...Int.max), .mapping(.integer(1...Int.max))]),
            "In minutes, for every job or for those that are named.", example: "20"),
        Input(
            "concurrency", .either([.text, .mapping(.scalar)]), "The workflow's own concurrency.",
            example: "{group: ci, cancel-in-progress: true}"),
        Input(
            "workflow", .either([.text, .record(workflow)]), "A file to add; a text names its template.",
            example: "{language: python, version: \"3.13\", command: make test}"),
    ]
}
