internal import Basics
internal import Model
internal import Synchronization

/// Contracts that were read from commits, by the tree of `.leviathan/`: who looks again, or reads one twice, parses nothing.
///
/// That tree decides all of a contract but for the plugins of this machine. Which of them were looked for, and whether they
/// were there, is kept as well, and asked again.
final class ContractMemory: Sendable {
    /// Of this process.
    static let shared = ContractMemory()

    struct Key: Hashable {
        let tree: ObjectID
        /// What the target is called where the contract says nothing.
        let fallbackTarget: String
    }

    private struct Entry {
        let contract: Contract
        let plugins: [String: Bool]
    }

    private struct Known {
        var entries: [Key: Entry] = [:]
        var tasks = 0
        /// The default branches that contracts name, by their trees.
        var branches: [ObjectID: String?] = [:]
    }

    /// Beyond so many tasks it begins anew, so that a process that runs for months does not grow with what it has seen.
    private static let mostTasks = 2_000_000

    private let known = Mutex(Known())

    /// `nil` where it was never read, or where a plugin has come or gone since.
    func contract(_ key: Key, hasPlugin: (String) -> Bool) -> Contract? {
        guard let entry = known.withLock({ $0.entries[key] }) else { return nil }
        return entry.plugins.allSatisfy { hasPlugin($0.key) == $0.value } ? entry.contract : nil
    }

    func remember(_ contract: Contract, _ key: Key, plugins: [String: Bool]) {
        known.withLock { known in
            if known.tasks > Self.mostTasks { known = Known() }
            if known.entries[key] == nil { known.tasks += contract.backlog.tasks.count }
            known.entries[key] = Entry(contract: contract, plugins: plugins)
        }
    }

    /// The default branch that the contract in a tree names, read where that is not known yet.
    func defaultBranch(_ tree: ObjectID?, _ read: () -> String?) -> String? {
        guard let tree else { return read() }
        if let branch = known.withLock({ $0.branches[tree] }) { return branch }
        let branch = read()
        known.withLock { $0.branches[tree] = .some(branch) }
        return branch
    }
}

/// The names that a loader asked for, each with the answer.
final class AskedNames: Sendable {
    private let asked = Mutex<[String: Bool]>([:])

    func note(_ name: String, _ answer: Bool) -> Bool {
        asked.withLock { $0[name] = answer }
        return answer
    }

    var answers: [String: Bool] { asked.withLock { $0 } }
}
