package import Basics
internal import Journal
internal import Kubernetes
package import Model
package import Runner

/// Carries grants out as Jobs of a cluster: one Job an attempt, watched to its end.
package final class KubernetesDispatcher: Dispatcher {
    private let place: ClusterPlace
    private let client: ClusterClient
    private let board: JobBoard
    private let waiting: WaitingJobs
    private let targets: [String: TargetRegistration]
    private let context: Context

    /// `targets`: where workers clone from.
    package convenience init(
        _ settings: DispatchSettings, _ targets: [TargetRegistration], _ context: Context
    ) throws(StageError) {
        let access: ClusterAccess
        do throws(ClusterAccessError) {
            access = try ClusterAccess.find(context.environment, context: settings.context)
        } catch { throw StageError(.invalid, error) }
        try self.init(settings, targets, access, context)
    }

    init(
        _ settings: DispatchSettings, _ targets: [TargetRegistration], _ access: ClusterAccess, _ context: Context
    ) throws(StageError) {
        place = try ClusterPlace(settings, access, context)
        client = ClusterClient(access, context)
        board = JobBoard(client, in: place.namespace)
        waiting = WaitingJobs(context)
        self.targets = Dictionary(targets.map { ($0.name, $0) }) { $1 }
        self.context = context
    }

    deinit { board.end() }

    /// What cannot be asked may go on.
    package func isUnderWay(_ grant: Grant) -> Bool {
        do throws(ClusterError) {
            let job = place.job(of: grant, nil)
            return isOurs(try client.get(.jobs, job.name, in: place.namespace), grant)
        } catch { return error.reason != .notFound }
    }

    package func carryOut(_ grant: Grant) -> GrantOutcome {
        let target = targets[grant.target]
        guard target?.repositoryURL.isEmpty == false || grant.isAdopted else {
            return refused(
                "workers of a cluster clone the target, and '\(grant.target)' is not registered: "
                    + "'leviathan target add URL'", exitCode: 3)
        }
        let job = place.job(of: grant, target)
        let run = JobRun(job, grant, place, client, board, waiting, context)
        let ending = run.follow()
        waiting.remove(job.name)
        return JobOutcome(job, grant, place, client, context).outcome(of: ending)
    }

    private func isOurs(_ job: JSON, _ grant: Grant) -> Bool {
        job["metadata"]?["annotations"]?["leviathan.dev/grant"]?.string == grant.id
    }

    private func refused(_ message: String, exitCode: Int32) -> GrantOutcome {
        var outcome = GrantOutcome(outcome: "failed", exitCode: exitCode)
        outcome.message = message
        return outcome
    }
}

/// How following a Job came to its end.
enum JobRunEnding: Hashable, Sendable {
    case ended(JobEnding)
    /// It did not begin in time and was taken back, or the cluster takes none from here.
    case held(String)
    /// It cannot be made at all.
    case refused(String)
    /// A person ordered that everything ends.
    case stopped
    /// It goes on without this scheduler; unless it was seen to be made, nobody can tell whether it is there.
    case left(isMade: Bool)
}
