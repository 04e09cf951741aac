internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner
internal import Scheduler

/// `leviathan simulate`: the scheduler that `run` has, on a virtual clock and in front of a forge that is not there.
enum SimulateCommand: Command {
    static let name = "simulate"

    static let spec = CommandSpec(
        name, group: .look, "Play the scheduler forward on a virtual clock, and change nothing",
        discussion: """
            Takes contract, policy and backlog of the targets as they were last fetched, and lets the scheduler that \
            'run' has work on them from an empty journal, with attempts and people whose acts a seed decides: a day \
            takes less than a second. With --from-journal the attempts and decisions are those of the record, to see \
            what another limit would have made of them. The same seed and start give the same timeline.
            """,
        options: [
            OptionSpec("cycles", .value("N"), default: "288", "So many looks at every target"),
            OptionSpec("every", .value("TIME"), default: "5m", "The pause between two looks"),
            OptionSpec("seed", .value("S"), default: "1", "Decides all that is left to chance"),
            OptionSpec("failures", .value("P"), default: "0.1", "The share of attempts that fail, from 0 to 1"),
            OptionSpec(
                "merge-rate", .value("R"), default: "0.1",
                "The share of open proposals that people decide about in an hour"),
            OptionSpec("start", .value("TIME"), "When it begins; without it, today at 00:00 UTC"),
            OptionSpec("from-journal", "Play what the journal has again: its tasks, attempts and decisions"),
            OptionSpec(
                "limit", .value("NAME=N"), repeats: true, "What if this limit were another, wherever it is set"),
            OptionSpec("jobs", .value("N"), default: "4", "At most N attempts at once, whatever the limits allow"),
            OptionSpec(
                "target", .value("TARGET"), repeats: true, completion: .asking(.targets),
                "Only this registered target"),
            OptionSpec("all", "Every registered target, also from within a checkout"),
            OptionSpec("html", .value("FILE"), "Write a page with charts, timeline and tables"),
        ],
        examples: [
            CommandSpec.Example("leviathan simulate --cycles 2016", "what a week would bring"),
            CommandSpec.Example(
                "leviathan simulate --from-journal --limit max_open_prs=3", "what if max_open_prs were 3"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let limits = try SimulatedLimits(context.arguments.all("limit"))
        var settings = Simulation.Settings()
        settings.looks = try context.arguments.integer("cycles", in: 1...1_000_000) ?? 288
        settings.width = try context.arguments.integer("jobs", in: 1...256) ?? 4
        let pause = try context.arguments.parsed("every", expected: "a time such as 5m", DurationText.parse)
        settings.pause = max(pause ?? .seconds(300), .seconds(1))
        let host = try host(limits, context)
        let result = try Simulation(host, settings).run()
        if let path = context.arguments.value("html") {
            let page = SimulationPage.html(result)
            do throws(FileError) {
                try FileSystem.writeOutput(
                    Array(page.utf8), to: path.hasPrefix("/") ? path : context.directory + "/" + path)
            } catch {
                throw StageError(.unexpected, error)
            }
        }
        if context.isJSON {
            context.output.json(SimulationReport.json(result))
        } else {
            context.output.data(SimulationReport.text(result, width: context.output.width, context.palette))
        }
        for problem in result.problems.prefix(20) { context.output.warning(StageError(.unexpected, problem)) }
        return .done
    }

    private static func host(_ limits: SimulatedLimits, _ context: CommandContext) throws -> SimulatedHost {
        var machine = try MachineConfiguration.read(context.shared)
        let seed = UInt64(try context.arguments.integer("seed", in: 0...Int.max) ?? 1)
        let history = try history(context)
        let world = try readings(context).map { reading, group in
            var target = SimulatedTarget(
                limits.applied(to: history?.contract(reading.contract) ?? reading.contract),
                group: group.map(limits.applied))
            target.owners = reading.touched
            return target
        }
        guard !world.isEmpty else {
            throw StageError(
                .invalid, "no target could be read", hint: "'leviathan target list' shows those there are")
        }
        let script: any SimulationScript =
            try history
            ?? RandomScript(
                seed: seed, failures: fraction("failures", 0.1, 1, context),
                mergeRate: fraction("merge-rate", 0.1, 1000, context))
        (machine.limits, machine.groups) = (
            limits.cleared(machine.limits), machine.groups.map(limits.applied)
        )
        let host = try SimulatedHost(
            world, script, at: try start(history, context), seed: seed, environment: context.shared.environment)
        host.machine = machine
        return host
    }

    private static func history(_ context: CommandContext) throws -> HistoryScript? {
        guard context.arguments.flag("from-journal") else { return nil }
        if let journal = try context.shared.readJournal(), let history = try HistoryScript(journal) {
            return history
        }
        throw StageError(
            .invalid, "the journal holds no attempt that could be played again",
            hint: "leave out '--from-journal' to let a seed decide how attempts go")
    }

    private static func start(_ history: HistoryScript?, _ context: CommandContext) throws -> Instant {
        let expected = "a time such as 2026-01-31T00:00:00Z"
        if let start = try context.arguments.parsed("start", expected: expected, { Instant($0) }) { return start }
        if let history { return history.start.wholeSeconds }
        let now = context.shared.clock.now().secondsSinceEpoch
        return Instant(secondsSinceEpoch: now - now % 86_400)
    }

    private static func fraction(
        _ name: String, _ standard: Double, _ most: Double, _ context: CommandContext
    ) throws -> Double {
        let expected = "a number from 0 to \(Int(most))"
        let value = try context.arguments.parsed(name, expected: expected) { text -> Double? in
            Double(text).flatMap { (0...most).contains($0) ? $0 : nil }
        }
        return value ?? standard
    }

    /// The targets as they were last fetched; one that cannot be read is told of, and left out.
    private static func readings(_ context: CommandContext) throws -> [(TargetReading, TargetGroup?)] {
        var request = RunRequest(directory: context.directory)
        request.targets = context.arguments.all("target")
        request.takesAll = context.arguments.flag("all")
        return try request.scheduled(context.shared).compactMap { target in
            do throws(StageError) {
                let directory = try target.ready(context.shared)
                let reading = try TargetReading.read(directory, fetches: false, context.shared)
                return (reading, target.group)
            } catch {
                guard let name = target.registeredName else { throw error }
                context.output.error(error.about(target: name))
                return nil
            }
        }
    }
}

/// Limits that are to be others than they are.
struct SimulatedLimits {
    private static var names: [(name: String, path: WritableKeyPath<Limits, Int?>)] {
        [
            ("max_open_prs", \.maxOpenPullRequests), ("max_open_prs_per_path", \.maxOpenPerPath),
            ("max_open_prs_per_owner", \.maxOpenPerOwner), ("max_running_attempts", \.maxRunningAttempts),
            ("max_attempts_per_task", \.maxAttemptsPerTask), ("max_tasks_per_hour", \.maxTasksPerHour),
            ("max_tasks_per_day", \.maxTasksPerDay),
        ]
    }

    private var values: [(path: WritableKeyPath<Limits, Int?>, value: Int)] = []

    init(_ words: [String]) throws {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let known = Self.names.first(where: { $0.name == parts.first }) else {
                let nearest = parts.first.flatMap { Suggestion.nearest(to: $0, among: Self.names.map(\.name)) }
                throw UsageError(
                    "'--limit' knows no limit '\(parts.first ?? "")'",
                    hint: nearest.map { "did you mean '\($0)'?" }
                        ?? "it knows " + Self.names.map(\.name).joined(separator: ", "))
            }
            guard parts.count == 2, let value = Int(parts[1]), value >= 0 else {
                throw UsageError("'--limit \(word)' needs a whole number", hint: "such as --limit \(known.name)=3")
            }
            values.append((known.path, value))
        }
    }

    /// Without what is to be another.
    func cleared(_ limits: Limits) -> Limits {
        var limits = limits
        for (path, _) in values { limits[keyPath: path] = nil }
        return limits
    }

    func applied(to group: TargetGroup) -> TargetGroup {
        var group = group
        group.limits = cleared(group.limits)
        return group
    }

    /// The policy alone sets it then.
    func applied(to contract: Contract) -> Contract {
        var (target, policy, backlog) = (contract.target, contract.policy, contract.backlog)
        target.limits = cleared(target.limits)
        backlog.limits = cleared(backlog.limits)
        for place in policy.scopes.indices { policy.scopes[place].limits = cleared(policy.scopes[place].limits) }
        for place in backlog.tasks.indices where !values.isEmpty {
            backlog.tasks[place].limits = cleared(backlog.tasks[place].limits)
        }
        for (path, value) in values { policy.limits[keyPath: path] = value }
        return Contract(target: target, policy: policy, backlog: backlog)
    }
}
