internal import Basics
internal import Model
internal import YAML

/// Reads `policy.yaml` in its canonical form and in every older one.
struct PolicyReader {
    private let sink: DiagnosticSink

    init(_ sink: DiagnosticSink) { self.sink = sink }

    func read(_ bytes: [UInt8]) -> Policy {
        var policy = Policy()
        guard let root = Document.root(of: bytes, sink), let reader = MappingReader(root, as: Formats.policy, sink)
        else { return policy }
        _ = reader.integer("version")
        policy.scopes = scopes(reader)
        policy.forbidden = reader.patterns("forbidden") ?? []
        policy.limits = limits(reader)
        readInvariants(reader, into: &policy)
        policy.sandbox = reader.mapping("sandbox", as: Formats.sandbox)?.sandbox() ?? Sandbox()
        policy.workspace = reader.mapping("workspace", as: Formats.workspace)?.seeding() ?? WorkspaceSeeding()
        policy.autoMerge = reader.mapping("auto_merge", as: Formats.autoMerge)?.autoMerge() ?? AutoMerge()
        policy.schedule = reader.mapping("schedule", as: Formats.schedule)?.schedule() ?? Schedule()
        policy.blocksWeakenedTests = reader.text("weakened_tests") == "block"
        if let autonomy = reader["autonomy"], let flag = autonomy.value["enabled"]?.value {
            policy.autonomyEnabled = flag == .bool(true)
        }
        return policy
    }

    private func limits(_ reader: MappingReader) -> Limits {
        var limits = reader.mapping("limits", as: Formats.limits)?.limits() ?? Limits()
        guard case .mapping(let format)? = Formats.policy.field(spelled: "file_size_limits")?.kind,
            let older = reader.mapping("file_size_limits", as: format)
        else { return limits }
        limits.maxFileSizes += older.fileSizes("max_file_size_kb") { reader, name in
            reader.integer(name).map { $0 * 1000 }
        }
        return limits
    }

    private func readInvariants(_ reader: MappingReader, into policy: inout Policy) {
        for node in reader.list("invariants") ?? [] {
            guard let read = InvariantReader(sink).read(node) else { continue }
            if let invariant = read.invariant { policy.invariants.append(invariant) }
            if let documented = read.documented { policy.documentedInvariants.append(documented) }
        }
    }

    /// Scopes from `scopes`, or from one of the three older forms.
    private func scopes(_ reader: MappingReader) -> [Scope] {
        var scopes: [Scope] = []
        if let entries = entries(of: "scopes", reader) {
            scopes = entries.compactMap { name, entry in
                MappingReader(entry.value, as: Formats.scope, sink)?.scope(named: name, at: entry.key)
            }
        }
        for older in ["scope_paths", "allowed_paths"] {
            for scope in olderScopes(older, reader) {
                guard let known = scopes.first(where: { $0.name == scope.name }) else {
                    scopes.append(scope)
                    continue
                }
                if known.allowedPaths != scope.allowedPaths, let here = scope.place, let there = known.place {
                    sink.report(
                        .conflictingSpellings,
                        "'\(older)' and another spelling give scope '\(scope.name)' different paths",
                        at: here.span, related: [Diagnostic.Related("the other spelling", at: there)],
                        hint: "keep only 'scopes'")
                }
            }
        }
        applyConstraints(reader, to: &scopes)
        if scopes.isEmpty {
            sink.report(
                .missingField, "policy.yaml defines no scope", at: reader.keySpan,
                hint: "add 'scopes: {docs: {allowed_paths: [docs/**]}}'")
        }
        return scopes
    }

    private func olderScopes(_ name: String, _ reader: MappingReader) -> [Scope] {
        guard let found = reader[name] else { return [] }
        if found.value.items != nil {
            var scope = Scope(name: "every task")
            scope.allowedPaths = reader.patterns(name) ?? []
            scope.servesEveryTask = true
            scope.place = sink.place(found.key.place)
            return [scope]
        }
        return (entries(of: name, reader) ?? []).map { scopeName, entry in
            var scope = Scope(name: scopeName)
            scope.allowedPaths = (entry.value.items ?? []).compactMap { reader.pattern(in: $0, scopeName) }
            if entry.value.items == nil {
                let _: Int? = reader.wrongType(scopeName, "a list of path patterns", entry.value)
            }
            scope.place = sink.place(entry.key.place)
            return scope
        }
    }

    private func applyConstraints(_ reader: MappingReader, to scopes: inout [Scope]) {
        for (name, entry) in entries(of: "scope_constraints", reader) ?? [] {
            guard let constraints = MappingReader(entry.value, as: Formats.scopeConstraints, sink) else {
                continue
            }
            guard let index = scopes.firstIndex(where: { $0.name == name || $0.servesEveryTask }) else {
                sink.report(
                    .unknownScope, "'scope_constraints' speaks of a scope '\(name.printable)' that has no paths",
                    at: entry.key.place,
                    hint: Suggestion.nearest(to: name, among: scopes.map(\.name)).map { "did you mean '\($0)'?" })
                continue
            }
            let paths = scopes[index].allowedPaths
            constraints.complete(&scopes[index])
            scopes[index].allowedPaths = paths
        }
    }

    private func entries(of name: String, _ reader: MappingReader) -> [(String, YAMLEntry)]? {
        guard let found = reader[name] else { return nil }
        guard found.value.entries != nil else {
            return reader.wrongType(name, "a mapping from scope names", found.value)
        }
        return found.value.entriesIncludingMerged.compactMap { merged in
            merged.entry.key.scalar.map { ($0.text, merged.entry) }
        }
    }
}

extension MappingReader {
    fileprivate func scope(named name: String, at key: YAMLNode) -> Scope {
        var scope = Scope(name: name)
        scope.allowedPaths = patterns("allowed_paths") ?? []
        scope.place = sink.place(key.place)
        complete(&scope)
        return scope
    }

    /// Reads everything of a scope but its paths.
    fileprivate func complete(_ scope: inout Scope) {
        scope.forbidden += patterns("forbidden") ?? []
        if let operations = choices("operations", Operation.self) { scope.operations = Set(operations) }
        scope.executor = text("executor") ?? scope.executor
        scope.executors = strings("executors") ?? scope.executors
        scope.requires = choices("requires", Scope.Requirement.self) ?? scope.requires
        if boolean("requires_tests") == true { scope.requires.append(.tests) }
        if boolean("requires_documentation") == true { scope.requires.append(.docs) }
        scope.limits = limits()
    }

    private func choices<Value: RawRepresentable & CaseIterable>(_ name: String, _ type: Value.Type) -> [Value]?
    where Value.RawValue == String {
        list(name)?.compactMap { item in
            guard let text = item.scalar?.text else { return wrongType(name, "a list of texts", item) }
            if let value = Value(rawValue: text) { return value }
            let known = Value.allCases.map(\.rawValue)
            sink.report(
                .unknownValue,
                "'\(name)' cannot hold '\(text.printable)'; it knows \(known.joined(separator: ", "))",
                at: item.place, hint: Suggestion.nearest(to: text, among: known).map { "did you mean '\($0)'?" })
            return nil
        }
    }

    fileprivate func sandbox() -> Sandbox {
        var sandbox = Sandbox()
        sandbox.opensNetwork = opensNetwork()
        sandbox.readablePaths = strings("read") ?? []
        sandbox.scratch = patterns("scratch") ?? []
        sandbox.environment = strings("env") ?? []
        sandbox.memoryBytes = size("memory")
        return sandbox
    }

    fileprivate func seeding() -> WorkspaceSeeding {
        var seeding = WorkspaceSeeding()
        seeding.linked = strings("link") ?? []
        seeding.copied = strings("copy") ?? []
        seeding.setup = text("setup")
        seeding.lockFiles = strings("lock_files") ?? []
        return seeding
    }

    fileprivate func autoMerge() -> AutoMerge {
        var merge = AutoMerge()
        merge.enabled = boolean("enabled") ?? false
        merge.scopes = strings("scopes") ?? []
        merge.requiresChecks = boolean("require_ci") ?? true
        merge.requiredApprovals = integer("require_approvals") ?? 1
        merge.method = choice("method", AutoMerge.Method.self) ?? .squash
        return merge
    }

    fileprivate func schedule() -> Schedule {
        var schedule = Schedule()
        schedule.cron = text("cron")
        schedule.windows = strings("windows") ?? []
        schedule.weight = number("weight") ?? 1
        schedule.priority = text("priority")
        return schedule
    }
}
