internal import API
internal import Basics
internal import Forges
internal import HTTPServer
internal import Model
internal import Runner
internal import Secrets
internal import Synchronization

/// Pull requests that forges have told of, until the forge was asked about each.
final class HookQueue: Sendable {
    /// More than this at once are left to the next `sync`.
    private static let most = 1000
    /// So many names of deliveries are remembered, and so long.
    private static let rememberedDeliveries = 10_000
    private static let memory = Duration.seconds(600)

    private struct State {
        /// In the order in which they came; one that comes again meanwhile is asked about once more, and not twice.
        var waiting: [ForgeHook] = []
        var isWorking = false
        var deliveries: [String: Instant] = [:]
    }

    private let state = Mutex(State())
    /// Its own: a forge that was set up wrongly is nothing to those who show wrong keys, and the other way round.
    private let guesses = RateLimiter(perSecond: 0.2, burst: 20)
    private let context: Context
    private let secrets: @Sendable (String) -> Secret?

    init(_ context: Context, _ secrets: @escaping @Sendable (String) -> Secret?) {
        (self.context, self.secrets) = (context, secrets)
    }

    /// The registered target that a body is about and whose secret signed it.
    func target(_ forge: HookForge, _ request: ServerRequest, _ body: JSON) throws(StageError) -> String? {
        let addresses = forge.repositories(body)
        let configuration = try MachineConfiguration.read(context)
        let common = configuration.controlPlane.webhookSecretVariable
        let targets = try TargetRegistry(context).readable().filter { target in
            addresses.contains(where: target.isAt)
        }
        return targets.first { target in
            if let name = target.webhookSecretVariable ?? common, let secret = secrets(name),
                forge.isSigned(request, by: secret)
            {
                return true
            }
            guard forge == .github, let secret = appSecret(target, configuration.forges) else { return false }
            return forge.isSigned(request, by: secret)
        }?.name
    }

    /// What the GitHub App that was registered for a target's host signs with.
    private func appSecret(_ target: TargetRegistration, _ forges: [MachineForge]) -> Secret? {
        do {
            let address = try ForgeAddress(DeliverySettings(), remoteURL: target.repositoryURL, forges: forges)
            return try GitHubAppFiles(home: context.home).webhookSecret(address.credentialHost)
        } catch {
            // A target whose forge is not known is of no app; what cannot be read signs nothing.
            return nil
        }
    }

    /// Refuses whoever shows signatures that are wrong too often.
    func demandGuessing(from request: ServerRequest) throws(Problem) {
        guard let delay = guesses.delay(for: request.peer) else { return }
        var problem = Problem(.rateLimited, "ask again in \(delay) second\(delay == 1 ? "" : "s")")
        problem.retryAfter = delay
        throw problem
    }

    /// `false` for a delivery that came before.
    func isNew(_ delivery: String) -> Bool {
        let now = context.clock.now()
        return state.withLock { state in
            if state.deliveries.count >= Self.rememberedDeliveries {
                state.deliveries = state.deliveries.filter { now - $0.value < Self.memory }
                // Whoever sends so many knows the secret, and gets nothing by it but that the forge is asked.
                if state.deliveries.count >= Self.rememberedDeliveries { state.deliveries = [:] }
            }
            if let came = state.deliveries[delivery], now >= came, now - came < Self.memory { return false }
            state.deliveries[delivery] = now
            return true
        }
    }

    /// `false` where too many wait; `told` is called after each that was looked at.
    func add(_ hook: ForgeHook, told: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, begins) = state.withLock { state -> (Bool, Bool) in
            guard !state.waiting.contains(hook) else { return (true, false) }
            guard state.waiting.count < Self.most else { return (false, false) }
            state.waiting.append(hook)
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        if begins { Workers.inBackground { [self] in work(told) } }
        return isTaken
    }

    /// One after the other: the journal is written by one at a time in any case.
    private func work(_ told: @Sendable () -> Void) {
        while let hook = next() {
            do throws(StageError) { _ = try hook.follow(context) } catch {
                // The next `sync` learns it all the same.
                let what = "#\(hook.number) of '\(hook.target)', which its forge told of, was not looked at"
                context.observer.warning(
                    StageError(error.kind, what, causes: [error.message] + error.causes, hint: error.hint))
            }
            told()
        }
    }

    private func next() -> ForgeHook? {
        state.withLock { state in
            guard !state.waiting.isEmpty, !context.cancellation.isCancelled else {
                state.isWorking = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
