package import Basics
internal import Model
package import Runner

/// One look at every target of this machine, with every attempt in a child of this program's.
package enum LocalCycle {
    package static func run(
        _ request: RunRequest, due: DueTargets? = nil, _ context: Context
    ) throws(StageError) -> CycleResult {
        let targets = try request.scheduled(context)
        let host = LocalCycleHost(request, targets, try dispatcher(request, targets, context), context)
        return try Cycle(request, host, due: due, context).run()
    }

    private static func dispatcher(
        _ request: RunRequest, _ targets: [ScheduledTarget], _ context: Context
    ) throws(StageError) -> any Dispatcher {
        let settings = try MachineConfiguration.read(context).dispatch
        // A dry run carries nothing out, and asks no cluster.
        if !request.isDryRun, request.dispatch ?? settings.kind == .kubernetes {
            return try KubernetesDispatcher(settings, targets.compactMap(\.registration), context)
        }
        let arguments = request.isOffline ? ["--offline"] : []
        return ChildDispatcher(program: program, arguments: arguments, context)
    }

    /// This program's own file.
    package static var program: String { FileSystem.linkTarget("/proc/self/exe") ?? "leviathan" }
}
