package import Basics
package import Model

/// What was read below `.leviathan/`, and everything there is to say about it.
package struct ContractReading: Sendable {
    /// `nil` when there is any error.
    package let contract: Contract?
    /// Sorted by file and place.
    package let diagnostics: [Diagnostic]
    /// The files that were read, for showing their lines.
    package let files: [SourceFile]

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads a target's files into one contract.
package enum ContractLoader {
    package static let directory = ".leviathan"

    /// `fallbackTarget` names a target whose contract.yaml does not.
    package static func load(from source: some ContractSource, fallbackTarget: String) -> ContractReading {
        var reading = Reading(source: source)
        let target = reading.target(fallbackTarget)
        let policy = reading.policy()
        let backlog = reading.backlog()
        var diagnostics = reading.sinks.flatMap(\.diagnostics)
        if let policy, let backlog {
            diagnostics += ContractChecks(target: target, policy: policy, backlog: backlog).diagnostics
        }
        diagnostics += SecretCheck.diagnostics(in: reading.files)
        diagnostics.sort(by: Self.comesBefore)
        let hasErrors = diagnostics.contains { $0.severity == .error }
        let contract =
            hasErrors
            ? nil
            : Contract(
                target: target, policy: policy ?? Policy(), backlog: backlog ?? Backlog())
        return ContractReading(contract: contract, diagnostics: diagnostics, files: reading.files)
    }

    private static func comesBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        let (leftFile, rightFile) = (left.place?.file ?? "", right.place?.file ?? "")
        if leftFile != rightFile { return leftFile < rightFile }
        return (left.place?.span.start.offset ?? 0) < (right.place?.span.start.offset ?? 0)
    }
}

/// One run of the loader.
private struct Reading<Source: ContractSource> {
    let source: Source
    var files: [SourceFile] = []
    var sinks: [DiagnosticSink] = []

    init(source: Source) { self.source = source }

    mutating func target(_ fallback: String) -> TargetDescription {
        guard let (bytes, sink) = file("contract.yaml", isRequired: false) else {
            return TargetDescription(id: fallback)
        }
        return TargetReader(sink).read(bytes, fallbackID: fallback)
    }

    mutating func policy() -> Policy? {
        guard let (bytes, sink) = file("policy.yaml", isRequired: true) else { return nil }
        return PolicyReader(sink).read(bytes)
    }

    /// The tasks of backlog.yaml, followed by those of each file in backlog/.
    mutating func backlog() -> Backlog? {
        let names = namesOfParts()
        var backlog: Backlog?
        if let (bytes, sink) = file("backlog.yaml", isRequired: names.isEmpty) {
            backlog = BacklogReader(sink).read(bytes, acceptsSingleTask: false)
        }
        for name in names {
            guard let (bytes, sink) = file("backlog/" + name, isRequired: true) else { continue }
            let part = BacklogReader(sink).read(bytes, acceptsSingleTask: true)
            backlog = backlog ?? Backlog()
            backlog?.tasks += part.tasks
            if part.mentionsReady { backlog?.mentionsReady = true }
        }
        return backlog
    }

    private mutating func namesOfParts() -> [String] {
        let directory = ContractLoader.directory + "/backlog"
        do throws(ContractSourceError) {
            return try source.list(directory).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        } catch {
            let sink = DiagnosticSink(file: directory)
            sinks.append(sink)
            report(error, sink)
            return []
        }
    }

    private mutating func file(_ name: String, isRequired: Bool) -> ([UInt8], DiagnosticSink)? {
        let path = ContractLoader.directory + "/" + name
        let sink = DiagnosticSink(file: path)
        sinks.append(sink)
        do throws(ContractSourceError) {
            if let bytes = try source.read(path) {
                files.append(SourceFile(path: path, bytes: bytes))
                return (bytes, sink)
            }
            guard isRequired else { return nil }
            sink.report(
                .fileMissing, "\(path) does not exist", at: SourceSpan(start: .start, end: .start),
                hint: "'leviathan init' writes a first version")
        } catch { report(error, sink) }
        return nil
    }

    private func report(_ error: ContractSourceError, _ sink: DiagnosticSink) {
        let none = SourceSpan(start: .start, end: .start)
        switch error {
        case .symlink:
            sink.report(
                .fileUnreadable, "\(sink.file) is a symlink, and where it leads is not part of the repository",
                at: none, hint: "replace it with the file itself")
        case .directory: sink.report(.fileUnreadable, "\(sink.file) is a directory", at: none)
        case .notAFile: sink.report(.fileUnreadable, "\(sink.file) is not a file of that kind", at: none)
        case .tooLarge(let limit):
            sink.report(.fileTooLarge, "\(sink.file) is larger than \(SizeText.text(limit))", at: none)
        case .unreadable(let reason):
            sink.report(.fileUnreadable, "\(sink.file) cannot be read: \(reason)", at: none)
        }
    }
}
