package import Basics
package import Runner

/// One look at every target of this machine, with every attempt in a child of this program's.
package enum LocalCycle {
    package static func run(
        _ request: RunRequest, due: DueTargets? = nil, _ context: Context
    ) throws(StageError) -> CycleResult {
        let arguments = request.isOffline ? ["--offline"] : []
        let dispatcher = ChildDispatcher(program: program, arguments: arguments, context)
        let host = LocalCycleHost(request, try request.scheduled(context), dispatcher, context)
        return try Cycle(request, host, due: due, context).run()
    }

    /// This program's own file.
    package static var program: String { FileSystem.linkTarget("/proc/self/exe") ?? "leviathan" }
}
