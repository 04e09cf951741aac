internal import Glibc

/// A moment on a clock that nobody sets and that goes on while the machine sleeps.
///
/// `ContinuousClock` would draw the runtime of tasks and queues into the program, which has neither.
package struct MonotonicTime: Comparable, Sendable {
    private let nanoseconds: Int64

    private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: MonotonicTime {
        var time = timespec()
        #if os(Linux)
        clock_gettime(CLOCK_BOOTTIME, &time)
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// A time so far away that it cannot be counted never comes.
    package static func + (moment: MonotonicTime, duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = (whole.partialValue &+ attoseconds / 1_000_000_000).addingReportingOverflow(moment.nanoseconds)
        let isTooFar = whole.overflow || sum.overflow
        return MonotonicTime(nanoseconds: isTooFar ? seconds < 0 ? .min : .max : sum.partialValue)
    }

    package static func - (later: MonotonicTime, earlier: MonotonicTime) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
