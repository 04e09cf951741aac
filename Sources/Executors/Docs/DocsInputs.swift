internal import Contracts

/// What the `docs` executor wants to know.
enum DocsInputs {
    static let declaration = ExecutorInputs(
        "docs", record,
        example:
            "template: guide\naudience: Those who answer pages.\nsteps: [Look it up., Answer.]\nlinks: [README.md]\n"
    )

    static let link = InputRecord([
        Input("path", also: ["url"], .text, required: true, "A file, a directory or a URL.", example: "docs/"),
        Input("title", .text, default: "the file's name", "What the link is called.", example: "All guides"),
    ])

    static let reference: InputRecord = {
        let files = InputType.either([.text, .list(.text)])
        var record = InputRecord([
            Input("files", files, "Files that are listed with what they are.", example: "\"src/**\""),
            Input("options", files, "Files whose command-line options are listed.", example: "cli.py"),
            Input("environment", files, "Files whose environment variables are listed.", example: "\"src/**\""),
        ])
        record.some = record.members.map(\.name)
        return record
    }()

    static let table = InputRecord([
        Input("columns", .list(.scalar), required: true, "The heads of the columns.", example: "[Level, Meaning]"),
        Input(
            "rows", .list(.list(.scalar)), "As many cells in each.", example: "[[info, A request was answered]]"),
    ])

    static let point: InputRecord = InputRecord(
        [Input("text", also: ["title"], .text, required: true, "What it says.", example: "Look it up.")] + code)

    static let section: InputRecord = InputRecord(
        [Input("title", also: ["heading"], .text, required: true, "The heading.", example: "Levels")] + parts)

    static let content: InputRecord = InputRecord(parts)

    /// The part of a template: a text, a list or the parts of a section.
    static let contentType: InputType = InputType.named("content") {
        .either([.scalar, .list(pointType), .record(content)])
    }

    private static let pointType: InputType = InputType.either([.scalar, .record(point)])

    private static let sectionType: InputType = InputType.named("section") { .either([.text, .record(section)]) }

    private static let code: [Input] = [
        Input("code", .text, "A command or a piece of code.", example: "make test"),
        Input("language", .text, "What the code is written in.", example: "sh"),
    ]

    private static let parts: [Input] =
        [
            Input("text", also: ["body"], .scalar, "A paragraph.", example: "Each line has a level."),
            Input("points", also: ["list"], .list(pointType), "A list.", example: "[one, two]"),
            Input("steps", .list(pointType), "A numbered list.", example: "[Look, Answer]"),
        ] + code + [
            Input("table", .record(table), "A table.", example: "{columns: [a, b], rows: [[1, 2]]}"),
            Input(
                "sections", .list(sectionType), "Sections within, up to five levels.", example: "[{title: Inner}]"),
        ]

    private static var record: InputRecord {
        var record = InputRecord([
            Input(
                "title", .text, default: "the task's title", "The heading of a new page.", example: "API logging"),
            Input(
                "template", .template(DocsTemplate.all.map(\.name)), "The outline of the page.", example: "guide"),
            Input(
                "sections", .list(sectionType), "Further parts of the page.",
                example: "[{title: Levels, text: Each line has one.}]"),
            Input(
                "links", .list(.either([.text, .record(link)])), "What the page leads to.", example: "[README.md]"),
            Input(
                "marks", .choice(["block", "none"]), default: "block",
                "`none` for a page that is the task's as a whole: it has no marks, and is written anew.",
                example: "none"),
            Input(
                "reference", .record(reference), "Facts that are drawn from the tree.",
                example: "{options: cli.py}"),
        ])
        record.variants = InputVariants("template", DocsTemplate.all.map { ($0.name, $0.inputs) })
        return record
    }
}

extension DocsTemplate {
    /// What only pages of this outline know.
    fileprivate var inputs: InputRecord {
        var inputs = parts.map { part in
            Input(
                part.key, DocsInputs.contentType, required: part.isRequired, "The part '\(part.heading)'.",
                example: part.example)
        }
        if name == Self.changelog.name {
            inputs.append(Input("version", .text, default: "Unreleased", "The release.", example: "\"1.2.0\""))
            inputs.append(Input("date", .text, "Its day.", example: "2026-01-31"))
        }
        var record = InputRecord(inputs)
        if needsAny { record.some = parts.map(\.key) }
        if name == Self.reference.name { record.some = ["reference"] }
        return record
    }
}
