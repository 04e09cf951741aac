internal import Basics
internal import Model
internal import Runner
internal import Synchronization

/// Tasks whose Jobs have not begun, written down for whoever asks why.
final class WaitingJobs: Sendable {
    private let jobs = Mutex<[String: WaitingJob]>([:])
    private let context: Context

    /// Whatever a scheduler before this one wrote down is no longer so.
    init(_ context: Context) {
        self.context = context
        if !WaitingJobsFile(context).read().isEmpty { write([:]) }
    }

    func put(_ job: WaitingJob) {
        let changed = jobs.withLock { jobs -> [String: WaitingJob]? in
            guard jobs[job.job] != job else { return nil }
            jobs[job.job] = job
            write(jobs)
            return jobs
        }
        if changed != nil, let obstacle = job.obstacle {
            context.observer.progress("\(job.target)/\(job.task): \(obstacle)")
        }
    }

    func remove(_ name: String) {
        jobs.withLock { jobs in
            if jobs.removeValue(forKey: name) != nil { write(jobs) }
        }
    }

    /// It only explains: what cannot be written is told, and stops nothing.
    private func write(_ jobs: [String: WaitingJob]) {
        do throws(StageError) {
            try WaitingJobsFile(context).write(jobs.values.sorted { $0.job < $1.job })
        } catch { context.observer.warning(error) }
    }
}
