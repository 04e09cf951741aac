package import Basics
internal import Journal
internal import Model
package import Runner

/// One attempt for a control plane: takes its lease, does the task, reports every event, and gives the lease back.
package struct WorkerRun {
    private let settings: WorkerSettings
    private let context: Context

    package init(_ settings: WorkerSettings, _ context: Context) {
        self.settings = settings
        // Everything of the attempt is below the one directory that a job has, unless somebody named another home.
        let isHomeNamed = context.environment["LEVIATHAN_HOME"]?.isEmpty == false
        self.context =
            isHomeNamed ? context : context.with("LEVIATHAN_HOME", settings.directory + "/.leviathan-home")
    }

    package func run() throws(StageError) -> ProposeResult {
        let client = PlaneClient(settings.plane, context)
        let keeper = LeaseKeeper(settings, client, context)
        let forwarder = EventForwarder(settings.plane, client, context)
        do throws(FileError) { try FileSystem.createDirectory(context.home, permissions: 0o700) } catch {
            throw StageError(.unexpected, error)
        }
        try keeper.take()
        defer { keeper.release() }
        forwarder.start()
        let result: ProposeResult
        do throws(StageError) { result = try propose(keeper) } catch {
            try? forwarder.end(patience: settings.patience)
            throw keeper.lost ?? error
        }
        try forwarder.end(patience: settings.patience)
        if result.error != nil, let lost = keeper.lost { throw lost }
        return result
    }

    private func propose(_ keeper: LeaseKeeper) throws(StageError) -> ProposeResult {
        let directory = try TargetClone(settings.target, context).ready()
        let reading = try TargetReading.read(directory, fetches: false, context)
        let name = reading.contract.target.id
        guard name == settings.target.name else {
            throw StageError(
                .invalid, "its contract calls the target '\(name)', and TARGET_NAME '\(settings.target.name)'",
                hint: "set TARGET_NAME to what the contract says")
        }
        var request = ProposeRequest(directory: directory, taskID: settings.task)
        request.attempt = settings.attempt
        request.mayDeliver = { () throws(StageError) in try keeper.confirm() }
        return Propose(request, context).run()
    }
}
