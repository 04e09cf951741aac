package import Basics
package import Model

/// What this machine says of every target at one moment: its configuration, the registered targets, and an order to
/// stop.
package struct HomeState {
    let machine: MachineConfiguration
    let stop: StopOrder?
    /// What was handed to a cluster and has not begun there.
    let waitingJobs: [WaitingJob]
    package let now: Instant
    let zones: ZoneSource
    /// Whom tasks will ask, and what that may cost.
    let forecast: SpendingForecast
    /// The registered targets, by name; left unread where nothing asks for their groups.
    private let targets: [String: TargetRegistration]
    /// The names of each group's targets.
    private let members: [String: Set<String>]

    package init(_ context: Context) throws(StageError) {
        machine = try MachineConfiguration.read(context)
        let file = try AutonomyFile.read(context)
        let known = machine.groups.isEmpty ? [] : try TargetRegistry(context).readable()
        (targets, members) = Self.indexed(
            known.filter { $0.name != file?.registration.name } + [file?.registration].compactMap(\.self))
        stop = StopSwitch(context).order()
        waitingJobs = WaitingJobsFile(context).read()
        (now, zones) = (context.clock.now(), context.zones)
        forecast = SpendingForecast(environment: context.environment)
    }

    /// The state of a home that is not this machine's.
    package init(
        _ machine: MachineConfiguration, stop: StopOrder?, now: Instant, zones: ZoneSource,
        targets: [TargetRegistration]
    ) {
        (self.machine, self.stop, self.now, self.zones) = (machine, stop, now, zones)
        (self.targets, members) = Self.indexed(targets)
        (forecast, waitingJobs) = (SpendingForecast(), [])
    }

    private static func indexed(
        _ targets: [TargetRegistration]
    ) -> (targets: [String: TargetRegistration], members: [String: Set<String>]) {
        var members: [String: Set<String>] = [:]
        for target in targets { if let group = target.group { members[group, default: []].insert(target.name) } }
        return (Dictionary(targets.map { ($0.name, $0) }) { first, _ in first }, members)
    }

    /// The group of a target, with the names of all its targets.
    func group(of target: String) throws(StageError) -> (group: TargetGroup?, targets: Set<String>) {
        guard let registration = targets[target], let group = try machine.group(of: registration) else {
            return (nil, [])
        }
        return (group, members[group.name] ?? [])
    }

    /// Whether a limit of open proposals counts those of several targets.
    var sharesOpenProposals: Bool {
        machine.limits.maxOpenPullRequests != nil
            || machine.groups.contains { $0.limits.maxOpenPullRequests != nil }
    }

    /// Whether a task of one target can use up a limit of another: where nobody sets one for several, it cannot.
    package var sharesLimits: Bool {
        let limits = machine.limits
        return !machine.groups.isEmpty || limits.maxRunningAttempts != nil || limits.maxOpenPullRequests != nil
            || limits.maxTasksPerHour != nil || limits.maxTasksPerDay != nil
            || limits.dailyBudget != Limits.DailyBudget()
    }
}
