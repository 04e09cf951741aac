package import Basics
internal import Forges
package import Model

/// The forge of a target, as far as it decides whether a task may begin; nobody asks it.
package struct KnownForge: Sendable {
    package let service: Service
    let kind: ForgeKind
    package let limits: ForgeWriteLimits
    /// The changes that it was asked for within the last hour, or why nobody knows.
    package let writes: @Sendable (Instant) -> Result<[Instant], FileError>

    /// A forge that is not this machine's.
    package init(
        _ service: Service, _ limits: ForgeWriteLimits,
        writes: @escaping @Sendable (Instant) -> Result<[Instant], FileError>
    ) {
        (self.service, self.limits, self.writes, kind) = (service, limits, writes, .github)
    }

    init(_ address: ForgeAddress, _ machine: MachineConfiguration, _ context: Context) {
        let host = address.credentialHost
        (service, kind) = (Service(.forge, host), address.kind)
        limits = ForgeWriteLimits(address, machine)
        let known = ForgeWrites(host, context)
        writes = { now in Result { () throws(FileError) in try known.times(at: now) } }
    }
}
