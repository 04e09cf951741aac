package import Basics
internal import Synchronization

/// Something that every process of a store has to know at once, and that nobody has to prove later: no event.
package struct SharedEntry: Hashable, Sendable {
    /// What an entry is about; the name is what stands in the store.
    package enum Kind: String, Sendable, CaseIterable {
        case login, told, request, trigger, leader, process
        case begunLogin = "begun-login"
        case begunApp = "begun-app"
    }

    package let kind: Kind
    package let key: String
    /// What several entries have in common.
    package let owner: String
    package var value: JSON
    package var used: Instant

    package init(_ kind: Kind, _ key: String, owner: String = "", _ value: JSON = .null, used: Instant) {
        (self.kind, self.key, self.owner, self.value, self.used) = (kind, key, owner, value, used)
    }
}

/// Keeps entries for all processes of one store.
///
/// Both implementations pass the same tests.
package protocol SharedEntries: Sendable {
    /// False where there is one of its key, which stays as it is.
    func add(_ entry: SharedEntry) throws(JournalError) -> Bool

    /// Puts an entry in the place of the one of its key, if there is one.
    func put(_ entry: SharedEntry) throws(JournalError)

    /// Puts an entry in the place of one that is as it was read; false where that is gone, or was changed meanwhile.
    func replace(_ old: SharedEntry, with entry: SharedEntry) throws(JournalError) -> Bool

    func entry(_ kind: SharedEntry.Kind, _ key: String) throws(JournalError) -> SharedEntry?

    /// Those of an owner, the one that was used longest ago first.
    func entries(_ kind: SharedEntry.Kind, of owner: String) throws(JournalError) -> [SharedEntry]

    /// Removes an entry; whoever gets it is the only one.
    func take(_ kind: SharedEntry.Kind, _ key: String) throws(JournalError) -> SharedEntry?

    /// The same with all of an owner, the one that was used longest ago first.
    func takeAll(_ kind: SharedEntry.Kind, of owner: String) throws(JournalError) -> [SharedEntry]

    /// Says that an entry was used, where it is still there.
    func touch(_ kind: SharedEntry.Kind, _ key: String, at now: Instant) throws(JournalError)

    /// Keeps only so many of a kind, and none that was last used before; those that were used last stay.
    func trim(_ kind: SharedEntry.Kind, to most: Int, usedSince first: Instant) throws(JournalError)
}

/// For a store that one process uses: its file is on this machine, and entries end with the process.
package final class MemorySharedEntries: SharedEntries {
    private struct Table {
        private(set) var entries: [String: SharedEntry] = [:]
        private var owned: [String: Set<String>] = [:]

        subscript(key: String) -> SharedEntry? {
            get { entries[key] }
            set {
                if let old = entries[key] {
                    owned[old.owner]?.remove(key)
                    if owned[old.owner]?.isEmpty == true { owned[old.owner] = nil }
                }
                entries[key] = newValue
                if let newValue { owned[newValue.owner, default: []].insert(key) }
            }
        }

        func of(_ owner: String) -> [SharedEntry] { Self.sorted((owned[owner] ?? []).compactMap { entries[$0] }) }

        static func sorted(_ entries: some Sequence<SharedEntry>) -> [SharedEntry] {
            entries.sorted { ($0.used, $0.key) < ($1.used, $1.key) }
        }
    }

    private let tables = Mutex<[SharedEntry.Kind: Table]>([:])

    package init() {}

    package func add(_ entry: SharedEntry) -> Bool {
        tables.withLock { tables in
            guard tables[entry.kind]?[entry.key] == nil else { return false }
            tables[entry.kind, default: Table()][entry.key] = entry
            return true
        }
    }

    package func put(_ entry: SharedEntry) {
        tables.withLock { $0[entry.kind, default: Table()][entry.key] = entry }
    }

    package func replace(_ old: SharedEntry, with entry: SharedEntry) -> Bool {
        tables.withLock { tables in
            guard let found = tables[old.kind]?[old.key], found.owner == old.owner, found.used == old.used else {
                return false
            }
            tables[old.kind]?[old.key] = entry
            return true
        }
    }

    package func entry(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? {
        tables.withLock { $0[kind]?[key] }
    }

    package func entries(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] {
        tables.withLock { $0[kind]?.of(owner) ?? [] }
    }

    package func take(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? {
        tables.withLock { tables in
            defer { tables[kind]?[key] = nil }
            return tables[kind]?[key]
        }
    }

    package func takeAll(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] {
        tables.withLock { tables in
            let found = tables[kind]?.of(owner) ?? []
            for entry in found { tables[kind]?[entry.key] = nil }
            return found
        }
    }

    package func touch(_ kind: SharedEntry.Kind, _ key: String, at now: Instant) {
        tables.withLock { tables in
            guard var entry = tables[kind]?[key] else { return }
            entry.used = now
            tables[kind]?[key] = entry
        }
    }

    package func trim(_ kind: SharedEntry.Kind, to most: Int, usedSince first: Instant) {
        tables.withLock { tables in
            guard let entries = tables[kind]?.entries else { return }
            for entry in entries.values where entry.used < first { tables[kind]?[entry.key] = nil }
            guard let left = tables[kind]?.entries, left.count > most else { return }
            for entry in Table.sorted(left.values).prefix(left.count - most) { tables[kind]?[entry.key] = nil }
        }
    }
}
