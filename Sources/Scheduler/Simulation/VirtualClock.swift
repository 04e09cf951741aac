package import Basics
internal import Synchronization

/// A clock that stands still until it is set.
package final class VirtualClock: Sendable {
    private let time: Mutex<Instant>

    package init(at start: Instant) { time = Mutex(start) }

    package var now: Instant { time.withLock { $0 } }

    package func set(_ instant: Instant) { time.withLock { $0 = instant } }

    package var clock: Clock { Clock { [self] in now } }
}

extension IdentifierSource {
    /// Names that a seed decides, in the order in which they are asked for.
    package static func seeded(_ seed: UInt64) -> IdentifierSource {
        let asked = Counter()
        let chance = SeededChance(seed: seed)
        return IdentifierSource { count in
            let number = "\(asked.next())"
            return (0..<count).map { UInt8(chance.pick(256, number, "\($0)")) }
        }
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
