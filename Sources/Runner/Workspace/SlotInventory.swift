package import Basics
internal import Git
internal import Workspaces

/// The warm checkouts of one repository, as people look after them.
package struct SlotInventory {
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

    /// What a set-up left is removed when nobody used it for so long.
    private static let setUpLifetime = Duration.seconds(30 * 24 * 3600)

    private let pool: SlotPool
    private let setUps: SetupStore
    private let now: Instant
    private let place: String

    package init(_ checkout: TargetCheckout, _ context: Context) {
        pool = SlotPool(of: checkout.repository, context)
        setUps = SetupStore(of: checkout.repository, context)
        now = context.clock.now()
        place = SlotPool.place(of: checkout.repository, context)
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

    /// What slots and results of set-ups take on the disk, as it is there and not as it was recorded.
    package func usage() throws(StageError) -> (slots: Int, setUps: Int, setUpCount: Int) {
        let kept = place + "/setup"
        do throws(FileError) {
            guard FileSystem.isDirectory(place) else { return (0, 0, 0) }
            guard FileSystem.isDirectory(kept) else { return (try FileSystem.diskUsage(place), 0, 0) }
            let setUps = try FileSystem.diskUsage(kept)
            let count = try FileSystem.list(kept).count { ObjectID(hex: $0) != nil }
            return (max(0, try FileSystem.diskUsage(place) - setUps), setUps, count)
        } catch { throw StageError(.unexpected, error) }
    }

    /// Frees what dead processes held, and removes old results of set-ups; says what it did, one line each.
    package func reclaim() throws(StageError) -> [String] {
        do throws(WorkspaceError) {
            return try pool.reclaim() + setUps.reclaim(unusedSince: now + (.zero - Self.setUpLifetime))
        } catch { throw StageError(workspace: error) }
    }

    /// Removes every result of a set-up that nobody uses now, so that they run again.
    package func removeSetUps() throws(StageError) -> [String] {
        do throws(WorkspaceError) { return try setUps.reclaim(unusedSince: now + .seconds(3600)) } catch {
            throw StageError(workspace: error)
        }
    }

    /// Fails where there is no slot of a name, before any is removed.
    package func require(_ names: [String]) throws(StageError) {
        guard !names.isEmpty else { return }
        let known = try slots().map(\.name)
        for name in names where !known.contains(name) {
            let nearest = Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
            throw StageError(
                .invalid, "there is no workspace '\(name)'", hint: nearest ?? "'leviathan workspaces' lists them")
        }
    }

    package func remove(_ slot: String) throws(StageError) {
        do throws(WorkspaceError) { try pool.remove(slot) } catch { throw StageError(workspace: error) }
    }
}
