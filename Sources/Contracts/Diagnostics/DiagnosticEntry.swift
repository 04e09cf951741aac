/// What the reference page says about one kind of diagnostic.
package struct DiagnosticEntry: Sendable {
    /// A file that shows the problem, or a situation that no text can show.
    package enum Example: Sendable {
        case text(file: String, String)
        case bytes(file: String, [UInt8], description: String)
        case absent(file: String)
        case fault(file: String, ContractSourceError, description: String)
    }

    package let id: DiagnosticID
    /// One sentence: what it means and why it matters.
    package let summary: String
    /// Gives exactly this diagnostic, beside the companions of the other files.
    package let bad: Example
    /// Gives none at all.
    package let mended: Example

    init(_ id: DiagnosticID, _ summary: String, bad: Example, mended: Example) {
        (self.id, self.summary, self.bad, self.mended) = (id, summary, bad, mended)
    }

    /// The files that stand beside an example.
    package static let companions: [String: String] = [
        ContractPaths.contract: "version: 1\ntarget: my-repo\n",
        ContractPaths.policy: """
        version: 1
        scopes:
          docs:
            allowed_paths: [docs/**]

        """,
        ContractPaths.backlog: """
        version: 1
        tasks:
          - id: task-001
            title: Write the guide
            scope: docs
            ready: true
            allowed_paths: [docs/guide.md]

        """,
    ]
}

extension DiagnosticEntry.Example {
    static func contract(_ text: String) -> Self { .text(file: ContractPaths.contract, text + "\n") }

    static func policy(_ text: String) -> Self { .text(file: ContractPaths.policy, text + "\n") }

    static func backlog(_ text: String) -> Self { .text(file: ContractPaths.backlog, text + "\n") }

    /// The backlog of the companions with more fields on its task.
    static func task(_ fields: String) -> Self {
        backlog(
            """
            tasks:
              - id: task-001
                scope: docs
                ready: true
                allowed_paths: [docs/guide.md]

            """ + fields.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
    }

    /// The policy of the companions with more keys at its root.
    static func policyWith(_ keys: String) -> Self {
        policy("scopes:\n  docs: {allowed_paths: [docs/**]}\n" + keys)
    }
}

extension DiagnosticID {
    package var entry: DiagnosticEntry {
        fileEntry ?? valueEntry ?? relationEntry
    }
}
