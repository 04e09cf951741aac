internal import Basics
internal import CLinux
internal import Glibc
internal import Synchronization

/// The supervisors of this process, and what is left behind by one that somebody killed.
///
/// Where no process namespace ends everybody with his supervisor, this process inherits what such a one had started, and
/// ends it: nothing outlives its supervisor.
enum Supervisors {
    private struct State {
        var live: Set<pid_t> = []
        /// How many processes are being started that are not among the live ones yet.
        var starting = 0
        /// How many supervisors there are whose orphans come here.
        var adopting = 0
        /// Those of the live ones whose programs are gone, and the groups that they are still in.
        var leaving: [pid_t: ControlGroup?] = [:]
    }

    private static let state = Mutex(State())

    /// Starts one; `start` returns its process, or -1.
    ///
    /// `adopts`: what outlives it comes to this process.
    static func start(adopting adopts: Bool, _ start: () -> pid_t) -> pid_t {
        if adopts { adopt(1) }
        let process = trying(start) { state, process in if process > 0 { state.live.insert(process) } }
        if adopts, process <= 0 { adopt(-1) }
        return process
    }

    /// Starts and awaits something that is no supervisor.
    static func trying(_ body: () -> Int32) -> Int32 { trying(body) { _, _ in } }

    private static func trying(_ body: () -> Int32, _ conclude: (inout State, Int32) -> Void) -> Int32 {
        state.withLock { $0.starting += 1 }
        let result = body()
        let code = errno
        state.withLock {
            conclude(&$0, result)
            $0.starting -= 1
        }
        errno = code
        return result
    }

    private static func adopt(_ change: Int) {
        let code = errno
        state.withLock { state in
            state.adopting += change
            clinux_adopt_orphans(state.adopting > 0 ? 1 : 0)
        }
        errno = code
    }

    /// One that was waited for.
    static func forget(_ process: pid_t, adopted: Bool) {
        state.withLock { _ = $0.live.remove(process) }
        guard adopted else { return }
        // those of others who came here meanwhile, and have ended
        for process in orphans() ?? [] { waitpid(process, nil, WNOHANG) }
        adopt(-1)
    }

    /// One below which nobody is left: a thread waits for it while the kernel clears its namespaces away.
    static func leave(_ process: pid_t, _ group: ControlGroup?) {
        state.withLock { $0.leaving[process] = .some(group) }
        var number = process
        let size = MemoryLayout<pid_t>.size
        if let reaper, write(reaper.number, &number, size) == size { return }
        conclude(process)
    }

    /// Waits for all that are leaving.
    static func settle() {
        for process in state.withLock({ $0.leaving.keys.map { $0 } }) { conclude(process) }
    }

    /// Takes back what was lent to one that leaves, once it is gone, whoever waits for it.
    private static func conclude(_ process: pid_t) {
        while waitpid(process, nil, 0) < 0 && errno == EINTR {}
        let group = state.withLock { state in
            state.live.remove(process)
            return state.leaving.removeValue(forKey: process) ?? nil
        }
        if let group { ControlGroup.giveBack(group) }
    }

    /// Where the thread that waits is told for whom; `nil` where there is none.
    private static let reaper: FixedDescriptor? = {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { return nil }
        let told = FixedDescriptor(ends[1])
        var thread = pthread_t()
        let reading = UnsafeMutableRawPointer(bitPattern: Int(ends[0]))
        let code = pthread_create(
            &thread, nil,
            { reading in
                var process: pid_t = 0
                let size = MemoryLayout<pid_t>.size
                while read(Int32(Int(bitPattern: reading)), &process, size) == size {
                    Supervisors.conclude(process)
                }
                return nil
            }, reading)
        guard code == 0 else {
            close(ends[0])
            return nil
        }
        pthread_detach(thread)
        return told
    }()

    /// Kills everybody that a supervisor left behind when it was killed itself.
    static func endOrphans() {
        while true {
            guard let orphans = orphans() else {
                sched_yield()
                continue
            }
            if orphans.isEmpty { return }
            for process in orphans { kill(process, SIGKILL) }
            for process in orphans { while waitpid(process, nil, 0) < 0 && errno == EINTR {} }
        }
    }

    /// Children that nobody here started; `nil` while somebody is starting one.
    ///
    /// A supervisor begins a session of its own, and so whoever comes from below one is in another than this process.
    private static func orphans() -> [pid_t]? {
        let session = getsid(0)
        return state.withLock { state in
            guard state.starting == 0 else { return nil }
            return ProcessTree.children(of: Int(getpid())).map { pid_t($0) }
                .filter { !state.live.contains($0) && getsid($0) != session }
        }
    }
}
