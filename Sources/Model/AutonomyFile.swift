/// The older form of a target: one flat file that says where it is and how far it may go by itself.
package struct AutonomyFile: Hashable, Sendable {
    package var registration: TargetRegistration
    package var autonomyEnabled = false
    package var limits = Limits()
    package var cron: String?
    package var controlPlaneURL: String?
    package var workerImage: String?
    package var workerNamespace: String?
    package var workspaceDirectory: String?

    package init(registration: TargetRegistration) { self.registration = registration }
}

/// What `config.yaml` in Leviathan's home says about this machine.
package struct MachineConfiguration: Hashable, Sendable {
    package var limits = Limits()

    package init() {}
}
