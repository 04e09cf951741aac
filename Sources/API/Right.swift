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

    fileprivate func union(_ other: TargetScope) -> TargetScope {
        guard case .named(let names) = self, case .named(let others) = other else { return .all }
        return .named(names.union(others))
    }
}

/// A right, and what it covers.
package struct AccessGrant: Hashable, Sendable {
    package let right: Right
    package let targets: TargetScope

    package init(_ right: Right, _ targets: TargetScope) { (self.right, self.targets) = (right, targets) }
}

/// Who calls, once that is proved.
package struct Principal: Hashable, Sendable {
    /// Stable, such as the id of a key.
    package let id: String
    /// Who is recorded as having acted.
    package let name: String
    /// A key has one, a person one for each of their roles.
    package let grants: Set<AccessGrant>
    /// The highest that it has anywhere.
    package let right: Right
    /// Those that it may see.
    package let targets: TargetScope

    package init(id: String, name: String, right: Right, targets: TargetScope) {
        self.init(id: id, name: name, grants: [AccessGrant(right, targets)])
    }

    package init(id: String, name: String, grants: [AccessGrant]) {
        (self.id, self.name, self.grants) = (id, name, Set(grants))
        right = grants.map(\.right).max() ?? .view
        targets = grants.reduce(.named([])) { $0.union($1.targets) }
    }

    package func may(_ wanted: Right, _ target: String) -> Bool {
        grants.contains { $0.right >= wanted && $0.targets.covers(target) }
    }

    /// For what concerns no single target.
    package func may(_ wanted: Right) -> Bool { grants.contains { $0.right >= wanted && $0.targets == .all } }
}
