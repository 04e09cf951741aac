internal import Basics
internal import Glibc

/// Closed until somebody opens it; then open for good.
package final class TestGate: Sendable {
    private let opened = Cancellation()

    package init() {}

    package func open() { opened.cancel() }

    /// `false` when it stayed closed for far longer than any test should need.
    @discardableResult
    package func wait(seconds: Int32 = 30) -> Bool {
        var watched = pollfd(fd: opened.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, seconds * 1000)
        return opened.isCancelled
    }
}
