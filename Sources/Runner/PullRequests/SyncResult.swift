package import Basics

/// What is asked of one `sync`.
package struct SyncRequest: Sendable {
    package var directory: String
    /// Looks, and neither records nor changes anything.
    package var isDryRun = false
    /// Whether proposals that conflict with their base are made anew.
    package var refreshes = true
    /// Whether every open proposal is counted at the forge, as the limit of them wants it.
    package var countsProposals = false
    /// Only this pull request, and only what became of it; the repository is taken as it was fetched last.
    package var number: Int?

    package init(directory: String) { self.directory = directory }
}

/// Where the pull requests of a target stand, and what was done about them.
package struct SyncResult {
    package let target: String
    package var entries: [SyncEntry] = []
    package var notes: [String] = []
    /// The proposals that were made anew, as `propose` tells of them.
    package var refreshed: [ProposeResult] = []
    /// Where the request counts proposals: what the forge says is open.
    package var atForge = OpenAtForge.notAsked

    init(target: String) { self.target = target }
}

/// One pull request.
package struct SyncEntry: Sendable {
    package let number: Int
    package let task: String
    package let url: String
    package let branch: String
    /// `open`, `merged` or `closed`.
    package var state: String
    package var checks: String?
    package var approvals: Int?
    package var changesRequested: Int?
    package var mergeability: String?
    /// What was decided about merging it, and why.
    package var decision: String?
    /// What was done, in the order in which it was done.
    package var actions: [String] = []

    package var json: JSON {
        [
            "number": .integer(number), "task": .string(task), "url": .string(url), "branch": .string(branch),
            "state": .string(state), "checks": .optional(checks), "approvals": .optional(approvals),
            "changes_requested": .optional(changesRequested), "mergeability": .optional(mergeability),
            "auto_merge": .optional(decision), "actions": .strings(actions),
        ]
    }
}
