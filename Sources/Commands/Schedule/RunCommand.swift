internal import Basics
internal import CommandLine
internal import Model
internal import Runner
internal import Scheduler

/// `leviathan run`: lets the scheduler pick tasks, within its limits.
enum RunCommand: Command {
    static let name = "run"

    static let spec = CommandSpec(
        name, group: .act, "Let the scheduler pick tasks and do them, within every limit",
        discussion: """
            Closes what dead processes left, follows up on pull requests, and then does tasks in turn, each in a process \
            of its own, until a limit holds or nothing is left to do. In a checkout that is its repository alone; \
            elsewhere, or with --all, every registered target. Ctrl-C and SIGTERM let what runs come to its end; a \
            second one ends it at once.
            """,
        options: [
            OptionSpec("once", "One look at every target (this is the default)"),
            OptionSpec("loop", "Look again and again until stopped"),
            OptionSpec("every", .value("TIME"), default: "5m", "With --loop: the pause between two looks"),
            OptionSpec(
                "target", .value("TARGET"), repeats: true, completion: .asking(.targets),
                "Only this registered target"),
            OptionSpec("all", "Every registered target, also from within a checkout"),
            OptionSpec("config", .value("FILE"), completion: .files, "The target of an older, flat autonomy file"),
            OptionSpec("max", .value("N"), "Begin at most N tasks in one look"),
            OptionSpec("jobs", .value("N"), default: "4", "At most N attempts at once, whatever the limits allow"),
            OptionSpec(
                "dispatch", .value("WHERE"), choices: ["local", "kubernetes"],
                "Where attempts run, whatever config.yaml says"),
            OptionSpec(
                "lease", .value("NAME"),
                "With --loop: work only while the Lease NAME of the cluster is this process's"),
            OptionSpec("dry-run", short: "n", "Say what would be done, and change nothing"),
            OptionSpec("offline", "Work on what was last fetched"),
        ],
        examples: [
            CommandSpec.Example("leviathan run --once", "in a CI job"),
            CommandSpec.Example("leviathan run --loop --all --every 10m", "as a service for many repositories"),
            CommandSpec.Example("leviathan run --dry-run", "what would be done now"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        var request = RunRequest(directory: context.directory)
        let arguments = context.arguments
        request.targets = arguments.all("target")
        request.takesAll = arguments.flag("all")
        request.most = try arguments.integer("max", in: 1...1_000_000)
        request.width = try arguments.integer("jobs", in: 1...256) ?? 4
        request.dispatch = arguments.value("dispatch").flatMap(DispatchSettings.Kind.init)
        request.isDryRun = arguments.flag("dry-run")
        request.isOffline = arguments.flag("offline")
        guard !(arguments.flag("once") && arguments.flag("loop")) else {
            throw UsageError("'--once' and '--loop' exclude each other")
        }
        guard arguments.value("lease") == nil || arguments.flag("loop") else {
            throw UsageError("'--lease' goes with '--loop'")
        }
        guard !(request.isDryRun && arguments.flag("loop")) else {
            throw UsageError("'--dry-run' goes with one look only", hint: "leave out '--loop'")
        }
        return try PlaneReporting.around(context) { try carryOut(request, $0) }
    }

    private static func carryOut(_ request: RunRequest, _ context: CommandContext) throws -> ExitCode {
        let shared = try configured(context)
        Interrupts.cancel(shared.cancellation)
        let share = request.isDryRun ? nil : try Leadership(shared).share()
        defer { share?.release() }
        if context.arguments.flag("loop") { return try loop(request, context, shared) }
        let result = try LocalCycle.run(request, shared)
        let notices = request.isDryRun ? nil : RunNotices(shared).tell(result)
        report(result, context)
        notices?.finish()
        return ExitCode(result)
    }

    /// With `--config` the run and its children keep to that file.
    private static func configured(_ context: CommandContext) throws -> Context {
        guard let path = context.arguments.value("config") else { return context.shared }
        guard context.arguments.all("target").isEmpty, !context.arguments.flag("all") else {
            throw UsageError("'--config' names its target itself", hint: "leave out '--target' and '--all'")
        }
        let full = path.hasPrefix("/") ? path : (FileSystem.realPath(context.directory) ?? ".") + "/" + path
        return context.shared.with(AutonomyFile.variable, full)
    }

    private static func loop(
        _ request: RunRequest, _ context: CommandContext, _ shared: Context
    ) throws -> ExitCode {
        let pause = try context.arguments.parsed("every", expected: "a time such as 5m", DurationText.parse)
        guard let name = context.arguments.value("lease") else {
            return look(RunLoop(every: pause ?? .seconds(300), shared), request, context)
        }
        try SchedulerLease(name, shared).run { lead in
            _ = look(RunLoop(every: pause ?? .seconds(300), lead), request, context)
        }
        return .done
    }

    private static func look(_ loop: RunLoop, _ request: RunRequest, _ context: CommandContext) -> ExitCode {
        loop.run { (shared, due) throws(StageError) in
            let result = try LocalCycle.run(request, due: due, shared)
            report(result, context)
            // The next look does not wait for those who are told.
            _ = RunNotices(shared).tell(result)
        } failed: {
            context.output.error($0)
        }
        return .done
    }

    private static func report(_ result: CycleResult, _ context: CommandContext) {
        if context.isJSON { return context.output.jsonLine(RunReport.json(result)) }
        for line in RunReport.lines(result, context.palette) { context.output.data(line + "\n") }
        for problem in result.problems {
            context.output.error(problem.error.about(target: problem.target))
            if let reading = problem.error.reading { LintCommand.show(reading, context.output) }
        }
        if let stop = result.stop { context.output.warning(Refusal("", .stopped(stop))) }
        for line in RunReport.summary(result) { context.output.note(line) }
    }
}
