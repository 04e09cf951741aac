internal import Model
internal import YAML

/// Reads one invariant, of a policy or of a task.
struct InvariantReader {
    private let sink: DiagnosticSink

    init(_ sink: DiagnosticSink) { self.sink = sink }

    func read(_ node: YAMLNode) -> (invariant: Invariant?, documented: DocumentedInvariant?)? {
        guard let reader = MappingReader(node, as: Formats.invariant, sink) else { return nil }
        guard let check = check(reader) else {
            guard let path = reader.text("path") else {
                sink.report(
                    .missingField, "an invariant has neither 'check' nor 'builtin'", at: reader.keySpan,
                    hint: "add 'check: <command>'")
                return nil
            }
            return (nil, DocumentedInvariant(path: path, details: reader.text("description")))
        }
        guard let name = reader.text("name") else {
            sink.report(.missingField, "an invariant has no 'name'", at: reader.keySpan, hint: "add 'name: …'")
            return nil
        }
        var invariant = Invariant(name: name, check: check)
        invariant.timeout = reader.duration("timeout")
        invariant.when = reader.patterns("when")
        invariant.opensNetwork = reader.opensNetwork()
        invariant.environment = reader.strings("env") ?? []
        invariant.severity = reader.choice("severity", Invariant.Severity.self) ?? .block
        invariant.comparesWithBase = reader.boolean("baseline") ?? true
        invariant.retries = reader.integer("retries") ?? 0
        invariant.place = sink.place(reader.place(of: "name"))
        return (invariant, nil)
    }

    private func check(_ reader: MappingReader) -> Invariant.Check? {
        if let line = reader.text("check") { return .command(line) }
        guard let name = reader.text("builtin") else { return nil }
        guard case .choice(let known)? = Formats.invariant.field(spelled: "builtin")?.kind, !known.contains(name)
        else {
            return .builtin(name)
        }
        sink.report(
            .unknownInvariant, "there is no built-in invariant '\(name.printable)'",
            at: reader.place(of: "builtin"),
            hint: "the built-in ones are \(known.joined(separator: ", "))")
        return .builtin(name)
    }
}

extension MappingReader {
    /// Reads `network: deny | allow`; anything unclear denies.
    func opensNetwork() -> Bool {
        guard let text = text("network") else { return false }
        if text != "deny" && text != "allow" {
            sink.report(
                .unknownValue, "'network' cannot be '\(text.printable)'; it is deny or allow",
                at: place(of: "network"))
        }
        return text == "allow"
    }
}
