internal import Basics
package import Model
package import Runner

/// One target in a cycle: what may run there, and why the rest waits.
package struct TargetStanding {
    package let name: String
    package let directory: String
    package let reading: TargetReading
    package let weight: Int
    package let group: TargetGroup?
    /// What may run now, by class, each in the order of the backlog.
    package private(set) var runnable: [BacklogTask.Priority: [BacklogTask]] = [:]
    /// Why the others wait; what nobody released or is done with is left out.
    package private(set) var held: [Refusal] = []

    init(_ directory: String, _ reading: TargetReading, _ group: TargetGroup?) {
        (name, self.directory, self.reading, self.group) = (reading.target, directory, reading, group)
        weight = reading.contract.policy.schedule.wholeWeight
    }

    /// Asks again for every task; those that had their turn in this look are left for the next one, whatever became
    /// of them.
    mutating func refresh(
        granted: [GrantedTask] = [], areDelivered: Bool = false, leavingOut begun: Set<GrantedTask> = [],
        _ context: Context
    ) throws(StageError) {
        let eligibility = try reading.eligibility(granted: granted, areDelivered: areDelivered, context)
        (runnable, held) = ([:], [])
        let taken = Set(begun.filter { $0.target == reading.target }.map(\.task))
        for task in reading.contract.backlog.tasks {
            guard let refusal = try eligibility.refusal(of: task, for: .scheduler) else {
                if taken.contains(task.id) { continue }
                runnable[task.priority, default: []].append(task)
                continue
            }
            if refusal.isWaiting { held.append(refusal) }
        }
    }

    var waiting: WaitingTarget {
        WaitingTarget(
            name: name, weight: weight, group: group?.name ?? "", groupWeight: group?.weight ?? 1,
            classes: Set(runnable.keys))
    }
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
