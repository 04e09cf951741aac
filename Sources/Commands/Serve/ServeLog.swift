internal import Basics
internal import Glibc
internal import Synchronization

/// Lines of the log on their way to standard output: whoever logs never waits for whoever reads.
final class ServeLog: Sendable {
    /// What is more than this is counted and left out.
    private static let capacity = 20_000

    private struct State {
        var lines: [JSON] = []
        var lost = 0
        var isEnding = false
    }

    private let state = Mutex(State())
    private let clock: Clock
    private let print: @Sendable (String) -> Void
    /// Wakes the thread that prints; it stays for as long as that thread.
    nonisolated(unsafe) private let waiting: UnsafeMutablePointer<sem_t>
    private let ended = Cancellation()

    init(_ clock: Clock, print: @escaping @Sendable (String) -> Void) {
        (self.clock, self.print) = (clock, print)
        waiting = .allocate(capacity: 1)
        sem_init(waiting, 0, 0)
    }

    func start() { Workers.inBackground { [self] in run() } }

    func line(_ level: String, _ message: String, _ facts: [JSON.Member] = []) {
        let head: [JSON.Member] = [
            JSON.Member("time", .string(clock.now().description)), JSON.Member("level", .string(level)),
            JSON.Member("message", .string(message)),
        ]
        line(.object(head + facts))
    }

    func line(_ line: JSON) {
        let isFirst = state.withLock { state in
            guard state.lines.count < Self.capacity else {
                state.lost += 1
                return false
            }
            state.lines.append(line)
            return state.lines.count == 1
        }
        if isFirst { sem_post(waiting) }
    }

    /// Everything that was logged is printed when this returns, unless nobody takes it for some seconds.
    func end() {
        state.withLock { $0.isEnding = true }
        sem_post(waiting)
        var wake = pollfd(fd: ended.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wake, 1, 5000)
    }

    private func run() {
        while true {
            while sem_wait(waiting) != 0 {}
            let (lines, lost, isEnding) = state.withLock { state in
                defer { (state.lines, state.lost) = ([], 0) }
                return (state.lines, state.lost, state.isEnding)
            }
            if !lines.isEmpty { print(lines.map { $0.text() + "\n" }.joined()) }
            if lost > 0 { line("warning", "\(lost) lines of the log were lost: nobody took them in time") }
            if isEnding, lost == 0 { return ended.cancel() }
        }
    }
}
