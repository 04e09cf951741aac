package import Basics
package import Model
package import Runner
internal import Synchronization

/// A forge that simulated targets share: it may be down, and takes so many changes and no more.
package final class SimulatedForge: Sendable {
    private struct State {
        var isDown = false
        var writes: [Instant] = []
    }

    /// So many changes a delivery asks it for.
    static let perDelivery = 3

    package let service: Service
    package let limits: ForgeWriteLimits
    private let state = Mutex(State())

    package init(_ host: String, _ limits: ForgeWriteLimits) {
        (service, self.limits) = (Service(.forge, host), limits)
    }

    package var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    /// When it was asked for a change.
    package var writes: [Instant] { state.withLock { $0.writes } }

    /// As every process of the home knows it.
    var known: KnownForge { KnownForge(service, limits) { [self] _ in .success(writes) } }

    /// Counts a change, unless a limit refuses.
    func takesChange(at now: Instant) -> Bool {
        let used = limits.used(writes, reserved: 0, more: 1, host: service.host, at: now)
        if used == nil { state.withLock { $0.writes.append(now) } }
        return used == nil
    }
}

/// What became of a question to a forge.
enum ForgeOutcome {
    case answered
    case failed
    /// Nobody asked it.
    case held(ServiceTrip)
}
