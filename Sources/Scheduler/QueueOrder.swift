package import Basics
package import Model
package import Runner

/// What would be done next in a target, and why the rest waits; nothing is changed by asking.
package struct TargetQueue {
    package struct Entry {
        package let target: String
        package let task: BacklogTask
        /// `nil` where it may run, and only waits for its turn.
        package let refusal: Refusal?
    }

    package let target: String
    /// The base that it was read from, such as `origin/main (1a2b3c4)`.
    package let base: String
    /// In the order of their turns, then those that may not run.
    package let entries: [Entry]
    package let running: [String]
    package let limits: [LimitState]

    package var next: BacklogTask? { entries.first { $0.refusal == nil }?.task }

    /// How many tasks wait for each reason, with one of them in words.
    package var reasons: [(id: String, count: Int, example: String)] {
        let refusals = entries.compactMap(\.refusal)
        return Dictionary(grouping: refusals, by: \.id)
            .map { ($0.key, $0.value.count, "\($0.value[0].task): \($0.value[0].short)") }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Whether nothing runs there until a switch or a breaker is closed.
    package var isBlocked: Bool {
        entries.contains { entry in
            switch entry.refusal?.reason {
            case .breakerOpen, .stopped, .autonomyOff: true
            default: false
            }
        }
    }
}

/// Asks for the order in which tasks would be done.
package struct QueueOrder {
    private let machine: MachineConfiguration
    private let context: Context

    package init(_ machine: MachineConfiguration, _ context: Context) {
        (self.machine, self.context) = (machine, context)
    }

    package func queue(
        in directory: String, group: String?, fetches: Bool
    ) throws(StageError) -> TargetQueue {
        let reading = try TargetReading.read(directory, fetches: fetches, context)
        var standing = TargetStanding(directory, reading, machine.groups.first { $0.name == group })
        try standing.refresh(context)
        let eligibility = try reading.eligibility(context)
        let held = standing.held.compactMap { refusal in
            reading.contract.backlog[refusal.task].map {
                TargetQueue.Entry(target: reading.target, task: $0, refusal: refusal)
            }
        }
        return TargetQueue(
            target: reading.target, base: "\(reading.base.name) (\(reading.base.commit.short))",
            entries: turns(of: standing) + held, running: eligibility.running,
            limits: try eligibility.limitStates())
    }

    /// The tasks that may run, in the order in which their turns come.
    private func turns(of standing: TargetStanding) -> [TargetQueue.Entry] {
        var (fairness, left, order) = (FairnessFile(context).read(), standing.runnable, [TargetQueue.Entry]())
        while true {
            left = left.filter { !$0.value.isEmpty }
            let waiting = WaitingTarget(
                name: standing.name, weight: standing.weight, group: standing.group?.name ?? "",
                groupWeight: standing.group?.weight ?? 1, classes: Set(left.keys))
            fairness.update([waiting])
            guard let (_, priority) = fairness.next([waiting]), let task = left[priority]?.removeFirst() else {
                return order
            }
            fairness.grant(waiting, priority)
            order.append(TargetQueue.Entry(target: standing.reading.target, task: task, refusal: nil))
        }
    }
}
