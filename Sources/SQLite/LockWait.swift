internal import Basics
internal import Glibc
internal import Synchronization

/// Waits for a lock that another process holds, up to a bound.
final class LockWait: Sendable {
    private let deadlineAfter: Duration
    private let onWait: (@Sendable () -> Void)?
    private let since = Mutex<MonotonicTime?>(nil)

    init(timeout: Duration, onWait: (@Sendable () -> Void)?) { (deadlineAfter, self.onWait) = (timeout, onWait) }

    /// Whether to try again; `attempt` counts from 0 for each lock.
    func wait(attempt: Int32) -> Bool {
        let now = MonotonicTime.now
        let start = since.withLock { since -> MonotonicTime in
            if attempt == 0 || since == nil { since = now }
            return since ?? now
        }
        if attempt == 10 { onWait?() }
        guard now - start < deadlineAfter else { return false }
        usleep(attempt < 10 ? 1000 : attempt < 50 ? 5000 : 20000)
        return true
    }
}

func waitPatiently(_ context: UnsafeMutableRawPointer?, _ attempt: Int32) -> Int32 {
    guard let context else { return 0 }
    return Unmanaged<LockWait>.fromOpaque(context).takeUnretainedValue().wait(attempt: attempt) ? 1 : 0
}
