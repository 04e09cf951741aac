package import Basics
package import Model
package import Runner

/// A target that a run looks at: a registered one, or the checkout that the command stands in.
package struct ScheduledTarget: Sendable {
    package let name: String
    let registration: TargetRegistration?
    package let group: TargetGroup?
    private let directory: String?
    /// When it is looked at, where something else than its policy says so.
    var cron: String?

    /// The checkout that the command stands in.
    package init(checkout directory: String) {
        (name, registration, group) = (directory, nil, nil)
        self.directory = directory
    }

    package init(_ registration: TargetRegistration, _ group: TargetGroup?) {
        (name, self.registration, self.group, directory) = (registration.name, registration, group, nil)
    }

    /// Refuses a registration under a name that the contract does not have: limits and records go by that.
    func demandName(of reading: TargetReading) throws(StageError) {
        guard let registration, registration.name != reading.target else { return }
        throw StageError(
            .invalid,
            "its contract calls the target '\(reading.target)', and it is registered as '\(registration.name)'",
            hint: "'leviathan target remove \(registration.name)', and add it again: limits are counted by name")
    }

    /// `nil` for the checkout that the command stands in.
    package var registeredName: String? { registration?.name }

    /// Where it is read from; cloned first where that has not been done.
    package func ready(_ context: Context) throws(StageError) -> String {
        if let directory { return directory }
        guard let registration else { return name }
        return try TargetClone(registration, context).ready()
    }
}

extension RunRequest {
    /// The targets that the run looks at: those that were named, else the checkout that it stands in, else all.
    package func scheduled(_ context: Context) throws(StageError) -> [ScheduledTarget] {
        if let file = try AutonomyFile.read(context) {
            guard file.autonomyEnabled else {
                throw StageError(
                    .refusal, "autonomy_enabled is not true in the file of '\(file.registration.name)'",
                    hint: "set 'autonomy_enabled: true' there to let the scheduler take its tasks")
            }
            var target = ScheduledTarget(file.registration, file.group)
            target.cron = file.cron
            return [target]
        }
        let registry = TargetRegistry(context)
        let machine = try MachineConfiguration.read(context)
        func scheduled(_ target: TargetRegistration) throws(StageError) -> ScheduledTarget {
            ScheduledTarget(target, try machine.group(of: target))
        }
        if !targets.isEmpty {
            return try targets.map { (name) throws(StageError) in
                let target = try registry.target(named: name)
                guard target.enabled else {
                    throw StageError(
                        .refusal, "the target '\(name)' is disabled", hint: "leviathan target enable \(name)")
                }
                return try scheduled(target)
            }
        }
        if !takesAll, try TargetCheckout.isInOne(directory) { return [ScheduledTarget(checkout: directory)] }
        let known = try registry.readable().filter(\.enabled)
        guard !known.isEmpty else {
            throw StageError(
                .invalid, "there is no target to look at: this is no repository, and none is registered",
                hint: "go into a checkout, or register one with 'leviathan target add URL'")
        }
        return try known.map(scheduled)
    }
}
