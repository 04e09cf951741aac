/// One command of the demo, what there is to know of it, and how it ends.
struct DemoStep {
    /// The words behind `leviathan`, or a whole line of git's.
    let line: String
    let words: String
    let expected: Int32

    static let all = [
        DemoStep(
            line: "leviathan tasks",
            words: """
                A repository opts in with files below .leviathan/: a policy that says what may be changed and what must \
                hold, and a backlog of tasks that people wrote. These are the tasks of this one.
                """, expected: 0),
        DemoStep(
            line: "leviathan propose guide --dry-run",
            words: """
                A dry run does the first task, judges the change by the rules of the base commit, and shows it. Nothing \
                is written, not even an object.
                """, expected: 0),
        DemoStep(
            line: "leviathan propose guide",
            words: "The same for real: one commit on a branch of its own, pushed for a person to review.",
            expected: 0
        ),
        DemoStep(
            line: "git log --oneline --graph --all",
            words: "The remote has the branch; main and your checkout are as they were.", expected: 0),
        DemoStep(
            line: "leviathan propose later",
            words: "A task that nobody has released is refused before anything runs (exit code 7).", expected: 7),
        DemoStep(
            line: "leviathan propose essay",
            words: """
                The policy allows 2 KB for a change. This task makes a larger one, so it is rejected by policy and \
                nothing is pushed (exit code 4).
                """, expected: 4),
        DemoStep(
            line: "leviathan propose shortcut",
            words: """
                An invariant must hold after every change: here, that links lead somewhere. This task breaks one \
                (exit code 5).
                """, expected: 5),
        DemoStep(
            line: "leviathan failures",
            words: "Everything is recorded before it goes on: what failed, and why.", expected: 0),
        DemoStep(
            line: "leviathan journal verify",
            words: "The events are chained by their hashes, so that a change of the record shows.", expected: 0),
    ]

    static let end = """
        That is all of it. In a repository of yours, 'leviathan init' writes a first policy and backlog, 'leviathan lint' \
        checks them, and 'leviathan help topics' lists the manual. Everything of this demo is removed now.
        """

    static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: docs}
          edits: {allowed_paths: [README.md], executor: edit}
        limits: {max_patch_bytes: 2KB, max_open_prs: 5}
        invariants:
          - {name: No secrets in the change, builtin: secrets}
          - {name: Links lead somewhere, builtin: links}

        """

    static let backlog = """
        version: 1
        tasks:
          - id: guide
            title: Add a guide for newcomers
            scope: docs
            ready: true
            allowed_paths: [docs/guide.md]
            inputs:
              sections:
                - {title: Before you begin, text: Read the README first.}
                - {title: The first change, text: Pick a small task and ask who knows about it.}
          - {id: later, title: Describe the data model, scope: docs, allowed_paths: [docs/model.md]}
          - id: essay
            title: Write down everything
            scope: docs
            ready: true
            allowed_paths: [docs/essay.md]
            inputs:
              sections: [{title: Everything, text: "\(String(repeating: "One more thing is worth a word. ", count: 80))"}]
          - id: shortcut
            title: Link to a page that is not there
            scope: edits
            ready: true
            allowed_paths: [README.md]
            inputs:
              edits: [{replace: README.md, find: A small example., with: "A small example; see [more](docs/more.md)."}]

        """

    static let readme = "# Example\n\nA small example.\n"
}
