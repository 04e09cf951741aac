internal import Basics
internal import Kubernetes
internal import Model
internal import Runner

/// Makes the Job of one grant and follows it to its end.
struct JobRun {
    /// How long a pod that was told to end may take for it, beyond what it was given.
    private static let graceOfNode = Duration.seconds(120)
    /// How often is looked at the order to stop, and at why there is no pod.
    private static let pause = Duration.seconds(1)
    private static let silence = Duration.seconds(10)

    private let job: WorkerJob
    private let grant: Grant
    private let place: ClusterPlace
    private let client: ClusterClient
    private let board: JobBoard
    private let waiting: WaitingJobs
    private let context: Context

    init(
        _ job: WorkerJob, _ grant: Grant, _ place: ClusterPlace, _ client: ClusterClient, _ board: JobBoard,
        _ waiting: WaitingJobs, _ context: Context
    ) {
        (self.job, self.grant, self.place, self.client) = (job, grant, place, client)
        (self.board, self.waiting, self.context) = (board, waiting, context)
    }

    /// What is known while it is followed.
    private struct Course {
        let began = MonotonicTime.now
        let since: Instant
        var isMade = false
        var hasRun = false
        /// Since when its pod has been told to end.
        var leaving: MonotonicTime?
        var isTakenBack = false
        var lookedForPods: MonotonicTime?
        var obstacle: JobObstacle?
    }

    func follow() -> JobRunEnding {
        var course = Course(since: context.clock.now())
        course.isMade = grant.isAdopted
        let stop = StopSwitch(context)
        while true {
            // What runs in the cluster goes on; the next scheduler takes it over.
            if context.cancellation.isCancelled { return .left(isMade: course.isMade) }
            if stop.order()?.endsRunning == true {
                return takeBack(course) ? .stopped : .left(isMade: course.isMade)
            }
            let seen = board.changes
            if let ending = course.isMade ? look(&course) : make(&course) { return ending }
            if course.isMade || course.obstacle != nil { _ = board.wait(seen, for: Self.pause) }
        }
    }

    /// Asks for the Job; one that is there already is the same one, asked for before.
    private func make(_ course: inout Course) -> JobRunEnding? {
        do throws(ClusterError) {
            board.note(try client.create(.jobs, job.resource.json, in: place.namespace))
            (course.isMade, course.obstacle) = (true, nil)
            return nil
        } catch {
            switch error.reason {
            case .exists:
                course.isMade = true
                return nil
            case .quota: return wait(.init(.quota, error.causes.first ?? error.message), &course)
            // The server may have made it: until it answers, nobody can tell.
            case .unreachable, .busy, .unauthorized, .access:
                show(JobObstacle(.server, Self.words(error)), &course)
                return nil
            case .cancelled: return .left(isMade: false)
            // Nothing that the attempt did: it waits until somebody has given the right, or made the namespace.
            case .forbidden, .notFound, .unknownKind:
                return .held(Self.words(error))
            default: return .refused(Self.words(error))
            }
        }
    }

    private static func words(_ error: ClusterError) -> String {
        ([error.message] + error.causes).joined(separator: ": ") + (error.hint.map { "; \($0)" } ?? "")
    }

    private func look(_ course: inout Course) -> JobRunEnding? {
        switch board.look(at: job.name) {
        case .unknown(let error):
            if let error, !course.hasRun { show(JobObstacle(.server, error.description), &course) }
            return nil
        case .absent: return isGone() ? .ended(.disrupted("its Job was deleted")) : nil
        case .known(_, .ended(let ending), _):
            // Where the cluster would begin anew what was taken away, that is the scheduler's to decide.
            if case .disrupted = ending, !course.isTakenBack { _ = takeBack(course) }
            return .ended(ending)
        case .known(_, .running, let isLeaving):
            if !course.hasRun { waiting.remove(job.name) }
            course.hasRun = true
            return isLeaving ? left(&course) : nil
        case .known(_, .waiting(let obstacle), _):
            return wait(obstacle ?? missingPod(&course), &course)
        }
    }

    /// A pod that was told to end gets no second one beside it, as older clusters would make.
    ///
    /// Its Job stays until it has ended; a node that does not answer never says that it has.
    private func left(_ course: inout Course) -> JobRunEnding? {
        let since = course.leaving ?? .now
        course.leaving = since
        if !course.isTakenBack { course.isTakenBack = takeBack(course) }
        guard MonotonicTime.now - since > Self.graceOfNode else { return nil }
        _ = takeBack(course)
        return .ended(.disrupted("its node does not answer"))
    }

    private func wait(_ obstacle: JobObstacle?, _ course: inout Course) -> JobRunEnding? {
        show(obstacle, &course)
        guard !course.hasRun, MonotonicTime.now - course.began >= place.startTimeout else { return nil }
        let why = obstacle.map { "\($0.kind.rawValue): \($0.text)" } ?? "the cluster does not say why"
        guard !course.isMade || takeBack(course) else { return nil }
        return .held("its Job did not begin within \(DurationText.text(place.startTimeout)): \(why)")
    }

    /// Writes down that it waits, and why.
    private func show(_ obstacle: JobObstacle?, _ course: inout Course) {
        course.obstacle = obstacle
        guard !course.hasRun else { return }
        waiting.put(
            WaitingJob(
                target: grant.target, task: grant.task, job: job.name, since: course.since,
                obstacle: obstacle.map { "\($0.kind.rawValue): \($0.text)" },
                hint: obstacle?.hint(job: job.name, namespace: place.namespace)))
    }

    /// Why the cluster makes no pod, where it says so in events that may be read.
    private func missingPod(_ course: inout Course) -> JobObstacle? {
        guard MonotonicTime.now - (course.lookedForPods ?? course.began) >= Self.silence else {
            return course.obstacle
        }
        course.lookedForPods = .now
        let events = try? client.list(.events, fields: "involvedObject.name=\(job.name)", in: place.namespace)
            .items
        let refusal = events?.last { $0["reason"]?.string == "FailedCreate" }?["message"]?.string
        guard let refusal else {
            return JobObstacle(
                .pod,
                "the cluster has made no pod: a quota or an admission policy refuses it, or nothing makes pods")
        }
        return JobObstacle(refusal.contains("exceeded quota") ? .quota : .pod, refusal)
    }

    /// Whether there really is no such Job: a list may be older than its making.
    private func isGone() -> Bool {
        do throws(ClusterError) {
            board.note(try client.get(.jobs, job.name, in: place.namespace))
            return false
        } catch { return error.reason == .notFound }
    }

    /// Deletes the Job; whether it is known to be gone, or never was.
    private func takeBack(_ course: Course) -> Bool {
        guard course.isMade else { return true }
        do throws(ClusterError) {
            try client.delete(.jobs, job.name, in: place.namespace)
            return true
        } catch {
            if error.reason == .notFound { return true }
            context.observer.warning(error)
            return false
        }
    }
}
