internal import Basics
internal import Glibc
internal import Synchronization

/// What threads hand back to the one that waits for them, in the order in which they are done.
final class Mailbox<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let ends: (read: Int32, write: Int32)

    init() {
        var pair: [Int32] = [-1, -1]
        if pipe(&pair) == 0 { for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
        ends = (pair[0], pair[1])
    }

    deinit { for end in [ends.read, ends.write] where end >= 0 { close(end) } }

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
    }

    /// Whether there is a value before that long has passed.
    func wait(for patience: Duration) -> Bool {
        if values.withLock({ !$0.isEmpty }) { return true }
        var ready = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, Int32(min(patience.milliseconds, Int64(Int32.max)))) > 0
    }

    /// Waits for the next value.
    func take() -> Value {
        while true {
            if let value = values.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return value }
            var byte: UInt8 = 0
            // Without a pipe to wait on, waiting is asking again a little later.
            if read(ends.read, &byte, 1) < 0 && errno != EINTR { usleep(10_000) }
        }
    }
}
