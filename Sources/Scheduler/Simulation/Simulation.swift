package import Basics
internal import Journal
internal import Model
package import Runner

/// Runs the scheduler in a simulated world, look after look, and keeps what it did.
package struct Simulation {
    package struct Settings: Hashable, Sendable {
        package var looks = 288
        package var pause = Duration.seconds(300)
        package var width = 4

        package init() {}
    }

    private let host: SimulatedHost
    private let settings: Settings

    package init(_ host: SimulatedHost, _ settings: Settings = Settings()) {
        (self.host, self.settings) = (host, settings)
    }

    /// The same world, script and seed give the same result, byte for byte.
    package func run() throws(StageError) -> SimulationResult {
        var result = SimulationResult(start: host.now)
        let record = SimulationRecord(host)
        host.watch = record.see
        let due = DueTargets(host.context.zones)
        for look in 0..<settings.looks {
            let began = host.now
            let done = try Cycle(request, host, due: due, host.context).run()
            result.grants += done.dispatched.count
            result.problems += done.problems.map(\.error.message)
            host.advance(to: max(host.now, began + settings.pause))
            result.count(done.held, from: began, to: host.now)
            result.samples.append(record.sample(at: host.now))
            result.looks = look + 1
            // Nothing is ever going to happen again.
            if done.dispatched.isEmpty, host.queue.next == nil, done.held.allSatisfy(\.refusals.isEmpty) { break }
        }
        host.watch = { _ in }
        result.end = host.now
        result.timeline = record.timeline
        result.targets = record.totals(of: host.world)
        return result
    }

    private var request: RunRequest {
        var request = RunRequest(directory: "")
        request.width = settings.width
        return request
    }
}

/// What a simulation came to.
package struct SimulationResult: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let time: Instant
        /// `granted`, `delivered`, `failed`, `refused`, `merged`, `closed` and so on.
        package let what: String
        package let target: String
        package let task: String
        package let note: String?
    }

    /// How much was under way at the end of a look.
    package struct Sample: Hashable, Sendable {
        package let time: Instant
        package let open: Int
        package let completed: Int
    }

    package struct Totals: Hashable, Sendable {
        package let target: String
        package let attempts: Int
        package let delivered: Int
        package let merged: Int
        package let closed: Int
        package let left: Int
    }

    package let start: Instant
    package var end: Instant
    package var looks = 0
    package var grants = 0
    package var timeline: [Entry] = []
    package var samples: [Sample] = []
    package var targets: [Totals] = []
    package var problems: [String] = []
    /// How long tasks waited for each reason, all of them together.
    package private(set) var waited: [String: Duration] = [:]

    init(start: Instant) { (self.start, end) = (start, start) }

    mutating func count(_ held: [(target: String, refusals: [Refusal])], from begin: Instant, to end: Instant) {
        for refusal in held.lazy.flatMap(\.refusals) { waited[refusal.id, default: .zero] += end - begin }
    }

    /// The longest first.
    package var reasons: [(id: String, waited: Duration)] {
        waited.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    package var merged: Int { targets.map(\.merged).reduce(0, +) }

    /// Merged proposals in a day.
    package var throughput: Double {
        let days = Double((end - start).microseconds) / 86_400_000_000
        return days > 0 ? Double(merged) / days : 0
    }
}

/// Writes down the steps of a simulated world.
private final class SimulationRecord {
    private(set) var timeline: [SimulationResult.Entry] = []
    private let host: SimulatedHost
    private var (attempts, delivered): ([String: Int], [String: Int]) = ([:], [:])

    init(_ host: SimulatedHost) { self.host = host }

    func see(_ step: SimulationStep) {
        switch step {
        case .granted(let grant): add("granted", grant.target, grant.task)
        case .claimed(let run): attempts[run.grant.target, default: 0] += 1
        case .refused(let run, let refusal): add("refused", run.grant.target, run.grant.task, refusal.id)
        case .ended(let run, let outcome):
            guard outcome.outcome != "refused" else { return }
            if outcome.outcome == "delivered" { delivered[run.grant.target, default: 0] += 1 }
            add(outcome.outcome, run.grant.target, run.grant.task, outcome.pullRequest)
        case .decided(let target, let proposal):
            add(proposal.state.rawValue, target, proposal.task, "#\(proposal.number)")
        case .opened, .recovered, .died, .act, .read: break
        }
    }

    private func add(_ what: String, _ target: String, _ task: String, _ note: String? = nil) {
        timeline.append(
            SimulationResult.Entry(time: host.now, what: what, target: target, task: task, note: note))
    }

    func sample(at now: Instant) -> SimulationResult.Sample {
        let proposals = host.world.lazy.flatMap(\.proposals)
        return SimulationResult.Sample(
            time: now, open: proposals.count { $0.state == .open },
            completed: proposals.count { $0.state == .merged })
    }

    func totals(of world: [SimulatedTarget]) -> [SimulationResult.Totals] {
        world.map { target in
            SimulationResult.Totals(
                target: target.name, attempts: attempts[target.name] ?? 0, delivered: delivered[target.name] ?? 0,
                merged: target.proposals.count { $0.state == .merged },
                closed: target.proposals.count { $0.state == .closed },
                left: target.contract.backlog.tasks.count { $0.ready && $0.status == .pending })
        }
    }
}
