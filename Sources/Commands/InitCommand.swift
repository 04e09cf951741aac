internal import Basics
internal import CommandLine
internal import Contracts
internal import Git
internal import Runner

/// `leviathan init`: writes a first `.leviathan/` that lints clean.
enum InitCommand: Command {
    static let name = "init"

    static let spec = CommandSpec(
        name, group: .setUp, "Write a first contract, policy and backlog",
        discussion:
            "Looks at the repository for its name, default branch, languages, test commands, manifests, pipelines and "
            + "infrastructure, and asks on a terminal whether it saw right. A test command is tried behind the fence on "
            + "the last commit, by itself and, where that fails, after a set-up that may use the network; what does not "
            + "pass is written as a comment with the reason. Existing files are kept.",
        options: [
            OptionSpec("target", .value("NAME"), "What the repository is called here"),
            OptionSpec("default-branch", .value("BRANCH"), "The branch that changes are proposed to"),
            OptionSpec(
                "test", .value("COMMAND"), repeats: true, excludes: ["no-tests"], "A command that runs the tests"),
            OptionSpec("no-proof", "Try no test command"),
            OptionSpec("no-tests", excludes: ["test"], "Write no invariant that runs tests"),
            OptionSpec("docs-only", "Write the scope of documentation alone, whatever else is found"),
            OptionSpec("max-open", .value("N"), "The most pull requests that are open at once"),
            OptionSpec("draft", "Let pull requests be opened as drafts"),
            OptionSpec("no-writeback", "Let pull requests leave the backlog alone"),
            OptionSpec("yes", short: "y", "Take what was recognised without asking"),
            OptionSpec("dry-run", short: "n", "Print the files and write nothing"),
            OptionSpec(
                "propose", excludes: ["force"],
                "Open a pull request with the files, and leave the working directory alone"),
            OptionSpec("force", "Replace files that are there already"),
        ],
        examples: [
            CommandSpec.Example("leviathan init", "in a checkout that does not have .leviathan/ yet"),
            CommandSpec.Example("leviathan init --yes --test 'make check'", "in a script"),
            CommandSpec.Example("leviathan init --propose --dry-run", "the pull request that would be opened"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let isDryRun = context.arguments.flag("dry-run")
        if context.arguments.flag("propose") { return try propose(context, isDryRun) }
        let checkout = try TargetCheckout.openYoung(context.directory)
        try checkPlace(checkout.root, replaces: context.arguments.flag("force") || isDryRun)
        Interrupts.cancel(context.shared.cancellation)
        let survey = try RepositorySurvey(checkout)
        let starter = try starter(survey, checkout, context)
        if isDryRun {
            printFiles(starter, context)
            return .done
        }
        try FileSystem.createDirectory(checkout.root + "/.leviathan")
        for (path, text) in starter.files {
            try FileSystem.write(Array(text.utf8), to: checkout.root + "/" + path)
        }
        report(starter, checkout, context)
        return .done
    }

    /// The files go by the way of every other change, for whoever reviews what the rules will be.
    private static func propose(_ context: CommandContext, _ isDryRun: Bool) throws -> ExitCode {
        try context.shared.requireHome()
        let checkout = try TargetCheckout.open(context.directory)
        Interrupts.cancel(context.shared.cancellation)
        let starter = try starter(try RepositorySurvey(checkout), checkout, context)
        var request = ProposeRequest(directory: context.directory, starter: starter)
        request.isDryRun = isDryRun
        return ProposeCommand.carryOut(request, context)
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

    private static func starter(
        _ survey: RepositorySurvey, _ checkout: TargetCheckout, _ context: CommandContext
    ) throws -> StarterFiles {
        let arguments = context.arguments
        let asks = !context.isJSON && !arguments.flag("yes") && !arguments.flag("dry-run") && Questions.canBeAsked
        if asks { introduce(survey, context.output) }
        func answer(_ option: String, _ question: String, _ guess: String) throws -> String {
            if let given = arguments.value(option) { return given }
            return asks ? try Questions.ask(question, suggesting: guess, context.output) : guess
        }
        let target = try answer("target", "What is the repository called here?", survey.target)
        let branch = try answer("default-branch", "Which branch are changes proposed to?", survey.defaultBranch)
        var starter = StarterFiles(target: target, defaultBranch: branch)
        if !survey.docsDirectories.isEmpty { starter.docsDirectories = Array(survey.docsDirectories.prefix(4)) }
        (starter.scopes, starter.testedPaths) = (survey.scopes, survey.testedPaths)
        starter.readme = survey.readme ?? starter.readme
        if arguments.flag("docs-only") { starter.scopes = [] }
        starter.maxOpen = try arguments.integer("max-open", in: 1...1000)
        (starter.opensDrafts, starter.writesBack) = (arguments.flag("draft"), !arguments.flag("no-writeback"))
        starter.tests = try suggestions(survey, context, asks).map { try tried($0, checkout, context) }
        return starter
    }

    private static func suggestions(
        _ survey: RepositorySurvey, _ context: CommandContext, _ asks: Bool
    ) throws -> [TestSuggestion] {
        if context.arguments.flag("no-tests") { return [] }
        func named(_ command: String) -> TestSuggestion {
            survey.tests.first { $0.command == command } ?? TestSuggestion(command: command, sign: "you")
        }
        let given = context.arguments.all("test")
        if !given.isEmpty || !asks { return given.isEmpty ? survey.tests : given.map(named) }
        let first = try Questions.ask(
            "Which command runs the tests? ('-' for none)", suggesting: survey.tests.first?.command ?? "-",
            context.output)
        return first == "-" ? [] : [named(first)] + survey.tests.dropFirst().filter { $0.command != first }
    }

    /// A dry run runs nothing, and so does one who said so.
    private static func tried(
        _ suggestion: TestSuggestion, _ checkout: TargetCheckout, _ context: CommandContext
    ) throws -> StarterTest {
        let reason = context.arguments.flag("no-proof") ? "--no-proof was given" : "this was a dry run"
        if context.arguments.flag("no-proof") || context.arguments.flag("dry-run") {
            return StarterTest(suggestion.command, .untried(reason))
        }
        try context.shared.requireHome()
        context.output.note("trying '\(SafeText.line(suggestion.command))' behind the fence …")
        return try TestProof(checkout, context.shared).prove(suggestion)
    }

    private static func introduce(_ survey: RepositorySurvey, _ output: Printer) {
        let languages = survey.languages.prefix(4).joined(separator: ", ")
        output.note("This repository holds \(languages.isEmpty ? "no code that is recognised" : languages).")
        for test in survey.tests { output.note("\(test.sign) suggests '\(test.command)' for its tests.") }
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

    private static func report(_ starter: StarterFiles, _ checkout: TargetCheckout, _ context: CommandContext) {
        if context.isJSON {
            context.output.json([
                "written": .strings(starter.files.map(\.path)), "tests": .array(starter.tests.map(json)),
                "scopes": .strings(["docs"] + starter.scopes.map(\.name)),
            ])
            return
        }
        for test in starter.tests {
            switch test.state {
            case .passed: context.output.note("'\(SafeText.line(test.command))' passes behind the fence")
            case .untried(let reason):
                context.output.note("'\(SafeText.line(test.command))' was not tried: \(SafeText.line(reason))")
            case .failed(let reason):
                context.output.warning(
                    StageError(
                        .invalid, "'\(test.command)' does not pass behind the fence, and is written as a comment",
                        causes: [reason],
                        hint: "see to it in .leviathan/policy.yaml; docs/workspaces.md has set-ups"))
            }
        }
        for (path, _) in starter.files { context.output.note("wrote \(path)") }
        if checkout.repository.isEmpty {
            context.output.note("the repository has no commit yet: make a first one before a task is tried")
        }
        context.output.note(
            "next: 'leviathan add' writes a task; or set the one in .leviathan/backlog.yaml 'ready: true', and try it with"
        )
        context.output.note("  leviathan propose task-001 --dry-run --from-worktree")
    }

    private static func json(_ test: StarterTest) -> JSON {
        let (state, reason): (String, String?) =
            switch test.state {
            case .passed: ("passed", nil)
            case .untried(let reason): ("untried", reason)
            case .failed(let reason): ("failed", reason)
            }
        return [
            "command": .string(test.command), "state": .string(state), "reason": .optional(reason),
            "setup": .optional(test.setup?.command),
        ]
    }
}
