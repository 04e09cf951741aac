/// What a caller may do; each holds those before it.
package enum Right: String, CaseIterable, Comparable, Sendable {
    /// Read.
    case view
    /// Let a task be done, and report what became of it.
    case trigger
    /// Switch, stop, reset, invalidate.
    case operate
    /// Keys and targets.
    case admin

    package static func < (left: Right, right: Right) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Which targets a right covers.
package enum TargetScope: Hashable, Sendable {
    case all
    case named(Set<String>)

    package func covers(_ target: String) -> Bool {
        switch self {
        case .all: true
        case .named(let names): names.contains(target)
        }
    }
}

/// Who calls, once that is proved.
package struct Principal: Hashable, Sendable {
    /// Stable, such as the id of a key.
    package let id: String
    /// Who is recorded as having acted.
    package let name: String
    package let right: Right
    package let targets: TargetScope

    package init(id: String, name: String, right: Right, targets: TargetScope) {
        (self.id, self.name, self.right, self.targets) = (id, name, right, targets)
    }

    package func may(_ wanted: Right, _ target: String) -> Bool { right >= wanted && targets.covers(target) }

    /// For what concerns no single target.
    package func may(_ wanted: Right) -> Bool { right >= wanted && targets == .all }
}
