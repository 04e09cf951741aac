internal import Glibc
internal import Synchronization

/// Runs independent pieces of work on threads of their own.
package enum Workers {
    /// As many as there are processors.
    package static var usual: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// More than processors, for work that waits for the disk.
    package static var forFiles: Int { min(max(4, 2 * usual), 16) }

    /// The results of all pieces, in their order; `atOnce` of them are worked on at a time.
    ///
    /// The calling thread works along, so one piece, or one at a time, costs no thread.
    package static func map<Value: Sendable>(
        _ count: Int, atOnce: Int = usual, _ work: @escaping @Sendable (Int) -> Value
    ) -> [Value] {
        guard count > 0 else { return [] }
        let queue = WorkQueue(count, work)
        var threads: [pthread_t] = []
        for _ in 1..<max(2, min(count, atOnce)) where min(count, atOnce) > 1 {
            if let thread = start({ queue.workUntilDone() }) { threads.append(thread) }
        }
        queue.workUntilDone()
        for thread in threads { pthread_join(thread, nil) }
        return queue.results()
    }

    /// Goes on beside the caller, at the longest until the process ends.
    package static func inBackground(_ body: @escaping @Sendable () -> Void) {
        guard let thread = start(body) else { return body() }
        pthread_detach(thread)
    }

    /// A thread; `nil` where the system has none to give, and the caller does the work alone.
    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, runThread, box.toOpaque())
        if code == 0 { return thread }
        box.release()
        return nil
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}

/// Pieces of work that are handed out one by one, and what came of them.
private final class WorkQueue<Value: Sendable>: Sendable {
    private let next = Atomic(0)
    private let count: Int
    private let work: @Sendable (Int) -> Value
    private let done: Mutex<[Int: Value]> = Mutex([:])

    init(_ count: Int, _ work: @escaping @Sendable (Int) -> Value) { (self.count, self.work) = (count, work) }

    func workUntilDone() {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let value = work(index)
            done.withLock { $0[index] = value }
        }
    }

    func results() -> [Value] { done.withLock { done in (0..<count).compactMap { done[$0] } } }
}
