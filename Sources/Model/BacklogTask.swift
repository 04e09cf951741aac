package import Basics
package import Paths

/// One task that a person wrote down.
package struct BacklogTask: Hashable, Sendable {
    package enum Priority: String, CaseIterable, Comparable, Sendable {
        case high, medium, low

        /// The more urgent first.
        package static func < (left: Priority, right: Priority) -> Bool { left.rank < right.rank }

        private var rank: Int { self == .high ? 0 : self == .medium ? 1 : 2 }
    }

    package enum Size: String, CaseIterable, Sendable { case xs, s, m, l, xl }

    package enum Status: String, CaseIterable, Sendable {
        case pending, completed, blocked, declined, failed
        case inProgress = "in_progress"
        case pullRequestOpened = "pr_opened"
        case readyToMerge = "ready_to_merge"
    }

    /// An invariant that the task asks for beyond those of the policy.
    package enum ExtraInvariant: Hashable, Sendable {
        case named(String)
        case inline(Invariant)
    }

    /// What became of it, as the backlog says.
    package struct Outcome: Blankable {
        package var blockedReason: String?
        package var lastAttempt: String?
        package var branch: String?
        package var commit: String?
        package var pullRequest: Int?
        package var completedAt: Instant?

        package init() {}
    }

    package var id: String
    package var title = ""
    package var details: String?
    package var scope: String?
    package var priority = Priority.medium
    package var size: Size?
    /// Nothing runs that nobody released.
    package var ready = false
    package var status = Status.pending
    package var allowedPaths: [PathPattern] = []
    package var acceptanceCriteria: [String] = []
    package var dependencies: [String] = []
    package var executor: String?
    /// What the executor needs to know; always an object.
    package var inputs = JSON.object([])
    package var invariants: [ExtraInvariant] = []
    package var notBefore: Instant?
    package var labels: [String] = []
    @Boxed package var limits = Limits()
    @Boxed package var outcome = Outcome()
    /// Where it is written.
    package var place: SourcePlace?

    package init(id: String) { self.id = id }

    /// Whether it has limits of its own.
    package var setsLimits: Bool { !_limits.isBlank }

    /// The title, or the id of a task that has none.
    package var displayTitle: String { title.isEmpty ? id : title }

    /// The branch that carries the task's change.
    package var proposedBranch: String { Self.proposedBranch(of: id) }

    package static func proposedBranch(of id: String) -> String { "agent/\(id)" }
}

/// All tasks of a target, in the order they are written.
package struct Backlog: Hashable, Sendable {
    package var tasks: [BacklogTask] = []
    /// Limits written beside the tasks rather than in the policy.
    package var limits = Limits()
    /// Whether any task says `ready` at all, be it true or false.
    package var mentionsReady = false
    /// What is wrong with the text of single tasks, by their ids: these do not run.
    package var mistakes: [String: [String]] = [:]

    package init() {}

    package subscript(id: String) -> BacklogTask? { tasks.first { $0.id == id } }
}
