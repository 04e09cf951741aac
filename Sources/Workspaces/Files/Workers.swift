internal import Glibc
internal import Synchronization

/// A few threads that work on one list together.
enum Workers {
    private final class Task: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Calls `body` with every number below `count`, from as many threads as help, and waits for all of them.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let next = Shared()
        let work: @Sendable () -> Void = {
            while true {
                let place = next.take()
                guard place < count else { return }
                body(place)
            }
        }
        let helpers = min(count, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) - 1
        let threads = (0..<min(max(helpers, 0), 7)).compactMap { _ in start(work) }
        work()
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Goes on beside the caller, at the longest until the process ends.
    static func inBackground(_ body: @escaping @Sendable () -> Void) {
        guard let thread = start(body) else { return body() }
        pthread_detach(thread)
    }

    private final class Shared: Sendable {
        private let place = Atomic(0)
        func take() -> Int { place.wrappingAdd(1, ordering: .relaxed).oldValue }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let task = Unmanaged.passRetained(Task(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Task>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, task.toOpaque())
        guard code == 0 else {
            task.release()
            return nil
        }
        return thread
    }
}
