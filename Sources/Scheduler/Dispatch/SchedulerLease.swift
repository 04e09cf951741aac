package import Basics
internal import Kubernetes
internal import Model
package import Runner

/// Lets a scheduler work only while a Lease of its cluster is its own.
package struct SchedulerLease {
    private let lease: LeaderLease
    private let context: Context

    package init(_ name: String, _ context: Context) throws(StageError) {
        let settings = try MachineConfiguration.read(context).dispatch
        let access: ClusterAccess
        do throws(ClusterAccessError) {
            access = try ClusterAccess.find(context.environment, context: settings.context)
        } catch { throw StageError(.invalid, error) }
        let host = context.environment["HOSTNAME"].flatMap { $0.isEmpty ? nil : $0 } ?? "leviathan"
        lease = LeaderLease(
            ClusterClient(access, context), name: name, in: settings.namespace ?? access.namespace,
            holder: host + "-" + context.identifiers.short(), clock: context.clock)
        self.context = context
    }

    /// Until the context is cancelled; `work` gets one that is cancelled as well once somebody else may lead.
    package func run(_ work: (Context) -> Void) {
        let observer = context.observer
        lease.run(context.cancellation, tell: { observer.progress($0) }) { lead in work(context.with(lead)) }
    }
}
