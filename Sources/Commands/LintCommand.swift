internal import Basics
internal import CommandLine
internal import Contracts
internal import Runner

/// `leviathan lint`: everything there is to say about the files below `.leviathan/`.
enum LintCommand: Command {
    static let name = "lint"

    static let spec = CommandSpec(
        name, group: .setUp, "Check the contract, the policy and the backlog",
        discussion:
            "Reads the files of the working directory, committed or not, and reports every problem in one go.",
        options: [
            OptionSpec(
                "format", .value("FORMAT"), choices: DiagnosticRenderer.Format.allCases.map(\.rawValue),
                "How diagnostics are written"),
            OptionSpec("strict", "Take warnings for errors"),
            OptionSpec("fix", "Write canonical spellings and apply safe hints, leaving comments and layout alone"),
            OptionSpec("dry-run", short: "n", "With --fix: print the difference and write nothing"),
            OptionSpec("base", .value("REV"), "Check the files of this commit instead"),
        ],
        examples: [
            CommandSpec.Example("leviathan lint", "before committing a change of the backlog"),
            CommandSpec.Example("leviathan lint --format github --strict", "in a CI job"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if context.arguments.flag("fix") {
            let checkout = try TargetCheckout.open(context.directory)
            return try LintFix.run(
                context, checkout, fallbackTarget: checkout.fallbackTarget(remote: "origin"))
        }
        let reading = try reading(context)
        let renderer = DiagnosticRenderer(files: reading.files, usesColor: context.palette.isColored)
        let format =
            context.isJSON ? .json : context.arguments.choice("format", DiagnosticRenderer.Format.self) ?? .full
        let text = renderer.render(reading.diagnostics, as: format)
        switch format {
        case .json, .sarif: context.output.jsonText(text)
        // Commands to GitHub's runner are what was asked for; what comes from outside is escaped in them.
        case .github: context.output.data(Array(text.utf8))
        default: context.output.data(text)
        }
        if format == .full { context.output.note(DiagnosticRenderer.summary(reading.diagnostics)) }
        let worst = reading.diagnostics.map(\.severity).min()
        let fails = worst == .error || worst == .warning && context.arguments.flag("strict")
        return fails ? .invalid : .done
    }

    private static func reading(_ context: CommandContext) throws -> ContractReading {
        let isPresent = context.arguments.value("base") == nil
        let checkout =
            try isPresent ? TargetCheckout.openYoung(context.directory) : TargetCheckout.open(context.directory)
        guard let revision = context.arguments.value("base") else {
            // Only named in errors: the files come from the working directory, with or without a commit.
            let base = try? checkout.base(asked: "HEAD", remote: nil)
            let stage = ContractStage(
                checkout: checkout, base: base ?? Base.none,
                fallbackTarget: checkout.fallbackTarget(remote: "origin"), in: context.shared)
            return try stage.reading(fromWorktree: true)
        }
        let base = try checkout.base(asked: revision, remote: nil)
        return try ContractStage(
            checkout: checkout, base: base, fallbackTarget: checkout.fallbackTarget(remote: "origin"),
            in: context.shared
        ).reading(fromWorktree: false)
    }

    /// Diagnostics on the way to an error, for commands that needed a valid contract.
    static func show(_ reading: ContractReading, _ printer: Printer) {
        let renderer = DiagnosticRenderer(files: reading.files, usesColor: printer.errorPalette.isColored)
        let text = renderer.render(reading.diagnostics.filter { $0.severity == .error }, as: .full)
        printer.note(text.hasSuffix("\n\n") ? String(text.dropLast()) : text)
    }
}
