package import Basics
package import Model
package import Runner

/// A task that may run, or waits.
package struct QueueEntry {
    package let target: String
    package let task: BacklogTask
    /// `nil` where it may run, and only waits for its turn.
    package let refusal: Refusal?
}

/// What would be done next in some targets, and why the rest waits; nothing is changed by asking.
package struct QueueOrder {
    private let standings: [TargetStanding]
    private let context: Context

    /// Reads every target as it was last fetched; `failed` is told of those that cannot be read.
    package init(
        _ targets: [ScheduledTarget], _ context: Context, failed: (ScheduledTarget, StageError) -> Void
    ) throws(StageError) {
        let (home, journal) = (try HomeState(context), try JournalState(context))
        let times = WaitingFile(context).read()
        var standings: [TargetStanding] = []
        for target in targets {
            do throws(StageError) {
                let directory = try target.ready(context)
                let reading = try TargetReading.read(directory, fetches: false, context)
                standings.append(try TargetStanding(directory, reading, target.group, home, journal, times))
            } catch { failed(target, error) }
        }
        (self.standings, self.context) = (standings, context)
    }

    /// In the order of their turns, then those that may not run.
    package var entries: [QueueEntry] {
        turns
            + standings.flatMap { standing in
                standing.held.compactMap { refusal in
                    standing.reading.contract.backlog[refusal.task].map {
                        QueueEntry(target: standing.name, task: $0, refusal: refusal)
                    }
                }
            }
    }

    /// Each target by itself.
    package var queues: [TargetQueue] { standings.map(TargetQueue.init) }

    /// The tasks that may run, in the order in which their turns come.
    private var turns: [QueueEntry] {
        var (fairness, order) = (FairnessFile(context).read(), [QueueEntry]())
        var left = Dictionary(standings.map { ($0.name, $0.runnable) }) { first, _ in first }
        while true {
            let waiting = standings.map { standing in
                standing.waiting.with(classes: Set((left[standing.name] ?? [:]).filter { !$0.value.isEmpty }.keys))
            }
            fairness.update(waiting)
            guard let (target, priority) = fairness.next(waiting),
                let task = left[target.name]?[priority]?.removeFirst()
            else { return order }
            fairness.grant(target, priority)
            order.append(QueueEntry(target: target.name, task: task, refusal: nil))
        }
    }
}

/// How one target stands.
package struct TargetQueue {
    /// The base that it was read from, such as `origin/main (1a2b3c4)`.
    package let base: String
    package let running: [String]
    /// The target's name.
    package var name: String { standing.name }
    private let standing: TargetStanding

    init(_ standing: TargetStanding) {
        self.standing = standing
        base = "\(standing.reading.base.name) (\(standing.reading.base.commit.short))"
        running = standing.eligibility.running
    }

    /// Whether any task may run there now.
    package var hasNext: Bool { !standing.runnable.isEmpty }

    package func limits() throws(StageError) -> [LimitState] { try standing.eligibility.limitStates() }

    /// How many tasks wait for each reason, with one of them in words.
    package func reasons(_ times: TimeText) -> [(id: String, count: Int, example: String)] {
        Dictionary(grouping: standing.held, by: \.id)
            .map { ($0.key, $0.value.count, "\($0.value[0].task): \($0.value[0].short(times))") }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Whether nothing runs there until a switch or a breaker is closed.
    package var isBlocked: Bool {
        standing.held.contains { refusal in
            switch refusal.reason {
            case .breakerOpen, .serviceOpen, .stopped, .autonomyOff: true
            default: false
            }
        }
    }
}
