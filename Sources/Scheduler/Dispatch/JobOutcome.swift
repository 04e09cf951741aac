internal import Basics
internal import Journal
internal import Kubernetes
internal import Model
internal import Runner

/// Makes of a Job's end what became of its grant, and closes an attempt that can no longer do so itself.
struct JobOutcome {
    private let job: WorkerJob
    private let grant: Grant
    private let place: ClusterPlace
    private let client: ClusterClient
    private let context: Context

    init(_ job: WorkerJob, _ grant: Grant, _ place: ClusterPlace, _ client: ClusterClient, _ context: Context) {
        (self.job, self.grant, self.place) = (job, grant, place)
        (self.client, self.context) = (client, context)
    }

    func outcome(of ending: JobRunEnding) -> GrantOutcome {
        switch ending {
        case .left(let isMade):
            let words =
                isMade
                ? "its Job \(job.name) goes on; the next scheduler takes it over"
                : "whether its Job \(job.name) was made is not known; the next scheduler asks for it"
            var left = outcome("left", 130, words)
            left.isLeft = true
            return left
        case .held(let why): return outcome("refused", 7, why)
        case .refused(let why): return outcome("failed", 1, why)
        case .stopped:
            close(.attemptInterrupted(kind: "stopped", reason: "everything was stopped", isRecovered: false))
            return recorded() ?? outcome("interrupted", 130, "everything was stopped")
        case .ended(let ending): return ended(ending)
        }
    }

    private func ended(_ ending: JobEnding) -> GrantOutcome {
        if let event = Self.event(ending) { close(event) }
        if let recorded = recorded() { return recorded }
        switch ending {
        // Nothing was wrong with the attempt: it is no failure, and the task waits for its next turn.
        case .disrupted: return outcome("interrupted", 130, ending.text)
        case .exited(let code): return outcome(Self.word(code), code, lastWords() ?? ending.text)
        case .outOfMemory, .deadline: return outcome("failed", 6, ending.text)
        case .unfit: return outcome("refused", 7, ending.text)
        case .lost: return outcome("failed", 1, ending.text)
        }
    }

    /// What an attempt comes to that cannot say so itself; `nil` where it may have.
    private static func event(_ ending: JobEnding) -> Event? {
        switch ending {
        case .exited(0): nil
        case .exited(let code):
            .attemptFailed(
                kind: "dispatch", reason: "its worker ended with exit code \(code) and reported nothing")
        case .disrupted: .attemptInterrupted(kind: "disrupted", reason: ending.text, isRecovered: true)
        case .unfit: nil
        case .outOfMemory, .deadline: .attemptFailed(kind: "executor", reason: ending.text)
        case .lost: .attemptFailed(kind: "dispatch", reason: ending.text)
        }
    }

    private static func word(_ code: Int32) -> String {
        switch code {
        case 0: "delivered"
        case 4, 5: "rejected"
        case 7: "refused"
        case 130: "interrupted"
        default: "failed"
        }
    }

    private func outcome(_ word: String, _ code: Int32, _ message: String) -> GrantOutcome {
        var outcome = GrantOutcome(outcome: word, exitCode: code)
        outcome.message = message
        return outcome
    }

    /// What the journal says of the attempt; `nil` where it never began.
    private func recorded() -> GrantOutcome? {
        guard let record = try? context.readJournal()?.attempt(job.attempt) else { return nil }
        let word = record.outcome ?? "interrupted"
        let code: Int32 =
            switch word {
            case "delivered", "unchanged": 0
            case "rejected": 4
            case "interrupted": 130
            default: 6
            }
        var outcome = outcome(word, code, record.reason ?? "")
        if outcome.message?.isEmpty == true { outcome.message = nil }
        (outcome.attempt, outcome.branch) = (job.attempt, record.branch)
        return outcome
    }

    /// Ends the attempt in the journal where its claim still stands: whoever held it is gone.
    private func close(_ event: Event) {
        do throws(JournalError) {
            guard let journal = try context.readJournal(),
                let claim = try journal.claims().first(where: { $0.attempt == job.attempt })
            else { return }
            let subject = EventSubject(target: claim.target, task: claim.task, attempt: claim.attempt)
            _ = try context.journal().recover(claim, [context.event(event, about: subject)])
        } catch { context.observer.warning(error) }
    }

    /// The last line that the worker wrote, where that may be read.
    private func lastWords() -> String? {
        let pods = try? client.list(.pods, selector: "job-name=\(job.name)", in: place.namespace).items
        guard let pod = pods?.last?["metadata"]?["name"]?.string,
            let log = try? client.log(ofPod: pod, container: "worker", lines: 1, in: place.namespace)
        else { return nil }
        let line = log.trimmed
        return line.isEmpty ? nil : String(line.prefix(400))
    }
}
