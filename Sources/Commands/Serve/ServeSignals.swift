internal import Basics
internal import Glibc
internal import Synchronization

/// SIGTERM and SIGINT let what runs come to its end, and a second one ends it at once; SIGHUP reads files again.
final class ServeSignals: Sendable {
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]
    private let cancellation: Cancellation
    private let reload = Mutex<(@Sendable () -> Void)?>(nil)

    /// From now on the signals are kept for `start`, also on threads that begin later.
    init(_ cancellation: Cancellation) {
        self.cancellation = cancellation
        var signals = Self.set
        // A reader of the log that goes away ends nothing.
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private static var set: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        return signals
    }

    func onReload(_ body: @escaping @Sendable () -> Void) { reload.withLock { $0 = body } }

    func start() { Workers.inBackground { [self] in wait() } }

    private func wait() {
        var (signals, number): (sigset_t, Int32) = (Self.set, 0)
        while sigwait(&signals, &number) == 0 {
            if number == SIGHUP {
                reload.withLock { $0 }?()
                continue
            }
            if cancellation.isCancelled { _exit(128 + number) }
            cancellation.cancel()
        }
    }
}
