package import Basics
package import Model

/// `jobs.json` in Leviathan's home: tasks whose Jobs have not begun, and why.
///
/// It only explains: what runs and what counts is said by the journal.
package struct WaitingJobsFile {
    private static let sizeLimit = 8 << 20
    private let path: String

    package init(_ context: Context) { path = context.home + "/jobs.json" }

    package func read() -> [WaitingJob] {
        guard let bytes = try? FileSystem.read(path, limit: Self.sizeLimit), let json = try? JSON.parse(bytes)
        else { return [] }
        return (json["jobs"]?.elements ?? []).compactMap { entry in
            guard let target = entry["target"]?.string, let task = entry["task"]?.string,
                let job = entry["job"]?.string, let since = entry["since"]?.string.flatMap({ Instant($0) })
            else { return nil }
            return WaitingJob(
                target: target, task: task, job: job, since: since, obstacle: entry["obstacle"]?.string,
                hint: entry["hint"]?.string)
        }
    }

    package func write(_ jobs: [WaitingJob]) throws(StageError) {
        let json: JSON = [
            "jobs": .array(
                jobs.map { job in
                    [
                        "target": .string(job.target), "task": .string(job.task), "job": .string(job.job),
                        "since": .string(job.since.description), "obstacle": .optional(job.obstacle),
                        "hint": .optional(job.hint),
                    ]
                })
        ]
        do throws(FileError) { try FileSystem.write(json.utf8(), to: path, permissions: 0o600) } catch {
            throw StageError(.unexpected, error)
        }
    }
}
