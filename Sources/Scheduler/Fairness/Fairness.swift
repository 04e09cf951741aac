package import Basics
package import Model

/// What waits in a target, and how much the target and its group weigh.
package struct WaitingTarget: Hashable, Sendable {
    package let name: String
    package let weight: Int
    package let group: String
    package let groupWeight: Int
    /// The priority classes in which a task may run now.
    package let classes: Set<BacklogTask.Priority>

    package init(
        name: String, weight: Int, group: String = "", groupWeight: Int = 1, classes: Set<BacklogTask.Priority>
    ) {
        (self.name, self.weight, self.group, self.groupWeight) = (name, weight, group, groupWeight)
        self.classes = classes
    }

    /// The same target with other classes that wait.
    func with(classes: Set<BacklogTask.Priority>) -> WaitingTarget {
        WaitingTarget(name: name, weight: weight, group: group, groupWeight: groupWeight, classes: classes)
    }
}

/// Whose turn it is, level by level: the group, then the target, then the class of priority.
package struct Fairness: Hashable, Sendable {
    private var groups = Stride()
    private var targets: [String: Stride] = [:]
    private var classes: [String: Stride] = [:]

    package init() {}

    /// Says who waits now; who does no more has no place any longer.
    package mutating func update(_ waiting: [WaitingTarget]) {
        let waiting = waiting.filter { !$0.classes.isEmpty }
        groups.update(Dictionary(waiting.map { ($0.group, $0.groupWeight) }) { first, _ in first })
        let byGroup = Dictionary(grouping: waiting, by: \.group)
        for group in Set(targets.keys).union(byGroup.keys) {
            let members = (byGroup[group] ?? []).map { ($0.name, $0.weight) }
            targets[group, default: Stride()].update(Dictionary(members) { first, _ in first })
        }
        let names = Set(waiting.map(\.name))
        classes = classes.filter { names.contains($0.key) }
        for target in waiting {
            let weights = target.classes.map { ($0.rawValue, $0.weight) }
            classes[target.name, default: Stride()].update(Dictionary(weights) { first, _ in first })
        }
    }

    /// The target and the class whose turn it is; a target that cannot take its turn holds nobody else up.
    package func next(_ waiting: [WaitingTarget]) -> (target: WaitingTarget, priority: BacklogTask.Priority)? {
        let waiting = waiting.filter { !$0.classes.isEmpty }
        guard let group = groups.first(among: Set(waiting.map(\.group))) else { return nil }
        let members = waiting.filter { $0.group == group }
        guard let name = targets[group]?.first(among: members.map(\.name)),
            let target = members.first(where: { $0.name == name }),
            let word = classes[name]?.first(among: target.classes.map(\.rawValue)),
            let priority = BacklogTask.Priority(rawValue: word)
        else { return nil }
        return (target, priority)
    }

    package mutating func grant(_ target: WaitingTarget, _ priority: BacklogTask.Priority) {
        groups.grant(target.group, weight: target.groupWeight)
        targets[target.group]?.grant(target.name, weight: target.weight)
        classes[target.name]?.grant(priority.rawValue, weight: priority.weight)
    }
}

extension BacklogTask.Priority {
    /// How often its turn comes beside the other classes.
    var weight: Int {
        switch self {
        case .high: 8
        case .medium: 4
        case .low: 2
        }
    }
}

// MARK: As it is kept

extension Fairness {
    package var json: JSON {
        func object(_ strides: [String: Stride]) -> JSON {
            .object(strides.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value.json) })
        }
        return ["version": 1, "groups": groups.json, "targets": object(targets), "classes": object(classes)]
    }

    /// `nil` where it is not what `json` writes.
    package init?(_ json: JSON) {
        func strides(_ json: JSON?) -> [String: Stride]? {
            guard let members = json?.members else { return nil }
            var found: [String: Stride] = [:]
            for member in members {
                guard let stride = Stride(member.value) else { return nil }
                found[member.name] = stride
            }
            return found
        }
        guard json["version"]?.integer == 1, let groups = json["groups"].flatMap(Stride.init),
            let targets = strides(json["targets"]), let classes = strides(json["classes"])
        else { return nil }
        (self.groups, self.targets, self.classes) = (groups, targets, classes)
    }
}

extension Stride {
    fileprivate var json: JSON {
        [
            "time": .integer(virtualTime),
            "passes": .object(passes.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .integer($0.value)) }),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let time = json["time"]?.integer, let members = json["passes"]?.members else { return nil }
        var passes: [String: Int] = [:]
        for member in members {
            guard let pass = member.value.integer else { return nil }
            passes[member.name] = pass
        }
        self.init(virtualTime: time, passes: passes)
    }
}
