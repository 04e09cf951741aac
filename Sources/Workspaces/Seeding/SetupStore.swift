package import Basics
package import Git
package import Model

/// Results of set-up runs, kept while what they were made from is the same.
package struct SetupStore {
    private let directory: String

    /// `directory`: below the pool's.
    package init(directory: String) { self.directory = directory }

    /// What a result depends on: the command, and the named files as the tree has them; `nil` without a set-up.
    package static func key(
        _ seeding: WorkspaceSeeding, repository: Repository, tree: ObjectID
    ) throws(WorkspaceError) -> String? { nil }

    /// A kept result, which stays as long as the value lives; `nil` where there is none.
    package func find(_ key: String) throws(WorkspaceError) -> SetupResult? { nil }

    /// Runs `fill` with an empty directory and keeps what it leaves there; another process may be faster.
    package func make<Failure: Error>(
        _ key: String, fill: (String) throws(Failure) -> Void
    ) throws -> SetupResult { throw WorkspaceError(.storage, "not there yet") }

    /// Removes half results of dead processes and what was not used since; says what it did, one line each.
    package func reclaim(unusedSince: Instant? = nil) throws(WorkspaceError) -> [String] { [] }
}

/// A kept result; nobody removes it while the value lives.
package struct SetupResult: ~Copyable {
    package let path: String
}
