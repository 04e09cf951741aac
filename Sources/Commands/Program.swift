internal import Basics
package import CommandLine
internal import Glibc
internal import Runner

/// One command: its declaration, and what it does.
protocol Command: SendableMetatype {
    static var name: String { get }
    static var spec: CommandSpec { get }
    static func run(_ context: CommandContext) throws -> ExitCode
}

/// The whole program: every command, and the way from a command line to an exit code.
package enum Program {
    static let commands: [any Command.Type] = [
        InitCommand.self, AddCommand.self, LintCommand.self, SchemaCommand.self, DoctorCommand.self,
        TasksCommand.self, ShowCommand.self, PlanCommand.self, NextCommand.self, ExecutorsCommand.self,
        OutdatedCommand.self,
        ProposeCommand.self, RunCommand.self, ServeCommand.self, WorkerCommand.self, SimulateCommand.self,
        CheckCommand.self,
        HookCommand.self,
        HooksCommand.self, VerifyCommand.self, RetryCommand.self,
        SyncCommand.self,
        StopCommand.self, ResumeCommand.self, AutonomyCommand.self, BreakerCommand.self, TargetCommand.self,
        KeyCommand.self,
        AttemptsCommand.self, FailuresCommand.self, EventsCommand.self, ArtifactsCommand.self, GraphCommand.self,
        StatsCommand.self, ReportCommand.self, JournalCommand.self,
        ManifestsCommand.self, CheckManifestsCommand.self,
        ExplainCommand.self, FenceCommand.self, WorkspacesCommand.self, DemoCommand.self, CompletionsCommand.self,
        VersionCommand.self,
        CompleteCommand.self,
        ReferenceCommand.self, ManCommand.self,
    ]

    package static let spec = declaration(commands.map { $0.spec })

    private static func declaration(_ subcommands: [CommandSpec]) -> CommandSpec {
        CommandSpec(
            "leviathan", "Leviathan carries out tasks that people wrote down, and proposes the result for review.",
            options: [
                OptionSpec("C", .value("DIR"), completion: .directories, "Work as if started in DIR"),
                OptionSpec("json", "Print one JSON document instead of text"),
                OptionSpec("quiet", short: "q", "Print only data and errors"),
                OptionSpec("verbose", short: "v", "Say more about what is done"),
                OptionSpec(
                    "color", .value("WHEN"), choices: ColorChoice.allCases.map(\.rawValue), "When to use colours"),
                OptionSpec("utc", "Show times exactly, in UTC, and not by the local clock"),
                OptionSpec(
                    "plain", "Print plain lines: no colours, nothing drawn, no table made to fit; as for TERM=dumb"
                ),
                OptionSpec("version", "Print the version"),
            ],
            examples: [
                CommandSpec.Example("leviathan tasks", "what is in the backlog, and why a task cannot run"),
                CommandSpec.Example(
                    "leviathan propose task-001 --dry-run", "the change a task would make, and nothing else"),
                CommandSpec.Example("leviathan propose task-001", "do it: a branch for a person to review"),
                CommandSpec.Example("leviathan help topics", "the pages of the manual"),
            ], subcommands: subcommands)
    }

    /// Runs a command line under the name that the program was started with.
    package static func run(_ name: String, _ words: [String], environment read: () -> [String: String]) -> Int32 {
        guard ControlNames.isMeant(by: name) else { return run(words, environment: read) }
        let environment = read()
        do throws(UsageError) {
            if let translated = try ControlNames.translated(words) {
                return run(translated, environment: environment)
            }
            let asksForHelp = words.isEmpty || words.contains("--help") || words.contains("-h")
            if !asksForHelp { return run(words, environment: environment) }
            let printer = plainPrinter(environment)
            printer.data(ControlNames.help)
            return (words.isEmpty ? ExitCode.wrongUsage : .done).rawValue
        } catch { return report(error, ParsedArguments(), plainPrinter(environment)).rawValue }
    }

    private static func plainPrinter(_ environment: [String: String]) -> Printer {
        let times = TimeText(ZoneSource(environment), .system, isExact: false)
        return Printer(ParsedArguments(), environment: environment, times: times)
    }

    /// Runs a command line; returns the exit code.
    ///
    /// The version is answered before the environment is read and any command is declared.
    package static func run(_ words: [String], environment read: () -> [String: String]) -> Int32 {
        if words == ["version"] || words == ["--version"] {
            do throws(FileError) {
                try FileSystem.writeAll(Array(VersionCommand.line.utf8)[...], to: 1, "standard output")
                return ExitCode.done.rawValue
            } catch {}  // is met again, and told, below
        }
        return run(words, environment: read())
    }

    /// Runs a command line; returns the exit code.
    ///
    /// Output that did not arrive is a failure, whatever else came out.
    package static func run(_ words: [String], environment: [String: String]) -> Int32 {
        let (code, printer) = runCommand(words, environment)
        guard let error = printer.failure.error, code != .interrupted else { return code.rawValue }
        // Whoever read has seen enough, as with `| head`: that is no failure to tell of.
        if error.code == EPIPE { return (code == .done ? .readerLeft : code).rawValue }
        printer.error(error)
        return ExitCode.unexpectedFailure.rawValue
    }

    private static func runCommand(_ words: [String], _ environment: [String: String]) -> (ExitCode, Printer) {
        let zones = ZoneSource(environment)
        func times(_ arguments: ParsedArguments) -> TimeText {
            TimeText(zones, .system, isExact: showsUTC(arguments))
        }
        let arguments: ParsedArguments
        do throws(UsageError) { arguments = try parse(words) } catch {
            var fallback = ParsedArguments()
            if words.contains("--json") { fallback.flags.insert("json") }
            let printer = Printer(fallback, environment: environment, times: times(fallback))
            if let page = Manual.answer(to: words, printer.palette) {
                printer.data(Array(page.utf8))
                return (.done, printer)
            }
            return (report(Manual.mistake(in: words) ?? error, fallback, printer), printer)
        }
        let printer = Printer(arguments, environment: environment, times: times(arguments))
        if arguments.asksForHelp {
            printer.data(HelpPage(spec, width: printer.width).render(arguments.path))
            return (.done, printer)
        }
        let path = arguments.path.isEmpty && arguments.flag("version") ? ["version"] : arguments.path
        guard let name = path.first, let command = commands.first(where: { $0.name == name }) else {
            printer.data(HelpPage(spec, width: printer.width).render([]))
            return (.wrongUsage, printer)
        }
        return (run(command, arguments, printer, environment, zones), printer)
    }

    /// Declares one command alone where the first word names it: all of them take longer than what most do.
    private static func parse(_ words: [String]) throws(UsageError) -> ParsedArguments {
        if let command = commands.first(where: { $0.name == words.first }) {
            do throws(UsageError) { return try ArgumentParser(declaration([command.spec])).parse(words) } catch {}
        }
        return try ArgumentParser(spec).parse(words)
    }

    /// Programs are told the exact time, whoever looks at the texts in what they read.
    private static func showsUTC(_ arguments: ParsedArguments) -> Bool {
        arguments.flag("utc") || arguments.flag("json")
    }

    /// Commands that keep nothing.
    private static let homeless: Set<String> = [
        "add", "check-manifests", "completions", "demo", "explain", "init", "lint", "manifests", "schema",
        "version",
    ]

    /// Commands of one target that work in the clone of a registered one as well.
    private static let takesTarget: Set<String> = ["plan", "propose", "retry", "show", "tasks"]

    private static func run(
        _ command: any Command.Type, _ arguments: ParsedArguments, _ printer: Printer,
        _ environment: [String: String], _ zones: ZoneSource
    ) -> ExitCode {
        let shared = Context(
            environment: environment, clock: .system, zones: zones, showsUTC: showsUTC(arguments),
            identifiers: .system, cancellation: Cancellation(),
            observer: Observer(
                progress: { printer.progress($0) }, warning: { printer.warning($0) },
                waiting: { printer.note("waiting for another process …") }, stage: { printer.stage($0) }))
        defer { printer.end() }
        do {
            let named = takesTarget.contains(command.name) ? try Target.directory(arguments, shared) : nil
            let context = CommandContext(
                arguments: arguments, shared: shared, directory: named ?? arguments.value("C") ?? ".",
                output: printer)
            switch command.name {
            case let name where homeless.contains(name): break
            case "__complete": break  // asks only where it reads the home
            // A server's hooks run for whoever pushes, mostly without a home: no home, no settings in it.
            case "hook" where ["LEVIATHAN_HOME", "HOME"].allSatisfy { environment[$0]?.isEmpty != false }: break
            case "doctor": try shared.requireHomePath()
            default: try shared.requireHome()
            }
            return try command.run(context)
        } catch { return report(error, arguments, printer) }
    }

    private static func report(_ error: any Error, _ arguments: ParsedArguments, _ printer: Printer) -> ExitCode {
        let explained = error as? any ExplainedError ?? StageError(.unexpected, "\(error)")
        let code = ExitCode(error)
        if arguments.flag("json") { printer.json(["error": explained.json(kind: code.name)]) }
        if let reading = (error as? StageError)?.reading { LintCommand.show(reading, printer) }
        printer.error(explained)
        if let usage = (error as? UsageError)?.usage, !usage.isEmpty { printer.note("usage: " + usage) }
        return code
    }
}

extension ExitCode {
    /// The word that `--json` uses for the kind of an error.
    var name: String {
        switch self {
        case .done: "done"
        case .wrongUsage: "usage"
        case .invalid: "invalid"
        case .rejectedByPolicy: "policy"
        case .rejectedByInvariant: "invariant"
        case .executorFailed: "executor"
        case .refused: "guardrail"
        case .deliveryFailed: "delivery"
        case .interrupted: "interrupted"
        default: "unexpected"
        }
    }
}
