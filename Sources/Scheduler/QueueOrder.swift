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
    private let standings: [(standing: TargetStanding, answers: AskedTasks.Answers)]
    private let context: Context

    /// Reads every target as it was last fetched; `failed` is told of those that cannot be read.
    package init(
        _ targets: [ScheduledTarget], _ context: Context, failed: (ScheduledTarget, StageError) -> Void
    ) throws(StageError) {
        let (home, journal) = (try HomeState(context), try JournalState(context))
        let times = WaitingFile(context).read()
        var standings: [(TargetStanding, AskedTasks.Answers)] = []
        for target in targets {
            do throws(StageError) {
                let directory = try target.ready(context)
                let reading = try TargetReading.read(directory, fetches: false, context)
                let standing = try TargetStanding(directory, reading, target.group, home, journal, times)
                standings.append((standing, try standing.asked()))
            } catch { failed(target, error) }
        }
        self.init(standings: standings, context: context)
    }

    private init(standings: [(TargetStanding, AskedTasks.Answers)], context: Context) {
        self.standings = standings.map { ($0, $1) }
        self.context = context
    }

    /// In the order of their turns, then those that may not run.
    package var entries: [QueueEntry] { entries(upTo: .max) }

    /// The first of them: whoever shows a page need not know the turns of a hundred thousand tasks.
    package func entries(upTo most: Int) -> [QueueEntry] {
        var entries = turns(upTo: most)
        for (standing, answers) in standings where entries.count < most {
            for refusal in answers.held where entries.count < most {
                guard let task = standing.reading.contract.backlog[refusal.task] else { continue }
                entries.append(QueueEntry(target: standing.name, task: task, refusal: refusal))
            }
        }
        return entries
    }

    /// The same queue for somebody who sees only some of the targets.
    package func of(_ isSeen: (String) -> Bool) -> QueueOrder {
        QueueOrder(standings: standings.filter { isSeen($0.standing.name) }, context: context)
    }

    /// Each target by itself.
    package var queues: [TargetQueue] { standings.map { TargetQueue($0.standing, $0.answers) } }

    /// The tasks that may run, in the order in which their turns come.
    private func turns(upTo most: Int) -> [QueueEntry] {
        var (fairness, order) = (FairnessFile(context).read(), [QueueEntry]())
        var left = standings.map { $0.answers.runnable.mapValues { $0[...] } }
        var waiting = standings.enumerated().map { place, known in
            known.standing.waiting.with(classes: Set(left[place].filter { !$0.value.isEmpty }.keys))
        }
        let places = Dictionary(waiting.enumerated().map { ($1.name, $0) }) { first, _ in first }
        fairness.update(waiting)
        while order.count < most, let (target, priority) = fairness.next(waiting),
            let place = places[target.name], let number = left[place][priority]?.popFirst()
        {
            fairness.grant(target, priority)
            let task = standings[place].standing.reading.contract.backlog.tasks[number]
            order.append(QueueEntry(target: target.name, task: task, refusal: nil))
            guard left[place][priority]?.isEmpty != false else { continue }
            // Only who waits no more changes whose turns they are.
            waiting[place] = target.with(classes: target.classes.subtracting([priority]))
            fairness.update(waiting)
        }
        return order
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
    private let answers: AskedTasks.Answers

    init(_ standing: TargetStanding, _ answers: AskedTasks.Answers) {
        (self.standing, self.answers) = (standing, answers)
        base = "\(standing.reading.base.name) (\(standing.reading.base.commit.short))"
        running = standing.eligibility.running
    }

    /// Whether any task may run there now.
    package var hasNext: Bool { !standing.firsts.isEmpty }

    package func limits() throws(StageError) -> [LimitState] { try standing.eligibility.limitStates() }

    /// How many tasks wait for each reason, with one of them in words.
    package func reasons(_ times: TimeText) -> [(id: String, count: Int, example: String)] {
        Dictionary(grouping: answers.held, by: \.id)
            .map { ($0.key, $0.value.count, "\($0.value[0].task): \($0.value[0].short(times))") }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Whether nothing runs there until a switch or a breaker is closed.
    package var isBlocked: Bool {
        answers.held.contains { refusal in
            switch refusal.reason {
            case .breakerOpen, .serviceOpen, .stopped, .autonomyOff: true
            default: false
            }
        }
    }
}
