internal import Basics
internal import CommandLine
internal import Contracts
internal import Runner

/// `leviathan init`: writes a first `.leviathan/` that lints clean.
enum InitCommand: Command {
    static let spec = CommandSpec(
        "init", group: .setUp, "Write a first contract, policy and backlog",
        discussion:
            "Looks at the repository for its name, default branch, languages and test commands, and asks on a "
            + "terminal whether it saw right. Existing files are kept.",
        options: [
            OptionSpec("target", .value("NAME"), "What the repository is called here"),
            OptionSpec("default-branch", .value("BRANCH"), "The branch that changes are proposed to"),
            OptionSpec(
                "test", .value("COMMAND"), repeats: true, excludes: ["no-tests"], "A command that runs the tests"),
            OptionSpec("no-tests", excludes: ["test"], "Write no invariant that runs tests"),
            OptionSpec("yes", short: "y", "Take what was recognised without asking"),
            OptionSpec("dry-run", short: "n", "Print the files and write nothing"),
            OptionSpec("force", "Replace files that are there already"),
        ],
        examples: [
            CommandSpec.Example("leviathan init", "in a checkout that does not have .leviathan/ yet"),
            CommandSpec.Example("leviathan init --yes --test 'make check'", "in a script"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let checkout = try TargetCheckout.open(context.directory)
        let isDryRun = context.arguments.flag("dry-run")
        try checkPlace(checkout.root, replaces: context.arguments.flag("force") || isDryRun)
        let survey = try RepositorySurvey(checkout)
        let starter = try starter(survey, context)
        if isDryRun {
            printFiles(starter, context)
            return .done
        }
        try FileSystem.createDirectory(checkout.root + "/.leviathan")
        for (path, text) in starter.files {
            try FileSystem.write(Array(text.utf8), to: checkout.root + "/" + path)
        }
        report(starter, context)
        return .done
    }

    private static func checkPlace(_ root: String, replaces: Bool) throws {
        switch try FileSystem.status(root + "/.leviathan")?.kind {
        case nil, .directory: break
        case .symlink:
            throw StageError(.invalid, "'.leviathan' is a symlink", hint: "make it a directory of this repository")
        default: throw StageError(.invalid, "'.leviathan' is not a directory", hint: "move it out of the way")
        }
        let present = StarterFiles.paths.filter { FileSystem.exists(root + "/" + $0) }
        guard present.isEmpty || replaces else {
            throw StageError(
                .invalid, "\(present.joined(separator: ", ")) \(present.count == 1 ? "is" : "are") there already",
                hint: "'leviathan lint' checks them; --force replaces them")
        }
    }

    // MARK: Answers

    private static func starter(_ survey: RepositorySurvey, _ context: CommandContext) throws -> StarterFiles {
        let arguments = context.arguments
        let asks = !context.isJSON && !arguments.flag("yes") && !arguments.flag("dry-run") && Questions.canBeAsked
        if asks { introduce(survey, context.output) }
        func answer(_ option: String, _ question: String, _ guess: String) throws -> String {
            if let given = arguments.value(option) { return given }
            return asks ? try Questions.ask(question, suggesting: guess, context.output) : guess
        }
        let target = try answer("target", "What is the repository called here?", survey.target)
        let branch = try answer("default-branch", "Which branch are changes proposed to?", survey.defaultBranch)
        return StarterFiles(
            target: target, defaultBranch: branch, testCommands: try testCommands(survey, context, asks),
            codeDirectories: Array(survey.codeDirectories.prefix(12)),
            docsDirectories: Array(survey.docsDirectories.prefix(4)))
    }

    private static func testCommands(
        _ survey: RepositorySurvey, _ context: CommandContext, _ asks: Bool
    ) throws -> [String] {
        if context.arguments.flag("no-tests") { return [] }
        let given = context.arguments.all("test")
        let recognised = survey.testCommands.map(\.command)
        if !given.isEmpty || !asks { return given.isEmpty ? recognised : given }
        let first = try Questions.ask(
            "Which command runs the tests? ('-' for none)", suggesting: recognised.first ?? "-", context.output)
        return first == "-" ? [] : [first] + recognised.dropFirst().filter { $0 != first }
    }

    private static func introduce(_ survey: RepositorySurvey, _ output: Printer) {
        let languages = survey.languages.prefix(4).joined(separator: ", ")
        output.note("This repository holds \(languages.isEmpty ? "no code that is recognised" : languages).")
        for test in survey.testCommands { output.note("\(test.sign) suggests '\(test.command)' for its tests.") }
        output.note("Press Enter to take what stands in brackets.")
    }

    // MARK: Output

    private static func printFiles(_ starter: StarterFiles, _ context: CommandContext) {
        if context.isJSON {
            context.output.json(.object(starter.files.map { JSON.Member($0.path, .string($0.text)) }))
            return
        }
        for (path, text) in starter.files { context.output.data("# --- \(path)\n\(text)") }
    }

    private static func report(_ starter: StarterFiles, _ context: CommandContext) {
        if context.isJSON {
            context.output.json(["written": .strings(starter.files.map(\.path))])
            return
        }
        for (path, _) in starter.files { context.output.note("wrote \(path)") }
        context.output.note(
            "next: describe a task in .leviathan/backlog.yaml, set it 'ready: true', and try it with")
        context.output.note("  leviathan propose task-001 --dry-run --from-worktree")
    }
}
