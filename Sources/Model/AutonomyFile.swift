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
    /// The forges that credentials may go to beside the hosts of remotes.
    package var forges: [MachineForge] = []
    package var groups: [TargetGroup] = []
    /// Where versions of packages are asked for, by the name of the ecosystem.
    package var registries: [String: String] = [:]
    package var notifications = NotificationSettings()
    package var controlPlane = ControlPlaneSettings()
    /// The remote, by name or address, that the heads of the journal are brought to as well.
    package var anchorRemote: String?
    /// When a forge or a model service is left alone after failures in a row.
    package var serviceBreaker: Limits.Breaker?
    /// The same, of services that it is said of by name.
    package var serviceBreakers: [Service: Limits.Breaker] = [:]
    /// Where attempts run.
    package var dispatch = DispatchSettings()

    package init() {}

    /// The limit of a service's breaker: what is said of it, else of all, else five failures and five minutes.
    package func breakerLimit(of service: Service) -> EffectiveLimit<Limits.Breaker> {
        guard let serviceBreaker = serviceBreakers[service] ?? serviceBreaker else {
            return EffectiveLimit(
                value: Limits.Breaker(failures: 5, cooldown: .seconds(300)), source: .platform)
        }
        return EffectiveLimit(value: serviceBreaker, source: .machine)
    }
}

/// Targets that share limits, and a part of the attempts.
package struct TargetGroup: Hashable, Sendable {
    package let name: String
    /// From 1 to 16: how often its turn comes.
    package var weight = 1
    package var limits = Limits()

    package init(_ name: String) { self.name = name }
}

/// A forge that the user of a machine named.
package struct MachineForge: Hashable, Sendable {
    /// The host of remotes that are on it, with its port where that is not the usual one; lower-case.
    package let host: String
    /// `auto` where the host tells.
    package var kind = DeliverySettings.Forge.auto
    package var apiURL: String?
    /// The most changes that it is asked for within a minute and within an hour.
    package var writesPerMinute: Int?
    package var writesPerHour: Int?

    package init(host: String, kind: DeliverySettings.Forge = .auto, apiURL: String? = nil) {
        (self.host, self.kind, self.apiURL) = (host, kind, apiURL)
    }
}
