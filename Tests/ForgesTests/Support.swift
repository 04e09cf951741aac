import Basics
import Forges
import HTTP
import Model
import Secrets
import Synchronization
import TestSupport

/// Time that only passes in pauses, and pauses that take none.
final class FakeTime: Sendable {
    static let start = Instant(secondsSinceEpoch: 1_700_000_000)

    private let state = Mutex((now: FakeTime.start, pauses: [Duration]()))
    private let onSleep: @Sendable (Int) -> Void

    /// Whether pauses let time pass.
    private let passes: Bool

    init(passes: Bool = true, onSleep: @escaping @Sendable (Int) -> Void = { _ in }) {
        (self.passes, self.onSleep) = (passes, onSleep)
    }

    var pauses: [Duration] { state.withLock { $0.pauses } }
    var now: Instant { state.withLock { $0.now } }

    var timing: HTTPTiming {
        HTTPTiming(
            now: { self.now },
            sleep: { duration, _ in
                let count = self.state.withLock { state in
                    if self.passes { state.now = state.now + duration }
                    state.pauses.append(duration)
                    return state.pauses.count
                }
                self.onSleep(count)
            },
            random: { 0 })
    }
}

let agentHead = "agent/task-001"
let agentCommit = ObjectID(hex: String(repeating: "a", count: 40)) ?? .zero
let otherCommit = ObjectID(hex: String(repeating: "b", count: 40)) ?? .zero

/// What a forge client gets in a test: no pacing, unless asked for.
func surroundings(
    _ time: FakeTime = FakeTime(), paced: Bool = false, total: Duration = .seconds(20),
    cancellation: Cancellation? = nil
) -> ForgeEnvironment {
    var surroundings = ForgeEnvironment(userAgent: "leviathan-test")
    surroundings.timing = time.timing
    surroundings.timeouts = HTTPTimeouts(connect: .seconds(10), total: total, idle: total)
    surroundings.cancellation = cancellation
    if !paced {
        surroundings.pacing.mutationSpacing = .zero
        surroundings.pacing.creationSpacing = .zero
    }
    return surroundings
}

func address(
    _ kind: DeliverySettings.Forge, _ apiURL: String, remote: String = "https://127.0.0.1/octo/repo.git"
) throws -> ForgeAddress {
    var settings = DeliverySettings()
    settings.forge = kind
    settings.apiURL = apiURL
    // As the user of a machine names a forge whose API is not where its remotes are.
    let host = RemoteAddress(remote).map { $0.transport == .ssh ? $0.host : $0.authority } ?? ""
    return try ForgeAddress(
        settings, remoteURL: remote, forges: [MachineForge(host: host, kind: kind, apiURL: apiURL)])
}

func fixed(_ token: String, user: String? = nil) throws -> FixedCredential {
    FixedCredential(try ForgeCredential(Secret(token), user: user, source: "the test"))
}

func facts(task: String = "task-001", attempt: String = "attempt-task-001-0001") -> PullRequestFacts {
    var facts = PullRequestFacts(
        task: task, attempt: attempt, title: "docs: Explain the thing", executor: "docs", executorVersion: "1",
        base: otherCommit)
    facts.details = "The thing needs a page."
    facts.acceptanceCriteria = ["There is a page", "It is linked"]
    return facts
}

func draft(
    _ kind: ForgeKind = .github, task: String = "task-001", facts given: PullRequestFacts? = nil
) -> PullRequestDraft {
    let text = PullRequestText(given ?? facts(task: task), limits: TextLimits(kind))
    return PullRequestDraft(
        task: task, text: text, head: "agent/\(task)", headCommit: agentCommit, base: "main")
}

/// The error that something ends in; `nil` where it does not.
func forgeFailure(_ body: () throws(ForgeError) -> Void) -> ForgeError? {
    do throws(ForgeError) {
        try body()
        return nil
    } catch {
        return error
    }
}
