internal import Basics
internal import CommandLine
internal import Executors
internal import Journal
internal import Model
internal import Reports
internal import Runner

/// What shells ask the program for while a word is completed.
enum CompletionKind: String, CaseIterable {
    /// Of the backlog.
    case tasks
    case scopes
    /// The newest of the journal, in full.
    case attempts
    case eventTypes = "event-types"
    /// The beginnings of digests.
    case artifacts
    case targets
    case executors
    case workspaces
    /// Rules, diagnostics and refusals.
    case ids
}

extension Completion {
    static func asking(_ kind: CompletionKind) -> Completion { .dynamic(kind.rawValue) }
}

/// What completion scripts call back; prints nothing where there is nothing to offer.
enum CompleteCommand: Command {
    /// Nobody looks through more.
    private static let most = 200

    static let name = "__complete"

    static let spec = CommandSpec(
        name, "Print words for completion",
        arguments: [
            ArgumentSpec("KIND", "What to list"), ArgumentSpec("PREFIX", .optional, "What the words begin with"),
        ], isHidden: true)

    static func run(_ context: CommandContext) -> ExitCode {
        guard let kind = context.arguments.argument("KIND").flatMap(CompletionKind.init(rawValue:)) else {
            return .done
        }
        let start = context.arguments.argument("PREFIX") ?? ""
        // A shell that completes a word has no place to show an error: there is nothing to offer then.
        let words = ((try? self.words(kind, context)) ?? []).filter { $0.hasPrefix(start) }
        context.output.data(words.map { SafeText.line($0) + "\n" }.joined())
        return .done
    }

    private static func words(_ kind: CompletionKind, _ context: CommandContext) throws -> [String] {
        switch kind {
        case .tasks: return try Target(context).contract().backlog.tasks.map(\.id)
        case .scopes: return try Target(context).contract().policy.scopes.map(\.name)
        case .eventTypes: return EventType.known.map(\.name)
        case .executors: return ExecutorListing(context.shared, directory: context.directory).entries().map(\.name)
        case .ids: return Catalog.ids
        case .attempts, .artifacts, .targets, .workspaces: return try kept(kind, context)
        }
    }

    /// What is read from Leviathan's home, if that is to be trusted.
    private static func kept(_ kind: CompletionKind, _ context: CommandContext) throws -> [String] {
        try context.shared.requireHome()
        let journal = try context.shared.readJournal()
        switch kind {
        case .attempts:
            var query = AttemptQuery()
            query.limit = most
            return try journal?.attempts(query).map(\.id) ?? []
        case .artifacts:
            var seen: Set<String> = []
            return try journal?.artifactRecords(limit: most).map { String($0.digest.prefix(16)) }
                .filter { seen.insert($0).inserted } ?? []
        case .targets: return try KnownTargets(context.shared, journal).names
        default:
            return try SlotInventory(TargetCheckout.open(context.directory), context.shared).slots().map(\.name)
        }
    }
}
