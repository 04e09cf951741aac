internal import Basics
internal import Glibc
internal import Model
internal import Synchronization

/// Cancels what runs once a person orders that everything ends now; until then it only looks, twice a second.
final class StopWatch: Sendable {
    private static let pause: Int32 = 500
    private let isOver = Cancellation()

    init(_ context: Context) {
        let (isOver, stop, cancellation) = (isOver, StopSwitch(context), context.cancellation)
        Workers.inBackground {
            while !isOver.isCancelled && !cancellation.isCancelled {
                var wake = pollfd(fd: isOver.descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&wake, 1, Self.pause)
                if !isOver.isCancelled, stop.order()?.endsRunning == true { cancellation.cancel() }
            }
        }
    }

    func end() { isOver.cancel() }
}
