internal import Basics
package import Model
package import Runner

/// One target at one moment: what may run there, and why the rest waits.
package struct TargetStanding {
    let directory: String
    package let reading: TargetReading
    let group: TargetGroup?
    let eligibility: Eligibility
    /// Since when tasks have waited; what a later moment makes of that is seen when it is asked again.
    var times: WaitingTimes
    /// The first task of each class that may run now.
    let firsts: [BacklogTask.Priority: BacklogTask]
    private let tasks: AskedTasks
    private let classes: TaskClasses

    /// Asks of tasks whether they may run; those that had their turn in this look are left for the next one, whatever
    /// became of them.
    init(
        _ directory: String, _ reading: TargetReading, _ group: TargetGroup?, _ home: HomeState,
        _ journal: JournalState, _ times: WaitingTimes, _ granted: GrantedTasks = GrantedTasks(),
        classes: TaskClasses? = nil
    ) throws(StageError) {
        (self.directory, self.reading, self.group, self.times) = (directory, reading, group, times)
        eligibility = try reading.eligibility(
            home, journal, granted: granted.running, areDelivered: granted.areDelivered)
        let taken = Set(granted.begun.lazy.filter { $0.target == reading.target }.map(\.task))
        self.classes = classes ?? TaskClasses(reading.contract.backlog.tasks)
        tasks = AskedTasks(reading, self.classes, eligibility, taken, times, now: home.now)
        firsts = try tasks.firsts()
    }

    /// The same target a moment later.
    func refreshed(_ home: HomeState, _ journal: JournalState, _ granted: GrantedTasks) throws(StageError) -> Self
    {
        try TargetStanding(directory, reading, group, home, journal, times, granted, classes: classes)
    }

    /// What every task waits for, or that it may run: a backlog may be long, and is gone through once at most.
    func asked() throws(StageError) -> AskedTasks.Answers { try tasks.answers() }

    package var name: String { reading.target }

    var waiting: WaitingTarget {
        WaitingTarget(
            name: name, weight: reading.contract.policy.schedule.wholeWeight, group: group?.name ?? "",
            groupWeight: group?.weight ?? 1, classes: Set(firsts.keys))
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
