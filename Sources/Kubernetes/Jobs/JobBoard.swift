package import Basics
internal import Glibc
internal import Synchronization

/// What is known of the Jobs of workers in a namespace and of their pods, kept up to date by two watches.
///
/// Whatever is asked of it is answered from memory; the API server is asked twice, however many Jobs there are.
package final class JobBoard: Sendable {
    package static let selector = "app=leviathan-worker"

    /// What is known of one Job.
    package enum Knowledge: Sendable {
        /// `isLeaving`: its pod was told to end.
        case known(uid: String, JobStanding, isLeaving: Bool)
        /// There is no such Job.
        case absent
        /// It was not looked yet, or nobody answers.
        case unknown(ClusterError?)
    }

    fileprivate struct State: Sendable {
        var jobs: [String: JSON] = [:]
        /// By the Job, then by the pod.
        var pods: [String: [String: JobPod]] = [:]
        var hasListed = (jobs: false, pods: false)
        var problem: (jobs: ClusterError?, pods: ClusterError?)
    }

    private let state = Mutex(State())
    private let bell = Bell()
    private let isOver = Cancellation()
    private let client: ClusterClient
    private let namespace: String

    package init(_ client: ClusterClient, in namespace: String, longestPause: Duration = .seconds(30)) {
        (self.client, self.namespace) = (client, namespace)
        for kind in [ClusterKind.jobs, .pods] {
            let watch = ClusterWatch(
                client, kind, selector: Self.selector, in: namespace, longestPause: longestPause)
            let isOver = isOver
            Workers.inBackground { [weak self] in
                watch.run(isOver) { self?.take($0, isJobs: kind == .jobs) }
            }
        }
    }

    deinit { isOver.cancel() }

    package func end() { isOver.cancel() }

    /// The Jobs that there are, by their names; `nil` until that is known.
    package var jobs: [String: JSON]? { state.withLock { $0.hasListed.jobs ? $0.jobs : nil } }

    package func look(at name: String) -> Knowledge {
        state.withLock { state in
            guard state.hasListed.jobs, state.hasListed.pods, state.problem.jobs == nil else {
                return .unknown(state.problem.jobs ?? state.problem.pods)
            }
            guard let job = state.jobs[name] else { return .absent }
            let pods = (state.pods[name] ?? [:]).values.filter { $0.object.owner == job.uid }
            return .known(
                uid: job.uid, JobStanding(job: job, pods: Array(pods)),
                isLeaving: pods.contains(where: \.isLeaving))
        }
    }

    /// Takes in what was just made, before the watch tells of it.
    package func note(_ job: JSON) {
        state.withLock { state in
            if let name = job.name, state.jobs[name] == nil { state.jobs[name] = job }
        }
    }

    /// Waits until something has changed, for that long at most.
    package func wait(_ seen: UInt64, for patience: Duration) -> UInt64 { bell.wait(seen, for: patience) }

    /// Counts the changes.
    package var changes: UInt64 { bell.count }

    private func take(_ news: ClusterWatch.News, isJobs: Bool) {
        state.withLock { state in
            switch news {
            case .all(let objects):
                if isJobs {
                    state.jobs = Dictionary(objects.compactMap { job in job.name.map { ($0, job.slim) } }) { $1 }
                    (state.hasListed.jobs, state.problem.jobs) = (true, nil)
                } else {
                    state.pods = [:]
                    for pod in objects { state.set(pod: pod) }
                    (state.hasListed.pods, state.problem.pods) = (true, nil)
                }
            case .changed(let object):
                if isJobs {
                    if let name = object.name { state.jobs[name] = object.slim }
                    state.problem.jobs = nil
                } else {
                    state.set(pod: object)
                    state.problem.pods = nil
                }
            case .removed(let object):
                guard let name = object.name else { return }
                if isJobs {
                    state.jobs[name] = nil
                    state.pods[name] = nil
                } else if let job = object.job {
                    // What became of it counts for as long as its Job is there.
                    state.pods[job]?[name] = state.jobs[job] == nil ? nil : JobPod(object.slim, isGone: true)
                }
            case .lost(let error):
                if isJobs { state.problem.jobs = error } else { state.problem.pods = error }
            }
        }
        bell.ring()
    }
}

extension JobBoard.State {
    fileprivate mutating func set(pod: JSON) {
        guard let job = pod.job, let name = pod.name else { return }
        pods[job, default: [:]][name] = JobPod(pod.slim)
    }
}

extension JSON {
    var name: String? { self["metadata"]?["name"]?.string }
    package var uid: String { self["metadata"]?["uid"]?.string ?? "" }

    fileprivate var job: String? { labels["job-name"]?.string ?? labels["batch.kubernetes.io/job-name"]?.string }

    /// The Job that made the pod: one of the same name may have been there before.
    fileprivate var owner: String? {
        self["metadata"]?.list("ownerReferences").first { $0["kind"]?.string == "Job" }?["uid"]?.string
    }

    /// Without what is never looked at: most of an object is its template and who wrote which field.
    fileprivate var slim: JSON {
        .object(
            (members ?? []).compactMap { member in
                switch member.name {
                case "metadata":
                    JSON.Member(
                        "metadata",
                        .object((member.value.members ?? []).filter { $0.name != "managedFields" }))
                case "spec":
                    JSON.Member("spec", .object((member.value.members ?? []).filter { $0.name == "suspend" }))
                case "status": member
                default: nil
                }
            })
    }
}

/// Wakes whoever waits for the next change.
private final class Bell: Sendable {
    /// Unchecked, as the C library's lock and condition are made to be used by several threads.
    private struct Parts: @unchecked Sendable {
        let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let rung = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        let count = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    }

    private let parts = Parts()

    init() {
        pthread_mutex_init(parts.lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(parts.rung, &attributes)
        pthread_condattr_destroy(&attributes)
        parts.count.initialize(to: 0)
    }

    deinit {
        pthread_cond_destroy(parts.rung)
        pthread_mutex_destroy(parts.lock)
        parts.lock.deallocate()
        parts.rung.deallocate()
        parts.count.deallocate()
    }

    var count: UInt64 {
        pthread_mutex_lock(parts.lock)
        defer { pthread_mutex_unlock(parts.lock) }
        return parts.count.pointee
    }

    func ring() {
        pthread_mutex_lock(parts.lock)
        parts.count.pointee += 1
        pthread_cond_broadcast(parts.rung)
        pthread_mutex_unlock(parts.lock)
    }

    /// Returns the count, which is another one than `seen` unless time ran out.
    func wait(_ seen: UInt64, for patience: Duration) -> UInt64 {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let nanoseconds = Int64(end.tv_nsec) + patience.milliseconds % 1000 * 1_000_000
        end.tv_sec += Int(patience.milliseconds / 1000 + nanoseconds / 1_000_000_000)
        end.tv_nsec = Int(nanoseconds % 1_000_000_000)
        pthread_mutex_lock(parts.lock)
        defer { pthread_mutex_unlock(parts.lock) }
        while parts.count.pointee == seen {
            if pthread_cond_timedwait(parts.rung, parts.lock, &end) != 0 { break }
        }
        return parts.count.pointee
    }
}
