internal import Basics
internal import Glibc
internal import Model
internal import Synchronization

/// Runs programs beside each other, each again as often as its retries say, and on the base where that tells more.
///
/// One thread hands out the places and waits for what comes back; nothing is locked while anybody waits.
struct InvariantScheduler {
    private struct Job: Sendable {
        let index: Int
        let side: InvariantSide
    }

    let programs: [InvariantProgram]
    let places: any InvariantWorkspaces

    /// What became of each, in their order; ends only when no program runs any more.
    func findings() throws(StageError) -> [InvariantFinding] {
        var findings = programs.map { InvariantFinding($0.invariant) }
        var waiting = programs.indices.map { Job(index: $0, side: .change) }
        var (running, failure): (Int, StageError?) = (0, nil)
        let mailbox = try Mailbox<(Job, Result<InvariantRun, StageError>)>()
        while true {
            while failure == nil, running < places.width, let job = waiting.first {
                do throws(StageError) {
                    guard try start(job, isAlone: running == 0, mailbox) else { break }
                    waiting.removeFirst()
                    running += 1
                } catch { failure = error }
            }
            guard running > 0 else { break }
            let (job, result) = mailbox.receive()
            running -= 1
            switch result {
            case .failure(let error): failure = failure ?? error
            case .success(let run):
                guard let next = findings[job.index].take(run, on: job.side) else { continue }
                waiting.insert(Job(index: job.index, side: next), at: 0)
            }
        }
        if let failure { throw failure }
        return findings
    }

    /// `false` while no place is free.
    private func start(
        _ job: Job, isAlone: Bool, _ mailbox: Mailbox<(Job, Result<InvariantRun, StageError>)>
    ) throws(StageError) -> Bool {
        let program = programs[job.index]
        switch try places.open(job.side, isAlone: isAlone) {
        case .taken: return false
        case .couldNotRun(let reason): mailbox.send((job, .success(InvariantRun(notStarted: reason))))
        case .workspace(let place):
            let handover = Handover(place)
            Workers.inBackground { mailbox.send((job, Self.run(program, in: handover))) }
        }
        return true
    }

    /// The place is gone when this returns, and so before anybody hears of the end.
    private static func run(
        _ program: InvariantProgram, in handover: Handover
    ) -> Result<InvariantRun, StageError> {
        let place = handover.take()
        return Result { () throws(StageError) in
            guard let place else { throw StageError(.unexpected, "a place was handed over twice") }
            return try program.run(in: place)
        }
    }
}

/// A place on its way to the thread that uses it; kept by nobody else.
private final class Handover: Sendable {
    private let place: Mutex<(any InvariantWorkspace)?>

    init(_ place: any InvariantWorkspace) { self.place = Mutex(place) }

    func take() -> (any InvariantWorkspace)? {
        place.withLock { place in
            defer { place = nil }
            return place
        }
    }
}

/// Messages from several threads to one, which waits without a lock.
private final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let ends: (read: Int32, write: Int32)

    init() throws(StageError) {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else {
            throw StageError(.unexpected, "no program can be waited for", causes: [SystemError.text(errno)])
        }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    func send(_ message: Message) {
        messages.withLock { $0.append(message) }
        var byte: UInt8 = 1
        while write(ends.write, &byte, 1) < 0, errno == EINTR { continue }
    }

    func receive() -> Message {
        while true {
            var byte: UInt8 = 0
            _ = read(ends.read, &byte, 1)
            let first = messages.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let first { return first }
        }
    }
}
