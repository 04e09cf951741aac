internal import Basics
internal import Glibc
internal import Synchronization

/// A bounded number of threads for handlers that may wait, and a bounded queue before them.
final class WorkerPool: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let working = Atomic(0)
    private let capacity: Int
    /// Counts the jobs that wait; it stays for as long as the threads.
    nonisolated(unsafe) private let waiting: UnsafeMutablePointer<sem_t>

    init(threads: Int, capacity: Int) {
        self.capacity = capacity
        waiting = .allocate(capacity: 1)
        sem_init(waiting, 0, 0)
        for _ in 0..<threads { Workers.inBackground { [self] in work() } }
    }

    /// `false` when too many wait already.
    func run(_ job: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = jobs.withLock { jobs in
            guard jobs.count < capacity else { return false }
            jobs.append(job)
            return true
        }
        if isTaken { sem_post(waiting) }
        return isTaken
    }

    /// How many are worked on.
    var active: Int { working.load(ordering: .relaxed) }

    /// Ends the threads once what waits is done.
    func end(threads: Int) { for _ in 0..<threads { sem_post(waiting) } }

    private func work() {
        while true {
            while sem_wait(waiting) != 0 {}
            // A signal without a job is the one to end.
            guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
            working.wrappingAdd(1, ordering: .relaxed)
            job()
            working.wrappingSubtract(1, ordering: .relaxed)
        }
    }
}
