internal import API
internal import Basics
internal import ControlPlane
internal import Glibc
internal import Journal
internal import Synchronization

/// Keeps the newest snapshot of a home, so that nobody who looks waits for a thousand targets to be read.
///
/// Where reading is quick, everybody gets what holds now. Where it is not, a look gets the newest one there is, which says
/// how old it is, and has it read anew beside it: by the journal's next event, or after some seconds. Nothing is read while
/// nobody looks, but once at the start, so that the first who looks need not wait for it.
final class SnapshotKeeper: Sendable {
    /// What somebody gets to see.
    struct Look {
        /// `nil` while it is read for the first time.
        let snapshot: HomeSnapshot?
        /// Whether a newer one is on its way.
        let isBehind: Bool
    }

    /// Files and repositories change without an event: an older snapshot is read again.
    private static let lifetime = Duration.seconds(10)
    /// In place of an older one a newer one is waited for.
    static let oldest = Duration.seconds(60)
    /// A reading is waited for no longer than this after it began, by nobody: what takes longer is read beside the looks.
    private static let longestWait = Duration.seconds(2)
    /// Between two readings beside the looks is at least so many times what one takes.
    private static let rest = 4

    private struct State {
        var last: HomeSnapshot?
        var failure: ConsoleProblem?
        /// What the last reading took, and when it ended.
        var cost: Duration?
        var ended = MonotonicTime.now
        /// How many readings were begun, and which of them the last snapshot is.
        var begun = 0
        var shown = 0
        /// The reading that goes on.
        var reading: Reading?
    }

    private struct Reading {
        /// Cancelled at its end: its descriptor tells those who wait.
        let ended = Cancellation()
        let began: MonotonicTime
    }

    private let state = Mutex(State())
    private let home: ControlPlaneHome
    /// A reading that takes no longer is waited for.
    private let patience: Duration
    private let now: @Sendable () -> MonotonicTime
    private let read: @Sendable () throws -> HomeSnapshot

    /// `beforeReading` is called ahead of each reading, on its thread.
    init(
        _ home: ControlPlaneHome, patience: Duration, now: @escaping @Sendable () -> MonotonicTime,
        beforeReading: @escaping @Sendable () -> Void
    ) {
        (self.home, self.patience, self.now) = (home, patience, now)
        read = {
            beforeReading()
            return try HomeSnapshot.read(home)
        }
    }

    /// Reads for whoever looks first.
    func prepare() {
        state.withLock { state in
            if state.reading == nil { state.reading = begin(&state) }
        }
    }

    /// `mustBeNew`: whoever has just done something sees what became of it.
    func look(mustBeNew: Bool) throws(ConsoleProblem) -> Look {
        let (position, deadline) = (try position(), now() + Self.longestWait)
        let before = state.withLock { $0.begun }
        while true {
            let (look, reading) = try ask(position, before, mustBeNew: mustBeNew)
            guard let reading else { return look }
            let left = min(deadline, reading.began + Self.longestWait) - now()
            guard left > .zero else { return look }
            wait(for: reading.ended, atMost: left)
        }
    }

    private func position() throws(ConsoleProblem) -> Int {
        do { return try home.journals.with { try $0.head().sequence } } catch {
            throw ConsoleProblem(500, "The journal cannot be read", "\(error)")
        }
    }

    /// What there is to see, and the reading that is worth waiting for; `before`: how many had begun when somebody came.
    private func ask(
        _ position: Int, _ before: Int, mustBeNew: Bool
    ) throws(ConsoleProblem) -> (Look, Reading?) {
        let now = home.context.clock.now()
        return try state.withLock { state throws(ConsoleProblem) in
            if let failure = state.failure {
                // Told once: the next look reads again.
                state.failure = nil
                throw failure
            }
            let age = state.last.map { max(now - $0.at, $0.at - now) } ?? Self.oldest
            let isQuick = state.cost.map { $0 <= patience } ?? true
            let isUnchanged = !isQuick && age < Self.lifetime && state.last?.position ?? -1 >= position
            if let last = state.last, isUnchanged || state.shown > before {
                return (Look(snapshot: last, isBehind: false), nil)
            }
            let waits = mustBeNew || isQuick || age >= Self.oldest
            let hasRested = state.ended + (state.cost ?? .zero) * Self.rest <= self.now()
            if state.reading == nil, waits || hasRested { state.reading = begin(&state) }
            return (Look(snapshot: state.last, isBehind: true), waits ? state.reading : nil)
        }
    }

    private func begin(_ state: inout State) -> Reading {
        let reading = Reading(began: now())
        state.begun += 1
        let number = state.begun
        Workers.inBackground { [self] in
            let result = Result { try read() }
            self.state.withLock { state in
                switch result {
                case .success(let snapshot): (state.last, state.shown, state.failure) = (snapshot, number, nil)
                case .failure(let error): (state.last, state.failure) = (nil, ConsoleProblem(error))
                }
                (state.cost, state.ended, state.reading) = (now() - reading.began, now(), nil)
            }
            reading.ended.cancel()
        }
        return reading
    }

    private func wait(for end: Cancellation, atMost time: Duration) {
        var end = pollfd(fd: end.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&end, 1, Int32(max(1, time.milliseconds)))
    }
}

extension ConsoleProblem {
    /// What an error of the floors below is on a page.
    fileprivate init(_ error: any Error) {
        let problem = Problem(error)
        self.init(problem.status, "How things stand cannot be read", problem.detail, hint: problem.hint)
    }
}
