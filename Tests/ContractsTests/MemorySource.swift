import Basics
import Contracts
import Model

/// A contract held in memory, with faults where a test wants them.
struct MemorySource: ContractSource {
    var files: [String: [UInt8]] = [:]
    var faults: [String: ContractSourceError] = [:]

    /// The texts that are not given are the smallest that lint clean.
    init(contract: String? = Texts.contract, policy: String? = Texts.policy, backlog: String? = Texts.backlog) {
        files[ContractPaths.contract] = contract.map { Array($0.utf8) }
        files[ContractPaths.policy] = policy.map { Array($0.utf8) }
        files[ContractPaths.backlog] = backlog.map { Array($0.utf8) }
    }

    func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        if let fault = faults[path] { throw fault }
        return files[path]
    }

    func list(_ directory: String) throws(ContractSourceError) -> [String] {
        if let fault = faults[directory] { throw fault }
        return files.keys.filter { $0.hasPrefix(directory + "/") }.map {
            String($0.dropFirst(directory.count + 1))
        }
        .filter { !$0.contains("/") }
    }
}

/// The smallest files that lint clean.
enum Texts {
    static let contract = "version: 1\ntarget: my-repo\n"
    static let policy = "version: 1\nscopes:\n  docs:\n    allowed_paths: [docs/**]\n"
    static let backlog = """
        version: 1
        tasks:
          - id: task-001
            title: Write the guide
            scope: docs
            ready: true
            allowed_paths: [docs/guide.md]

        """
}

extension ContractReading {
    /// `severity[id] line:column`, for comparing.
    var lines: [String] {
        problems.map { diagnostic in
            let place = diagnostic.place.map { " \($0.span.start.line):\($0.span.start.column)" } ?? ""
            return "\(diagnostic.severity.rawValue)[\(diagnostic.id)]\(place)"
        }
    }

    /// All diagnostics but those that say which limits nothing holds yet; these have a test of their own.
    var problems: [Diagnostic] { diagnostics }

    var ids: Set<String> { Set(diagnostics.map(\.id)) }

    /// Whether the whole contract is, or one of its tasks.
    var isRefused: Bool { contract?.backlog.mistakes.isEmpty != true }

    var messages: String { diagnostics.map(\.message).joined(separator: "\n") }

    var shown: String { DiagnosticRenderer(files: files).render(diagnostics, as: .full) }
}

func load(
    contract: String? = Texts.contract, policy: String? = Texts.policy, backlog: String? = Texts.backlog,
    executors: ExecutorDeclarations = .none
) -> ContractReading {
    ContractLoader.load(
        from: MemorySource(contract: contract, policy: policy, backlog: backlog), executors: executors)
}
