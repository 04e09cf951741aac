internal import Basics
internal import Model
internal import Paths
internal import YAML

/// An invariant while it is read.
struct InvariantDraft: Hashable, Sendable {
    var invariant = Invariant(name: "", check: .command(""))
    var name: String?
    var command: String?
    var builtin: String?
    var path: String?
    var details: String?
}

enum InvariantFormat {
    static let builtins = ["secrets", "parse", "links", "manifests", "no-op"]

    static let record = RecordFormat<InvariantDraft>("an invariant", fields)

    /// What was read becomes what runs, or what is only documented; `nil` when something is missing.
    static func finished(_ record: Record<InvariantDraft>, _ context: inout ReadingContext) -> FinishedInvariant? {
        let draft = record.value
        if let path = draft.path, draft.command == nil, draft.builtin == nil {
            return .documented(DocumentedInvariant(path: path, details: draft.details))
        }
        if let name = draft.name {
            var invariant = draft.invariant
            invariant.name = name
            invariant.place = record.span.map(context.place)
            switch (draft.command, draft.builtin) {
            case (let command?, nil): invariant.check = .command(command)
            case (nil, let builtin?): invariant.check = .builtin(builtin)
            case (_?, _?):
                context.report(
                    .conflictingChecks, "the invariant '\(name)' has both a check and a builtin", at: record.span,
                    hint: "make it two invariants")
                return nil
            case (nil, nil):
                if !hasField("check", record) && !hasField("builtin", record) {
                    context.report(
                        .missingField, "the invariant '\(name)' needs 'check', a command, or 'builtin', a name",
                        at: record.span)
                }
                return nil
            }
            return .run(invariant)
        }
        if !hasField("name", record) {
            context.report(.missingField, "an invariant needs 'name': text", at: record.span)
        }
        return nil
    }

    private static func hasField(_ name: String, _ record: Record<InvariantDraft>) -> Bool {
        self.record.entry(name, of: record) != nil
    }

    private static let fields: [Field<InvariantDraft>] = [
        Field("name", \.name, .text, "What it is called in reports; unique."),
        Field("check", \.command, .text, "A shell command that succeeds when the invariant holds."),
        Field(
            "builtin", \.builtin, .builtin,
            "An invariant that Leviathan brings along: secrets, parse, links, manifests or no-op."),
        Field(
            "timeout", \.invariant.timeout, .duration(1...LimitsFormat.longest), "How long the program may take."),
        Field(
            "when", \.invariant.when, .list(of: .pattern),
            "Skips the invariant unless the change touches one of these."),
        Field("network", .network, standard: "deny", "Whether the program may use the network.") {
            $0.invariant.opensNetwork = $1 == .allow
        },
        Field("env", \.invariant.environment, .list(of: .variable), "Variables the program may see."),
        Field(
            "severity", \.invariant.severity, .choice(), standard: "block",
            "Whether anything but a pass rejects the change, or only warns."),
        Field(
            "baseline", \.invariant.baseline, .baseline, standard: "report",
            "When it fails, run it on the base too: `report` says which failures are new and still rejects, `excuse` "
                + "lets a change through that brings no new failure, `off` does not look."),
        Field(
            "report", \.invariant.report, .path,
            "The JUnit file that the program writes, which names what failed; for `baseline`."),
        Field(
            "retries", \.invariant.retries, .integer(0...10), standard: "0", "Further tries of a flaky program."),
        Field("path", \.path, .text, "A document that describes the invariant; without a check it never runs."),
        Field("description", \.details, .prose, "What it is for."),
    ]
}

enum FinishedInvariant: Sendable {
    case run(Invariant)
    case documented(DocumentedInvariant)
}

/// `deny` or `allow`.
enum NetworkAccess: String, CaseIterable, Sendable { case deny, allow }

extension Codec where Value == NetworkAccess {
    static let network: Codec = .choice(also: ["denied": .deny, "allowed": .allow])
}

extension Codec where Value == Invariant.Baseline {
    /// One of the names, or the older `true` and `false`; YAML 1.1 takes `off` for the latter.
    static let baseline: Codec = {
        let names = Invariant.Baseline.allCases.map(\.rawValue)
        let expected = "one of " + names.joined(separator: ", ")
        return Codec(
            expected, plural: names.joined(separator: ", "),
            schema: ["enum": .array(names.map(JSON.string) + [true, false])], written: { $0.rawValue }
        ) { node, context in
            if let flag = node.flag { return flag ? .report : .off }
            return Codec.choice().read(node, &context)
        }
    }()
}

extension Codec where Value == RepoPath {
    /// One file of the repository.
    static let path = Codec.scalar(
        "a path such as build/report.xml", plural: "paths",
        schema: [
            "type": "string", "pattern": .string(#"^(?!/)(?!.*//)(?!(.*/)?\.\.?(/|$))[^\\\u0000]*[^\\\u0000/]$"#),
        ],
        problem: .badPattern
    ) { text in
        do throws(RepoPathError) { return .success(try RepoPath(text)) } catch {
            return .failure(Reason("\(error.problem.rawValue)"))
        }
    }
}
