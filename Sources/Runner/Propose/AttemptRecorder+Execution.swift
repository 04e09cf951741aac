internal import Basics
internal import Executors
internal import Journal
internal import Model

/// What executors have to tell.
extension AttemptRecorder {
    func record(_ event: ExecutorEvent) throws(JournalError) {
        hasAsked = true
        switch event {
        case .modelCallStarted(let facts): try record(Event(.modelCallStarted, facts))
        case .modelCallCompleted(let facts): try record(Event(.modelCallCompleted, facts))
        }
    }

    /// Keeps what an executor handed over, and what its work depended on.
    func recordReport(_ report: Report) throws(JournalError) {
        if let use = report.modelUse {
            let tokens = use.inputTokens + use.outputTokens + use.cacheReadTokens + use.cacheWriteTokens
            spent = Spending(tokens: tokens, money: use.dollars.map(Money.millionths))
        }
        for artifact in report.artifacts { try keep(artifact) }
        guard report.declaredInputs != .object([]) else { return }
        let inputs = Array(report.declaredInputs.text().utf8)
        try keep(ReportedArtifact(kind: Self.inputs, name: "declared inputs", bytes: inputs))
    }

    /// The kind of artifact that holds what an attempt's result depends on besides the task and the base.
    static let inputs = "inputs"

    private func keep(_ artifact: ReportedArtifact) throws(JournalError) {
        let stored: StoredArtifact
        do throws(ArtifactError) { stored = try artifacts.store(withoutSecrets(artifact.bytes)) } catch {
            throw .artifact(error)
        }
        try record(.artifactCreated(Event.ArtifactName(stored, kind: artifact.kind, name: artifact.name)))
    }
}
