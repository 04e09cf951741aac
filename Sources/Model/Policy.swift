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
    package var servesEveryTask = false
    package var place: SourcePlace?

    package init(name: String) { self.name = name }
}

/// A check that must hold after the change.
package struct Invariant: Hashable, Sendable {
    package enum Check: Hashable, Sendable {
        case command(String)
        case builtin(String)
    }

    package enum Severity: String, CaseIterable, Sendable { case block, warn }

    package var name: String
    package var check: Check
    package var timeout: Duration?
    /// Runs only when the change touches one of these; `nil` means always.
    package var when: [PathPattern]?
    package var opensNetwork = false
    package var environment: [String] = []
    package var severity = Severity.block
    package var comparesWithBase = true
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

/// What programs that a task runs may reach.
package struct Sandbox: Hashable, Sendable {
    package var opensNetwork = false
    package var readablePaths: [String] = []
    /// Writable, and never part of the change.
    package var scratch: [PathPattern] = []
    package var environment: [String] = []
    package var memoryBytes: Int?

    package init() {}
}

/// What a fresh workspace gets besides the files of the base commit.
package struct WorkspaceSeeding: Hashable, Sendable {
    package var linked: [String] = []
    package var copied: [String] = []
    package var setup: String?
    /// The set-up's result is reused while these files are unchanged.
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

    package init() {}
}
