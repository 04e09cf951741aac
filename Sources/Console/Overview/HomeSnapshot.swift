internal import API
internal import Activity
internal import Basics
internal import ControlPlane
internal import Journal
internal import Model
internal import Runner
internal import Scheduler
internal import Synchronization

/// How a home stood at one moment: what is too dear to be read for each look at a page.
final class HomeSnapshot: Sendable {
    /// The pending matters of this many days are found.
    private static let days = 7
    /// So many tasks are kept in their order for each who looks.
    private static let kept = 100

    let at: Instant
    /// The journal's newest event at that moment.
    let position: Int
    /// The registered targets, by name.
    let registered: [TargetRegistration]
    /// Every target that is known, and whether it is switched off.
    let switches: [(name: String, isOff: Bool)]
    let facts: [String: TargetFacts]
    let pending: [PendingMatter]
    let use: MachineUse
    /// Targets whose queue could not be read, and why.
    let problems: [(target: String, message: String)]
    private let order: Mutex<Order>

    /// Used by one thread at a time; the pages that were made of it are kept, for a page is looked at again and again.
    private struct Order: @unchecked Sendable {
        let queue: QueueOrder
        var pages: [TargetScope: JSON] = [:]
    }

    /// Reads everything; this takes a second where a thousand targets are looked after.
    static func read(_ home: ControlPlaneHome) throws -> HomeSnapshot {
        let context = home.context
        let registered = try TargetRegistry(context).readable().sorted { $0.name < $1.name }
        var problems: [(target: String, message: String)] = []
        // What happens while it is read is read again.
        let position = try home.journals.with { try $0.head().sequence }
        let queue = try QueueOrder(home.scheduledTargets(registered), context) { target, error in
            problems.append((target.name, error.description))
        }
        return try home.journals.with { journal in
            try HomeSnapshot(context, journal, position, registered, queue, problems)
        }
    }

    private init(
        _ context: Context, _ journal: any JournalStore, _ position: Int, _ registered: [TargetRegistration],
        _ queue: QueueOrder, _ problems: [(target: String, message: String)]
    ) throws {
        at = context.clock.now()
        let names = Set(registered.map(\.name) + (try journal.targetNames())).sorted()
        (self.position, self.registered, self.problems) = (position, registered, problems)
        switches = try names.map { ($0, try journal.isAutonomyOff(target: $0)) }
        facts = try TargetFacts.read(registered.map(\.name), journal)
        pending = try ActivityReader(
            since: at + .seconds(-Self.days * 86_400), until: at, target: nil, context
        ).pending(journal)
        use = try MachineUse(context, journal)
        order = Mutex(Order(queue: queue))
    }

    /// A page of the queue for whoever sees these targets, as the API tells it.
    func queue(_ scope: TargetScope, limit: Int, cursor: String? = nil) -> JSON {
        let unread = problems.filter { scope.covers($0.target) }.map { problem -> JSON in
            ["target": .string(problem.target), "message": .string(problem.message)]
        }
        return order.withLock { order in
            let isFirst = cursor == nil && limit <= Self.kept
            if isFirst, let page = order.pages[scope] { return page.first(limit) }
            let seen = scope == .all ? order.queue : order.queue.of(scope.covers)
            let page = QueuePage(limit: isFirst ? Self.kept : limit, cursor: cursor).json(seen, unread)
            if isFirst { order.pages[scope] = page }
            return isFirst ? page.first(limit) : page
        }
    }
}

extension JSON {
    /// The same page of a queue with only its first tasks, which then says nothing of what comes behind them.
    fileprivate func first(_ limit: Int) -> JSON {
        guard let tasks = self["tasks"]?.elements, tasks.count > limit else { return self }
        return ["tasks": .array(Array(tasks.prefix(limit))), "problems": self["problems"] ?? .array([])]
    }
}
