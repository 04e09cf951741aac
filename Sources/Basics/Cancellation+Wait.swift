#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

extension Cancellation {
    /// Waits for so long, or until somebody cancels.
    package static func wait(_ duration: Duration, _ cancellation: Cancellation?) {
        var watched = pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, Int32(clamping: max(0, duration.milliseconds)))
    }
}
