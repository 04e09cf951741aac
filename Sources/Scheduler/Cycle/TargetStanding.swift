internal import Basics
package import Model
package import Runner

/// One target at one moment: what may run there, and why the rest waits.
package struct TargetStanding {
    let directory: String
    package let reading: TargetReading
    let group: TargetGroup?
    let eligibility: Eligibility
    /// What may run now, by class, each in the order of the backlog.
    let runnable: [BacklogTask.Priority: [BacklogTask]]
    /// Why the others wait; what nobody released or is done with is left out.
    let held: [Refusal]

    /// Asks of every task whether it may run; those that had their turn in this look are left for the next one, whatever
    /// became of them.
    init(
        _ directory: String, _ reading: TargetReading, _ group: TargetGroup?, _ home: HomeState,
        _ journal: JournalState, _ granted: GrantedTasks = GrantedTasks()
    ) throws(StageError) {
        (self.directory, self.reading, self.group) = (directory, reading, group)
        eligibility = try reading.eligibility(
            home, journal, granted: granted.running, areDelivered: granted.areDelivered)
        var (runnable, held): ([BacklogTask.Priority: [BacklogTask]], [Refusal]) = ([:], [])
        let taken = Set(granted.begun.filter { $0.target == reading.target }.map(\.task))
        for task in reading.contract.backlog.tasks {
            if let refusal = try eligibility.refusal(of: task, for: .scheduler) {
                if refusal.isWaiting { held.append(refusal) }
            } else if !taken.contains(task.id) {
                runnable[task.priority, default: []].append(task)
            }
        }
        (self.runnable, self.held) = (runnable, held)
    }

    /// The same target a moment later.
    func refreshed(_ home: HomeState, _ journal: JournalState, _ granted: GrantedTasks) throws(StageError) -> Self
    {
        try TargetStanding(directory, reading, group, home, journal, granted)
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
    /// Whether the task waits for something, rather than being done with or not released.
    package var isWaiting: Bool {
        switch reason {
        case .notReady, .status, .merged, .declined: false
        default: true
        }
    }
}
