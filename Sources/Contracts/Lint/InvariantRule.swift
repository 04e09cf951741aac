internal import Basics
internal import Model
internal import YAML

/// Invariants that are named exist, once.
enum InvariantRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        guard let policy = subject.policy, let draft = subject.policyDraft else { return }
        checkPolicy(draft, &report)
        let names = Set(policy.invariants.map(\.name) + draft.invariants.compactMap(\.value.name))
        for task in subject.tasks {
            for invariant in task.record.value.invariants {
                switch invariant {
                case .named(let name, let node):
                    if names.contains(name) { continue }
                    let near = Suggestion.nearest(to: name, among: names)
                    report.add(
                        .unknownInvariant, "the policy has no invariant '\(name)'", in: task.file, at: node.span,
                        as: task.isFinished ? .warning : nil,
                        hint: near.map { "did you mean '\($0)'?" } ?? known(names))
                case .inline(let record): checkBuiltin(record, in: task.file, &report)
                }
            }
        }
    }

    private static func checkPolicy(_ draft: PolicyDraft, _ report: inout LintReport) {
        var first: [String: Record<InvariantDraft>] = [:]
        for record in draft.invariants {
            checkBuiltin(record, in: ContractPaths.policy, &report)
            guard let name = record.value.name else { continue }
            guard let earlier = first[name] else {
                first[name] = record
                continue
            }
            report.add(
                .duplicateInvariant, "two invariants are called '\(name)'", in: ContractPaths.policy,
                at: InvariantFormat.record.node("name", of: record)?.span,
                related: InvariantFormat.record.node("name", of: earlier).map {
                    [.init("first used here", at: SourcePlace(file: ContractPaths.policy, span: $0.span))]
                } ?? [])
        }
    }

    private static func checkBuiltin(
        _ record: Record<InvariantDraft>, in file: String, _ report: inout LintReport
    ) {
        guard let builtin = record.value.builtin else {
            checkCommand(record, in: file, &report)
            return
        }
        for name in ["baseline", "report", "retries", "timeout", "env", "network"] {
            guard let node = InvariantFormat.record.node(name, of: record) else { continue }
            report.add(
                .ignoredSetting, "'\(name)' does nothing for a builtin, which starts no program", in: file,
                at: node.span)
        }
        guard !InvariantFormat.builtins.contains(builtin) else { return }
        let near = Suggestion.nearest(to: builtin, among: InvariantFormat.builtins)
        report.add(
            .unknownBuiltin, "there is no builtin '\(builtin)'", in: file,
            at: InvariantFormat.record.node("builtin", of: record)?.span,
            hint: near.map { "did you mean '\($0)'?" }
                ?? "the builtins are " + InvariantFormat.builtins.joined(separator: ", "))
    }

    /// A builtin that is written as if it were a program.
    private static func checkCommand(
        _ record: Record<InvariantDraft>, in file: String, _ report: inout LintReport
    ) {
        guard let command = record.value.command, command.hasPrefix("builtin:") else { return }
        let name = command.utf8.dropFirst("builtin:".utf8.count).drop { $0 == UInt8(ascii: " ") }
        report.add(
            .unknownBuiltin, "'\(command.prefix(60))' is no program", in: file,
            at: InvariantFormat.record.node("check", of: record)?.span,
            hint: "a builtin has a key of its own: 'builtin: \(String(decoding: name.prefix(40), as: UTF8.self))'")
    }

    private static func known(_ names: Set<String>) -> String {
        if names.isEmpty { return "policy.yaml defines no invariant yet" }
        return "the policy's invariants are " + names.sorted().prefix(10).joined(separator: ", ")
    }
}
