package import Basics
package import Paths

/// What may happen to a file.
package enum Operation: String, CaseIterable, Sendable { case create, update, delete }

/// The rules that every change of a target is judged by.
package struct Policy: Hashable, Sendable {
    package var scopes: [Scope] = []
    package var forbidden: [PathPattern] = []
    package var limits = Limits()
    package var invariants: [Invariant] = []
    package var documentedInvariants: [DocumentedInvariant] = []
    package var sandbox = Sandbox()
    package var workspace = WorkspaceSeeding()
    package var autoMerge = AutoMerge()
    package var schedule = Schedule()
    /// Whether weakened tests reject the change; otherwise they only warn.
    package var blocksWeakenedTests = false
    package var autonomyEnabled: Bool?

    package init() {}

    /// The scope of that name; the one scope of a flat policy serves every name.
    package func scope(_ name: String?) -> Scope? {
        if let common = scopes.first(where: \.servesEveryTask) { return common }
        return scopes.first { $0.name == name }
    }
}

/// A kind of task, and what changes of that kind may touch.
package struct Scope: Hashable, Sendable {
    /// Something a change of the scope must also touch.
    package enum Requirement: String, CaseIterable, Sendable { case tests, docs }

    package var name: String
    package var allowedPaths: [PathPattern] = []
    package var forbidden: [PathPattern] = []
    package var operations = Set(Operation.allCases)
    package var limits = Limits()
    package var executor: String?
    /// The only executors that may serve the scope; `nil` allows all.
    package var executors: [String]?
    package var requires: [Requirement] = []
    /// What is otherwise for programs of the scope's tasks.
    package var sandbox = SandboxChanges()
    package var servesEveryTask = false
    package var place: SourcePlace?

    package init(name: String) { self.name = name }
}

/// A program or a built-in that must hold after a change.
package struct Invariant: Hashable, Sendable {
    package enum Check: Hashable, Sendable {
        case command(String)
        case builtin(String)
    }

    package enum Severity: String, CaseIterable, Sendable { case block, warn }

    /// What the base has to say about a failure.
    package enum Baseline: String, CaseIterable, Sendable {
        /// Runs it there too, and says which failures are new.
        case report
        /// The same, and lets a change through that brings no new failure.
        case excuse
        case off
    }

    package var name: String
    package var check: Check
    package var timeout: Duration?
    /// Runs only when the change touches one of these; `nil` means always.
    package var when: [PathPattern]?
    package var opensNetwork = false
    package var environment: [String] = []
    package var severity = Severity.block
    package var baseline = Baseline.report
    /// The JUnit file that the program writes, which names what failed.
    package var report: RepoPath?
    package var retries = 0
    package var place: SourcePlace?

    package init(name: String, check: Check) { (self.name, self.check) = (name, check) }

    package var runsProgram: Bool { if case .command = check { true } else { false } }
}

/// An invariant that is only described: kept, shown, never run.
package struct DocumentedInvariant: Hashable, Sendable {
    package var path: String
    package var details: String?

    package init(path: String, details: String?) { (self.path, self.details) = (path, details) }
}

/// How strong a fence is, the strongest first.
package enum FenceRung: String, CaseIterable, Sendable {
    case namespacesAndLandlock = "namespaces+landlock"
    case namespaces, landlock, bubblewrap

    /// Whether it holds at least what the other does.
    package func isAtLeast(_ other: FenceRung) -> Bool {
        let order = Self.allCases
        return order.firstIndex(of: self) ?? order.count <= order.firstIndex(of: other) ?? order.count
    }
}

/// What programs that a task runs may reach.
package struct Sandbox: Hashable, Sendable {
    package var opensNetwork = false
    package var readablePaths: [String] = []
    /// Writable, and never part of the change.
    package var scratch: [PathPattern] = []
    package var environment: [String] = []
    /// Variables whose values are secret, whatever they are called.
    package var secrets: [String] = []
    /// Of everything that a program starts, together; `nil` leaves what the fence says.
    package var memoryBytes: Int?
    package var diskBytes: Int?
    package var processes: Int?
    /// The weakest fence that programs may run behind.
    package var minimum: FenceRung?

    package init() {}
}

/// What a scope wants otherwise than the policy's sandbox.
package struct SandboxChanges: Hashable, Sendable {
    package var opensNetwork: Bool?
    package var readablePaths: [String] = []
    package var scratch: [PathPattern] = []
    package var environment: [String] = []
    /// Variables whose values are secret, whatever they are called.
    package var secrets: [String] = []
    /// Of everything that a program starts, together; `nil` leaves what the fence says.
    package var memoryBytes: Int?
    package var diskBytes: Int?
    package var processes: Int?
    /// The weakest fence that programs may run behind.
    package var minimum: FenceRung?

    package init() {}
}

extension Sandbox {
    /// With what a scope adds to the lists, and says itself of the rest.
    package func with(_ changes: SandboxChanges) -> Sandbox {
        var sandbox = self
        sandbox.opensNetwork = changes.opensNetwork ?? opensNetwork
        sandbox.memoryBytes = changes.memoryBytes ?? memoryBytes
        sandbox.diskBytes = changes.diskBytes ?? diskBytes
        sandbox.processes = changes.processes ?? processes
        // the stricter one: a scope loosens nothing
        sandbox.minimum = [minimum, changes.minimum].compactMap(\.self).max { $1.isAtLeast($0) }
        sandbox.readablePaths += changes.readablePaths.filter { !readablePaths.contains($0) }
        sandbox.scratch += changes.scratch.filter { !scratch.contains($0) }
        sandbox.environment += changes.environment.filter { !environment.contains($0) }
        sandbox.secrets += changes.secrets.filter { !secrets.contains($0) }
        return sandbox
    }
}

/// Where the files of an attempt, or of an invariant's program, are.
package enum WorkspaceKind: String, CaseIterable, Sendable { case tree, overlay, worktree }

/// What a fresh workspace gets besides the files of the base commit.
package struct WorkspaceSeeding: Hashable, Sendable {
    /// Taken instead of the best that can be had.
    package var kind: WorkspaceKind?
    package var linked: [String] = []
    package var copied: [String] = []
    package var setup: String?
    /// Whether the set-up may use the network; `nil`: as other programs.
    package var opensNetwork: Bool?
    /// All that the set-up sees of the tree, and what its result depends on; empty for the whole tree.
    package var lockFiles: [String] = []
    /// Whether a worktree holds only the directories that the task may touch.
    package var isSparse = false
    /// Whether submodules are filled from objects that are on this machine.
    package var fillsSubmodules = false
    /// How many checkouts are kept for the repository at most.
    package var slots: Int?

    package init() {}
}

/// Whether and how an approved pull request may merge by itself.
package struct AutoMerge: Hashable, Sendable {
    package enum Method: String, CaseIterable, Sendable { case merge, squash, rebase }

    package var enabled = false
    package var scopes: [String] = []
    package var requiresChecks = true
    package var requiredApprovals = 1
    package var method = Method.squash

    package init() {}
}

/// When the scheduler may take tasks of the target.
package struct Schedule: Hashable, Sendable {
    package var cron: String?
    package var windows: [String] = []
    package var weight = 1.0
    package var priority: String?

    /// The weight as the scheduler counts: a whole number from 1 to 16.
    package var wholeWeight: Int { Int(min(16, max(1, weight.isNaN ? 1 : weight.rounded()))) }

    package init() {}
}
