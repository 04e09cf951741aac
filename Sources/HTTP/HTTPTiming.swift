package import Basics
internal import Glibc

/// The clock, the pauses and the chance that a client goes by.
package struct HTTPTiming: Sendable {
    package let now: @Sendable () -> Instant
    /// Returns early once cancelled.
    package let sleep: @Sendable (Duration, Cancellation?) -> Void
    /// From 0 up to, not including, 1.
    package let random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Duration, Cancellation?) -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        (self.now, self.sleep, self.random) = (now, sleep, random)
    }

    /// The machine's own.
    package static let system = HTTPTiming(
        now: {
            let moment = SystemTime.read(CLOCK_REALTIME)
            return Instant(microsecondsSinceEpoch: moment.microseconds)
        },
        sleep: { duration, cancellation in pause(duration, cancellation) },
        random: { Double.random(in: 0..<1) })

    private static func pause(_ duration: Duration, _ cancellation: Cancellation?) {
        let end = SystemTime.monotonic + duration
        while cancellation?.isCancelled != true {
            let left = (end - SystemTime.monotonic).milliseconds
            guard left > 0 else { return }
            var watched = pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
            // A cancellation without a descriptor is looked at often instead.
            let slice = cancellation != nil && watched.fd < 0 ? 50 : Int64(Int32.max)
            poll(&watched, 1, Int32(min(left, slice)))
        }
    }
}

/// The machine's clocks, as time since some fixed moment.
enum SystemTime {
    /// Never jumps; only differences mean anything.
    static var monotonic: Duration { read(CLOCK_MONOTONIC) }

    static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
