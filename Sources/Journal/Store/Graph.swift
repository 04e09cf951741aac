package import Basics

/// Something that the record speaks of.
///
/// A node's key is its type and its name: `Attempt/attempt-x`, `Task/shop/task-1`.
package struct GraphNode: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case target = "Target"
        case task = "Task"
        case attempt = "Attempt"
        case workspace = "Workspace"
        case artifact = "Artifact"
        case modelCall = "ModelCall"
        case testRun = "TestRun"
        case commit = "Commit"
        case pullRequest = "PullRequest"
        case policySnapshot = "PolicySnapshot"
        case actor = "Actor"
        case delegation = "Delegation"
    }

    package let kind: Kind
    package let name: String

    package init(_ kind: Kind, _ name: String) { (self.kind, self.name) = (kind, name) }

    /// `Attempt/attempt-x`, as it is stored and printed.
    package var key: String { kind.rawValue + "/" + name }

    /// `nil` for a text that names no type of node.
    package init?(key: String) {
        let parts = key.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind, String(parts[1]))
    }
}

/// How one thing stands to another, read from left to right: the attempt EXECUTES the task, the actor DELEGATES the
/// attempt, the test run SUPPORTS or CONTESTS it.
package struct GraphEdge: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case dependsOn = "DEPENDS_ON"
        case executes = "EXECUTES"
        case produced = "PRODUCED"
        case runsIn = "RUNS_IN"
        case authorizedBy = "AUTHORIZED_BY"
        case delegates = "DELEGATES"
        case invalidates = "INVALIDATES"
        case supports = "SUPPORTS"
        case contests = "CONTESTS"
    }

    /// Keys of nodes.
    package let source: String
    package let kind: String
    package let target: String
    /// The event that said so.
    package let sequence: Int

    package var json: JSON {
        [
            "source": .string(source), "type": .string(kind), "target": .string(target),
            "sequence": .integer(sequence),
        ]
    }
}

/// How many there are of each type.
package struct GraphSummary: Sendable {
    package let nodes: [(type: String, count: Int)]
    package let edges: [(type: String, count: Int)]

    package var json: JSON {
        func object(_ counts: [(type: String, count: Int)]) -> JSON {
            .object(counts.map { JSON.Member($0.type, .integer($0.count)) })
        }
        return ["nodes": object(nodes), "edges": object(edges)]
    }
}
