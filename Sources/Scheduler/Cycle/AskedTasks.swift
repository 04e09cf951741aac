internal import Basics
internal import Model
internal import Runner

/// The tasks of a target at one moment: what may run, and why the rest waits.
///
/// Between two grants only the first of each class is asked for; all of them are gone through where somebody wants to know
/// what every task waits for.
final class AskedTasks {
    /// Places of tasks in the backlog.
    typealias Classes = [BacklogTask.Priority: [Int]]

    struct Answers {
        /// What may run now, by class: first those that waiting has raised, then the class's own, each in the order of
        /// the backlog.
        var runnable: Classes = [:]
        /// Why the others wait; what nobody released or is done with is left out.
        var held: [Refusal] = []
        /// The tasks that wait for their turn or for a limit.
        var waitingTasks: [String] = []
    }

    private let reading: TargetReading
    private let classes: TaskClasses
    private let eligibility: Eligibility
    /// What had its turn in this look.
    private let taken: Set<String>
    private let times: WaitingTimes
    private let now: Instant
    private var known: Answers?

    init(
        _ reading: TargetReading, _ classes: TaskClasses, _ eligibility: Eligibility, _ taken: Set<String>,
        _ times: WaitingTimes, now: Instant
    ) {
        (self.reading, self.classes, self.eligibility, self.taken) = (reading, classes, eligibility, taken)
        (self.times, self.now) = (times, now)
    }

    private var tasks: [BacklogTask] { reading.contract.backlog.tasks }

    /// The first task of each class that may run; the same that `answers` puts first.
    func firsts() throws(StageError) -> [BacklogTask.Priority: BacklogTask] {
        // Where waiting raises tasks into other classes, their order is that of all of them.
        if known != nil || classes.scopes.contains(where: { eligibility.raisePriorityAfter(inScope: $0) != nil }) {
            return try answers().runnable.compactMapValues { $0.first.map { tasks[$0] } }
        }
        var found: [BacklogTask.Priority: BacklogTask] = [:]
        for (priority, places) in classes.places {
            for place in places where !taken.contains(tasks[place].id) {
                guard try eligibility.mayBegin(tasks[place]) else { continue }
                found[priority] = tasks[place]
                break
            }
        }
        return found
    }

    func answers() throws(StageError) -> Answers {
        if let known { return known }
        var (answers, raised) = (Answers(), Classes())
        let tasks = tasks
        for place in tasks.indices {
            let task = tasks[place]
            if let refusal = try eligibility.refusal(of: task, for: .scheduler) {
                if refusal.isWaiting { answers.held.append(refusal) }
                if refusal.countsAsWaiting { answers.waitingTasks.append(task.id) }
            } else if !taken.contains(task.id) {
                let age = eligibility.raisePriorityAfter(inScope: task.scope)
                let priority = times.priority(of: task, in: reading.target, raisedAfter: age, at: now)
                if priority == task.priority {
                    answers.runnable[priority, default: []].append(place)
                } else {
                    raised[priority, default: []].append(place)
                }
                answers.waitingTasks.append(task.id)
            }
        }
        // What waited so long comes before those who are of the class anyway, or it would be the last there.
        answers.runnable = raised.merging(answers.runnable) { $0 + $1 }
        known = answers
        return answers
    }
}
