package import Basics
internal import Model
package import Runner
internal import Synchronization

/// Holds the lease of an attempt while it runs: renews it in time, and ends the work once it is somebody else's.
package final class LeaseKeeper: Sendable {
    private static let lease = 60
    private let settings: WorkerSettings
    private let client: PlaneClient
    private let context: Context
    private let isOver = Cancellation()
    private let loss = Mutex<StageError?>(nil)

    package init(_ settings: WorkerSettings, _ client: PlaneClient, _ context: Context) {
        (self.settings, self.client, self.context) = (settings, client, context)
    }

    /// Why the work has to end; `nil` while nothing is known to be lost.
    package var lost: StageError? { loss.withLock { $0 } }

    private func change(_ action: String) -> JSON {
        [
            "action": .string(action), "target": .string(settings.target.name), "task": .string(settings.task),
            "attempt": .string(settings.attempt), "lease_seconds": .integer(Self.lease),
            "repository": .string(settings.target.repositoryURL),
        ]
    }

    /// Takes the lease, or says who or what is in the way.
    package func take() throws(StageError) {
        guard
            let answer = client.askPatiently("POST", "/v1/claims", change("acquire"), patience: settings.patience)
        else { throw unreachable("nothing was begun") }
        guard answer.isAccepted else { throw answer.error("let this attempt begin") }
        Workers.inBackground { [self] in keep() }
    }

    private func keep() {
        while !isOver.isCancelled {
            PlaneClient.wait(Int32(Self.lease * 1000 / 3), isOver)
            if isOver.isCancelled { return }
            // Nobody answers: the lease may run out, and delivery asks again.
            guard let answer = client.ask("POST", "/v1/claims", change("renew")), !answer.isPassing else {
                continue
            }
            if !answer.isAccepted, let error = taken(answer) { return end(error) }
        }
    }

    /// A lease that ran out while nobody answered is taken anew, as long as nobody else has it.
    private func taken(_ answer: PlaneClient.Answer) -> StageError? {
        guard let again = client.ask("POST", "/v1/claims", change("acquire")), !again.isPassing else { return nil }
        return again.isAccepted ? nil : again.error("let this attempt go on")
    }

    private func end(_ error: StageError) {
        loss.withLock { $0 = error }
        context.cancellation.cancel()
    }

    /// The last thing before anything goes outside: the lease is this attempt's, and a minute of it is left.
    package func confirm() throws(StageError) {
        if let lost { throw lost }
        guard let answer = client.askPatiently("POST", "/v1/claims", change("renew"), patience: settings.patience)
        else { throw unreachable("nothing was delivered") }
        if answer.isAccepted { return }
        guard let again = client.askPatiently("POST", "/v1/claims", change("acquire"), patience: settings.patience)
        else { throw unreachable("nothing was delivered") }
        guard again.isAccepted else { throw answer.error("let this attempt deliver") }
    }

    /// Gives the lease back; a control plane that is away finds out by its end.
    package func release() {
        isOver.cancel()
        _ = client.ask("POST", "/v1/claims", change("release"))
    }

    private func unreachable(_ what: String) -> StageError {
        StageError(
            .delivery, "the control plane does not answer: \(what)",
            hint: "see that LEVIATHAN_CONTROL_PLANE_URL is right and that it can be reached from here")
    }
}
