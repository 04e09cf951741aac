internal import Basics
package import Model

/// An attempt of a simulated world, from its launch on: a child of the scheduler, or a person's own.
package final class SimulatedRun {
    package let grant: Grant
    /// Whether a person or another scheduler began it, so that this scheduler does not wait for it.
    package let isForeign: Bool
    /// Once it has claimed its task.
    package internal(set) var attempt: String?
    var number = 1
    /// What it may spend on models.
    var reserved: Spending?
    var script = AttemptScript(duration: .seconds(1), ending: .delivered)

    init(_ grant: Grant, isForeign: Bool) { (self.grant, self.isForeign) = (grant, isForeign) }
}

/// Something that a simulated world did; what watches it looks at all of it after each.
package enum SimulationStep {
    case granted(Grant)
    case claimed(SimulatedRun)
    case refused(SimulatedRun, Refusal)
    case ended(SimulatedRun, GrantOutcome)
    case opened(target: String, SimulatedTarget.Proposal)
    case decided(target: String, SimulatedTarget.Proposal)
    case recovered(attempt: String)
    /// A process died in the middle of a write.
    case died(scheduler: Bool)
    /// Something that was planned for that time, such as a person's act.
    case act
    /// A target was read, as it stands then.
    case read(SimulatedTarget)
}

/// What is to happen in a simulated world, by time.
struct SimulationQueue {
    enum Event {
        case claim(SimulatedRun)
        case finish(SimulatedRun)
        case decide(target: String, proposal: Int)
        case act(() -> Void)
    }

    /// The last comes first.
    private var events: [(time: Instant, order: Int, event: Event)] = []
    private var count = 0

    var next: Instant? { events.last?.time }

    mutating func add(_ event: Event, at time: Instant) {
        count += 1
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if (events[middle].time, events[middle].order) > (time, count) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        events.insert((time, count, event), at: low)
    }

    mutating func take() -> (time: Instant, event: Event)? { events.popLast().map { ($0.time, $0.event) } }
}
