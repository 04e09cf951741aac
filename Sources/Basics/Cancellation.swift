internal import Glibc
internal import Synchronization

/// A request to stop, seen by loops that ask and by `poll` on its descriptor.
package final class Cancellation: Sendable {
    private let cancelled = Atomic(false)
    private let ends: (read: Int32, write: Int32)
    private let followers = Mutex<[WeakCancellation]>([])

    /// One that is cancelled with another, and may be on its own.
    package convenience init(following leader: Cancellation) {
        self.init()
        leader.followers.withLock { followers in
            followers.removeAll { $0.value == nil }
            followers.append(WeakCancellation(self))
        }
        if leader.isCancelled { cancel() }
    }

    package init() {
        var pair: [Int32] = [-1, -1]
        if pipe(&pair) == 0 { for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
        ends = (pair[0], pair[1])
    }

    deinit {
        for end in [ends.read, ends.write] where end >= 0 { close(end) }
    }

    /// Becomes readable, and stays so, once cancelled; -1 where no pipe could be had.
    package var descriptor: Int32 { ends.read }

    package var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Returns once cancelled, or after so many milliseconds; -1 waits as long as it takes.
    package func wait(atMost milliseconds: Int32 = -1) {
        let end = MonotonicTime.now + .milliseconds(Int64(max(milliseconds, 0)))
        var wake = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !isCancelled {
            let left = milliseconds < 0 ? -1 : Int32(clamping: (end - .now).milliseconds)
            guard milliseconds < 0 || left > 0 else { return }
            _ = poll(&wake, 1, left)
        }
    }

    package func cancel() {
        guard !cancelled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
        for follower in followers.withLock({ $0 }) { follower.value?.cancel() }
    }
}

private struct WeakCancellation: Sendable {
    weak let value: Cancellation?

    init(_ value: Cancellation) { self.value = value }
}
