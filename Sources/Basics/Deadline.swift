/// Until when work may go on: a moment that it must not pass, and a request to stop.
///
/// Long work in process asks `reached` every now and then, and ends with an error when it gets an answer.
package struct Deadline: Sendable {
    package enum End: Sendable, Equatable {
        case cancelled
        /// The time that there was, from the beginning.
        case passed(Duration)
    }

    package let cancellation: Cancellation
    private let limit: (time: Duration, moment: MonotonicTime)?

    /// From now on for at most that long; `nil` leaves the cancellation alone.
    package init(after time: Duration? = nil, cancellation: Cancellation) {
        self.cancellation = cancellation
        limit = time.map { ($0, .now + $0) }
    }

    /// How the work has to end, when it has to.
    package var reached: End? {
        if cancellation.isCancelled { return .cancelled }
        guard let limit, MonotonicTime.now >= limit.moment else { return nil }
        return .passed(limit.time)
    }
}
