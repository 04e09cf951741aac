package import Basics
internal import Git
internal import Workspaces

/// The warm checkouts of one repository, as people look after them.
package struct WorkspaceShelf {
    package struct Slot: Sendable {
        package let name: String
        package let path: String
        /// `alone`, `shared` or `broken`.
        package let kind: String
        package let commit: ObjectID?
        package let bytes: Int
        package let files: Int
        /// The processes that have it, each with the time since when.
        package let holders: [(processID: Int, since: Instant)]
        package let lastUsed: Instant
    }

    private let pool: CheckoutPool

    package init(_ checkout: TargetCheckout, _ surroundings: Surroundings) {
        pool = CheckoutPool(of: checkout.repository, surroundings)
    }

    package func slots() throws(StageError) -> [Slot] {
        do throws(WorkspaceError) {
            return try pool.slots().map {
                Slot(
                    name: $0.name, path: $0.path, kind: $0.kind.rawValue, commit: $0.commit, bytes: $0.bytes,
                    files: $0.files, holders: $0.holders.map { ($0.processID, $0.since) }, lastUsed: $0.lastUsed)
            }
        } catch { throw StageError(workspace: error) }
    }

    /// Frees what dead processes held; says what it did, one line each.
    package func reclaim() throws(StageError) -> [String] {
        do throws(WorkspaceError) { return try pool.reclaim() } catch { throw StageError(workspace: error) }
    }

    package func remove(_ slot: String) throws(StageError) {
        do throws(WorkspaceError) { try pool.remove(slot) } catch { throw StageError(workspace: error) }
    }
}
