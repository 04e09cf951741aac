internal import Basics
internal import CommandLine
internal import Model
internal import Runner
internal import Scheduler

/// `leviathan propose` of several tasks: a line for each as it ends.
enum ProposeSeveral {
    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = context.arguments
        var request = BatchRequest(directory: context.directory)
        (request.tasks, request.scope) = (arguments.arguments("TASK"), arguments.value("scope"))
        request.width = try arguments.integer("jobs", in: 1...256) ?? 4
        (request.isDryRun, request.refreshes) = (arguments.flag("dry-run"), arguments.flag("refresh"))
        request.overridesStop = arguments.value("override-stop") != nil
        request.fetches = arguments.flag("fetch") || !(request.isDryRun || arguments.flag("offline"))
        (request.base, request.usesWorktreeFiles) = (arguments.value("base"), arguments.flag("from-worktree"))
        Interrupts.cancel(context.shared.cancellation)
        let dispatcher = ChildDispatcher(
            program: FileSystem.linkTarget("/proc/self/exe") ?? "leviathan", arguments: passedOn(arguments),
            context.shared)
        var batch = try TaskBatch(request, dispatcher, context.shared)
        let width = batch.tasks.map { DisplayWidth.of(SafeText.line($0)) }.max() ?? 0
        let result = try batch.run { grant, outcome in
            if context.isJSON {
                context.output.jsonLine(outcome.document ?? lost(grant, outcome))
            } else {
                context.output.data(line(grant, outcome, width, context.palette) + "\n")
            }
        }
        if let stop = result.stop { context.output.warning(Refusal("", .stopped(stop))) }
        for line in summary(result) { context.output.note(line) }
        return ExitCode(result)
    }

    /// What each child is told as well.
    private static func passedOn(_ arguments: ParsedArguments) -> [String] {
        let flags = ["dry-run", "fetch", "offline", "from-worktree", "refresh", "unfenced", "no-cache"]
        let values = ["base", "workspace", "override-stop"]
        return flags.filter(arguments.flag).map { "--" + $0 }
            + values.flatMap { name in arguments.value(name).map { ["--\(name)=\($0)"] } ?? [] }
    }

    /// Of a child that said nothing.
    private static func lost(_ grant: Grant, _ outcome: GrantOutcome) -> JSON {
        let message = outcome.message ?? "its process ended without a word"
        return [
            "outcome": .string(outcome.outcome), "task": .string(grant.task),
            "error": [
                "kind": "unexpected", "message": .string(message), "causes": [], "hint": .null,
            ],
        ]
    }

    private static func line(
        _ grant: Grant, _ outcome: GrantOutcome, _ width: Int, _ palette: Palette
    ) -> String {
        let (name, word) = (SafeText.line(grant.task), SafeText.line(outcome.outcome))
        let color = outcome.exitCode == 0 ? palette.green : outcome.exitCode == 7 ? palette.yellow : palette.red
        func padded(_ text: String, _ width: Int, _ shown: String) -> String {
            shown + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
        }
        let what = SafeText.line(what(outcome))
        let start = padded(name, width, palette.bold(name)) + "  "
        return what.isEmpty ? start + color(word) : start + padded(word, 9, color(word)) + "  " + what
    }

    /// The one thing that a person wants to know of it.
    private static func what(_ outcome: GrantOutcome) -> String {
        let document = outcome.document
        if let message = outcome.message { return message }
        if outcome.outcome == "rejected" {
            let messages = document?["violations"]?.elements?.compactMap { $0["message"]?.string } ?? []
            if let first = messages.first {
                return first + (messages.count > 1 ? " (and \(messages.count - 1) more)" : "")
            }
            let failed = document?["invariants"]?.elements?.filter { $0["rejects"] == true } ?? []
            return failed.compactMap { invariant in
                invariant["name"]?.string.map { "\($0): \(invariant["outcome"]?.string ?? "")" }
            }.joined(separator: ", ")
        }
        if outcome.outcome == "unchanged" && outcome.pullRequest == nil {
            return "the base says already what the task asks for"
        }
        return outcome.pullRequest ?? (outcome.outcome == "prepared" ? size(document) : outcome.branch) ?? ""
    }

    private static func size(_ document: JSON?) -> String? {
        guard let changes = document?["changes"]?.elements else { return nil }
        func sum(_ name: String) -> Int { changes.reduce(0) { $0 + ($1[name]?.integer ?? 0) } }
        let files = changes.count == 1 ? changes[0]["path"]?.string ?? "1 file" : "\(changes.count) files"
        return "\(files)  +\(sum("added")) -\(sum("removed"))"
    }

    private static func summary(_ result: BatchResult) -> [String] {
        var lines = result.recovered.map(\.text)
        if !result.held.isEmpty {
            let counts = Dictionary(grouping: result.held, by: \.id).mapValues(\.count)
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            lines.append(
                "waiting: " + counts.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
                    + "  (leviathan next --all says why)")
        }
        if result.wasInterrupted { lines.append("interrupted: nothing more was begun") }
        guard result.stop == nil || !result.ended.isEmpty else { return lines }
        let outcomes = Dictionary(grouping: result.ended, by: \.outcome.outcome).mapValues(\.count)
            .sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let total = result.ended.count
        lines.append(
            total == 0
                ? "nothing to do: no task may run now"
                : "\(total) task\(total == 1 ? "" : "s"): " + outcomes.joined(separator: ", "))
        return lines
    }
}
