internal import Basics
internal import Pages

/// What a person chooses of a first policy: each choice says what it does in words, and what it writes.
struct PolicyChoice {
    struct Option {
        let value: String
        let words: String
        /// What stands in the files because of it.
        let yaml: String
    }

    /// The field of the form, of the address, and of the API's body.
    let name: String
    let title: String
    /// The file that it is written into.
    let file: String
    let options: [Option]
    /// How the API takes a value.
    let json: @Sendable (String) -> JSON

    private static let docsScope = """
        scopes:
          docs:
            allowed_paths: [docs/**, README.md]
            operations: [create, update]
            max_files: 5
            executor: docs
        """
    private static let secrets = "invariants:\n  - name: No secrets in the change\n    builtin: secrets"

    static let all: [PolicyChoice] = [
        PolicyChoice(
            name: "scopes", title: "What may be changed", file: "policy.yaml",
            options: [
                Option(
                    value: "found",
                    words:
                        "Whatever is found there: documentation, dependencies, pipelines, tests, each within its own paths",
                    yaml:
                        docsScope + "\n  dependencies:"
                ),
                Option(
                    value: "docs", words: "Documentation alone: a change of any other file is rejected",
                    yaml: docsScope),
            ]
        ) { .string($0) },
        PolicyChoice(
            name: "tests", title: "Its tests", file: "policy.yaml",
            options: [
                Option(
                    value: "true",
                    words:
                        "Run them on every change: test commands that are found are tried, and what does not pass yet stands there as a comment",
                    yaml:
                        secrets + "\n  - name: Tests must pass\n    check: make test"
                ),
                Option(
                    value: "false", words: "Leave them to the repository's own pipelines",
                    yaml: secrets),
            ]
        ) { .bool($0 == "true") },
        PolicyChoice(
            name: "max_open", title: "Open pull requests at once", file: "policy.yaml",
            options: [
                Option(
                    value: "1", words: "One: the next comes when a person has decided about it",
                    yaml: "limits:\n  max_open_prs: 1"),
                Option(
                    value: "3", words: "Three, for a team that reviews every day",
                    yaml: "limits:\n  max_open_prs: 3"),
                Option(
                    value: "10", words: "Ten, for a team with much to do that is alike",
                    yaml: "limits:\n  max_open_prs: 10"),
            ]
        ) { .integer(Int($0) ?? 1) },
        PolicyChoice(
            name: "draft", title: "How they are opened", file: "contract.yaml",
            options: [
                Option(
                    value: "false", words: "Ready for review: reviewers are asked at once",
                    yaml: "delivery:\n  forge: auto"),
                Option(
                    value: "true", words: "As drafts: nobody is asked before a person says so",
                    yaml: "delivery:\n  forge: auto\n  draft: true"),
            ]
        ) { .bool($0 == "true") },
        PolicyChoice(
            name: "writeback", title: "Tasks that are done", file: "contract.yaml",
            options: [
                Option(
                    value: "true", words: "Each pull request marks its task as completed in the backlog",
                    yaml: "writeback: true"),
                Option(value: "false", words: "The backlog is changed by people alone", yaml: "writeback: false"),
            ]
        ) { .bool($0 == "true") },
    ]

    /// What an address or a form says, or the first option.
    func chosen(_ form: ConsoleForm) -> Option {
        options.first { $0.value == form[name] } ?? options[0]
    }

    func fieldset(_ form: ConsoleForm) -> Markup {
        let value = chosen(form).value
        let rows = options.map { option -> Markup in
            let checked: Markup = option.value == value ? " checked" : ""
            return """
                <label class="choice"><input type="radio" name="\(name)" value="\(option.value)"\(checked)> <span>\(option.words)</span>
                <code class="yaml">\(option.yaml)</code></label>

                """
        }
        return "<fieldset><legend>\(title) <span class=\"quiet\">\(file)</span></legend>\n\(rows)</fieldset>\n"
    }

    /// Everything that was chosen, in words.
    static func summary(_ form: ConsoleForm) -> Markup {
        Piece.facts(all.map { choice in (choice.title, "\(choice.chosen(form).words)") })
    }
}
