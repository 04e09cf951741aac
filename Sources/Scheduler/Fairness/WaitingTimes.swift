package import Basics
package import Model

/// Since when released tasks have waited for their turn, of the targets in which waiting raises a task's class.
package struct WaitingTimes: Hashable, Sendable {
    private var since: [String: [String: Instant]] = [:]

    package init() {}

    /// Since when a task has waited; `nil` where it does not, or did not yet.
    package func start(of task: String, in target: String) -> Instant? { since[target]?[task] }

    /// Says which tasks of a target wait now: those that wait already keep their time, the others lose it.
    ///
    /// A time that has not come, after the clock was put back, counts from now on.
    mutating func update(_ tasks: some Sequence<String>, of target: String, at now: Instant) {
        let known = since[target] ?? [:]
        var times: [String: Instant] = [:]
        for task in tasks { times[task] = min(known[task] ?? now, now) }
        since[target] = times.isEmpty ? nil : times
    }

    /// The class in which a task takes its turn: one higher for each such time of waiting.
    package func priority(
        of task: BacklogTask, in target: String, raisedAfter age: Duration?, at now: Instant
    ) -> BacklogTask.Priority {
        guard let age, age > .zero, let start = start(of: task.id, in: target), now > start else {
            return task.priority
        }
        switch (task.priority, (now - start).microseconds / age.microseconds) {
        case (.low, 1), (.low, 0): return now - start >= age ? .medium : .low
        case (.low, _): return .high
        case (.medium, 1...): return .high
        default: return task.priority
        }
    }

    // MARK: As it is kept

    package var json: JSON {
        let targets = since.sorted { $0.key < $1.key }.map { target, tasks in
            JSON.Member(
                target,
                .object(
                    tasks.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value.secondsText)) }))
        }
        return ["version": 1, "targets": .object(targets)]
    }

    /// `nil` where it is not what `json` writes.
    package init?(_ json: JSON) {
        guard json["version"]?.integer == 1, let targets = json["targets"]?.members else { return nil }
        for target in targets {
            guard let tasks = target.value.members else { return nil }
            for task in tasks {
                guard let time = task.value.string.flatMap({ Instant($0) }) else { return nil }
                since[target.name, default: [:]][task.name] = time
            }
        }
    }
}
