package import Basics
package import Model
internal import YAML

/// What was read below `.leviathan/`, and everything there is to say about it.
package struct ContractReading: Sendable {
    /// `nil` when there is an error that is not a single task's own.
    package let contract: Contract?
    /// Sorted by file and place.
    package let diagnostics: [Diagnostic]
    /// The files that were read, for showing their lines.
    package let files: [SourceFile]

    package var hasErrors: Bool { diagnostics.hasErrors }
}

/// Reads a target's files into one contract.
package enum ContractLoader {
    package static let directory = ContractPaths.directory

    /// `fallbackTarget` names a target whose contract.yaml does not.
    package static func load(
        from source: some ContractSource, fallbackTarget: String? = nil, executors: ExecutorDeclarations = .none
    ) -> ContractReading {
        var reader = ContractFileReader()
        let target = readTarget(from: source, fallbackTarget, &reader)
        var subject = LintSubject()
        readPolicy(from: source, &subject, &reader)
        var backlog = readBacklog(from: source, &subject, &reader)
        reader.diagnostics += Linter.check(subject, executors) {
            (try? source.list(ContractPaths.templateDirectory)) ?? []
        }
        let diagnostics = reader.finished()
        let mistakes = TaskMistakes(diagnostics, subject)
        backlog.mistakes = mistakes.byTask
        let contract =
            mistakes.concernOthers
            ? nil
            : Contract(
                target: target, policy: subject.policy ?? Policy(), backlog: backlog)
        return ContractReading(contract: contract, diagnostics: diagnostics, files: reader.files)
    }

    /// The branch that contract.yaml names as the one that changes are proposed to; what is wrong with the file is
    /// said by `load`.
    package static func defaultBranch(in source: some ContractSource) -> String? {
        var reader = ContractFileReader()
        return readTarget(from: source, nil, &reader).defaultBranch
    }

    private static func readTarget(
        from source: some ContractSource, _ fallback: String?, _ reader: inout ContractFileReader
    ) -> TargetDescription {
        var record = Record(ContractDraft())
        switch reader.open(ContractPaths.contract, in: source) {
        case .absent:
            reader.report(
                .defaultContract, "there is no contract.yaml; everything it could say is left at its default",
                in: ContractPaths.contract, hint: "'leviathan init' writes a first version")
        case .root(let root?, var context):
            ContractFormat.record.read(root, into: &record, &context)
            reader.take(context)
        case .root(nil, _), .refused: break
        }
        var target = record.value.finished
        if record.value.target.id.isEmpty, record.value.target.name == nil, let fallback { target.id = fallback }
        return target
    }

    private static func readPolicy(
        from source: some ContractSource, _ subject: inout LintSubject, _ reader: inout ContractFileReader
    ) {
        switch reader.open(ContractPaths.policy, in: source) {
        case .absent:
            reader.report(
                .fileMissing, "there is no policy.yaml, which says what a task may touch",
                in: ContractPaths.policy,
                hint: "'leviathan init' writes a first version")
        case .root(let root, var context):
            var record = Record(PolicyDraft())
            if let root { PolicyFormat.record.read(root, into: &record, &context) }
            subject.policy = PolicyFormat.finished(record.value, &context)
            subject.policyDraft = record.value
            subject.policyRecord = record
            subject.isPolicySound = !context.diagnostics.hasErrors
            reader.take(context)
        case .refused: break
        }
    }

    /// The tasks of backlog.yaml, followed by those of each file in backlog/.
    private static func readBacklog(
        from source: some ContractSource, _ subject: inout LintSubject, _ reader: inout ContractFileReader
    ) -> Backlog {
        var backlog = Backlog()
        let parts = reader.yamlFiles(in: ContractPaths.backlogDirectory, of: source)
        for path in [ContractPaths.backlog] + parts {
            let isPart = path != ContractPaths.backlog
            switch reader.open(path, in: source) {
            case .absent where !isPart && parts.isEmpty:
                reader.report(
                    .fileMissing, "there is no backlog.yaml, which lists the tasks", in: path,
                    hint: "'leviathan init' writes a first version")
            case .root(let root?, var context):
                var record = Record(BacklogDraft())
                BacklogFormat.read(root, into: &record, allowsSingleTask: isPart, &context)
                let limits = record.value.limits.finished
                if limits != Limits() { backlog.limits = limits }
                backlog.tasks.reserveCapacity(backlog.tasks.count + record.value.tasks.count)
                for task in record.value.tasks {
                    let known = context.diagnostics.count
                    backlog.tasks.append(TaskFormat.finished(task.record.value, &context))
                    let isBroken = context.diagnostics.dropFirst(known).contains { $0.severity == .error }
                    if task.isBroken || isBroken { subject.brokenTasks.insert(task.record.value.task.id) }
                    if task.entry("ready") != nil { backlog.mentionsReady = true }
                }
                subject.tasks += record.value.tasks
                reader.take(context)
            case .absent, .refused, .root(nil, _): break
            }
        }
        return backlog
    }
}
