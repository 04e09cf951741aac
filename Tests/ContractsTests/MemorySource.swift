import Basics
import Contracts

/// The files of a contract, in memory.
struct MemorySource: ContractSource {
    static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**, README.md], executor: docs}
        """

    static let backlog = """
        version: 1
        tasks:
          - {id: task-001, title: T, scope: docs, ready: true, allowed_paths: [docs/a.md]}
        """

    var files: [String: String]
    var problems: [String: ContractSourceError] = [:]

    init(policy: String = Self.policy, backlog: String = Self.backlog, _ others: [String: String] = [:]) {
        files = others
        files["policy.yaml"] = policy
        files["backlog.yaml"] = backlog
    }

    func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        let name = String(path.dropFirst(".leviathan/".count))
        if let problem = problems[name] { throw problem }
        return files[name].map { Array($0.utf8) }
    }

    func list(_ directory: String) throws(ContractSourceError) -> [String] {
        files.keys.filter { $0.hasPrefix("backlog/") }.map { String($0.dropFirst("backlog/".count)) }.sorted()
    }

    var reading: ContractReading { ContractLoader.load(from: self, fallbackTarget: "repo") }

    /// The ids of all diagnostics, in order.
    var ids: [String] { reading.diagnostics.map(\.id) }
}
