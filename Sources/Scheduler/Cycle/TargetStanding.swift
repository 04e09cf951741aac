internal import Basics
package import Model
package import Runner

/// One target at one moment: what may run there, and why the rest waits.
package struct TargetStanding {
    typealias Classes = [BacklogTask.Priority: [BacklogTask]]

    let directory: String
    package let reading: TargetReading
    let group: TargetGroup?
    let eligibility: Eligibility
    /// What may run now, by class: first those that waiting has raised, then the class's own, each in the order of the
    /// backlog.
    let runnable: Classes
    /// Why the others wait; what nobody released or is done with is left out.
    let held: [Refusal]
    /// Since when tasks have waited; what a later moment makes of that is seen when it is asked again.
    var times: WaitingTimes
    /// The tasks that wait for their turn or for a limit.
    let waitingTasks: [String]

    /// Asks of every task whether it may run; those that had their turn in this look are left for the next one, whatever
    /// became of them.
    init(
        _ directory: String, _ reading: TargetReading, _ group: TargetGroup?, _ home: HomeState,
        _ journal: JournalState, _ times: WaitingTimes, _ granted: GrantedTasks = GrantedTasks()
    ) throws(StageError) {
        (self.directory, self.reading, self.group, self.times) = (directory, reading, group, times)
        eligibility = try reading.eligibility(
            home, journal, granted: granted.running, areDelivered: granted.areDelivered)
        var (runnable, raised, held): (Classes, Classes, [Refusal]) = ([:], [:], [])
        var waitingTasks: [String] = []
        var ages: [String?: Duration?] = [:]
        let taken = Set(granted.begun.filter { $0.target == reading.target }.map(\.task))
        for task in reading.contract.backlog.tasks {
            if let refusal = try eligibility.refusal(of: task, for: .scheduler) {
                if refusal.isWaiting { held.append(refusal) }
                if refusal.countsAsWaiting { waitingTasks.append(task.id) }
            } else if !taken.contains(task.id) {
                let age = ages[task.scope] ?? eligibility.raisePriorityAfter(inScope: task.scope)
                ages[task.scope] = .some(age)
                let priority = times.priority(of: task, in: reading.target, raisedAfter: age, at: home.now)
                if priority == task.priority {
                    runnable[priority, default: []].append(task)
                } else {
                    raised[priority, default: []].append(task)
                }
                waitingTasks.append(task.id)
            }
        }
        // What waited so long comes before those who are of the class anyway, or it would be the last there.
        self.runnable = raised.merging(runnable) { $0 + $1 }
        (self.held, self.waitingTasks) = (held, waitingTasks)
    }

    /// The same target a moment later.
    func refreshed(_ home: HomeState, _ journal: JournalState, _ granted: GrantedTasks) throws(StageError) -> Self
    {
        try TargetStanding(directory, reading, group, home, journal, times, granted)
    }

    package var name: String { reading.target }

    var waiting: WaitingTarget {
        WaitingTarget(
            name: name, weight: reading.contract.policy.schedule.wholeWeight, group: group?.name ?? "",
            groupWeight: group?.weight ?? 1, classes: Set(runnable.keys))
    }
}

/// What was handed out in one look.
struct GrantedTasks {
    var running: [GrantedTask] = []
    var begun: Set<GrantedTask> = []
    /// Whether they count as delivered, as a dry run takes them, rather than as running.
    var areDelivered = false
}

extension Refusal {
    /// Whether the task waits for its turn or for something that others use up, and not for what it says itself or for
    /// what stands for it already.
    var countsAsWaiting: Bool {
        switch reason {
        case .invalid, .blocked, .status, .notReady, .notBefore, .waitingFor, .allowsNoPath, .executorNotAllowed,
            .claimed, .underReview, .merged, .declined, .branchDeleted, .foreignCommit, .branchInUse,
            .attemptsUsedUp:
            false
        default: true
        }
    }

    /// Whether the task waits for something, rather than being done with or not released.
    package var isWaiting: Bool {
        switch reason {
        case .notReady, .status, .merged, .declined, .branchDeleted: false
        default: true
        }
    }
}
