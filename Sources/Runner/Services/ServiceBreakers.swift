internal import Basics
internal import Journal
internal import Model
internal import Synchronization

/// The breakers of forges and model services, as every process of this home sees them: their state is the journal's.
final class ServiceBreakers: Sendable {
    private let context: Context
    /// Who asks: whoever finds out whether an outage is over keeps the others from asking meanwhile.
    private let holder: String
    private let machine: MachineConfiguration
    private let writes: Bool
    /// Services against which something counts, as far as this process knows.
    private let suspects = Mutex<Set<Service>>([])

    /// `writes`: whether what is seen is recorded; who only looks asks no service that fails.
    init(_ context: Context, _ machine: MachineConfiguration, writes: Bool) {
        (self.context, self.writes, self.machine) = (context, writes, machine)
        holder = "probe-\(context.identifiers.short())"
    }

    /// Why the service is not to be asked now; `nil` where it may be.
    func trip(of service: Service) throws(JournalError) -> ServiceTrip? {
        guard let breaker = try known(service, in: try context.readJournal()) else { return nil }
        _ = suspects.withLock { $0.insert(service) }
        let (now, limit) = (context.clock.now(), machine.breakerLimit(of: service))
        guard breaker.isOpen else { return nil }
        if let probe = breaker.probe, probe.holder == holder, now < probe.until { return nil }
        if let trip = breaker.trip(at: now, limit) { return trip }
        // It is due: one process finds out, the others wait for what it says.
        guard writes else { return ServiceTrip(breaker: breaker, isProbed: false, limit: limit) }
        let holder = holder
        let isOurs = try change(service) { breaker in
            breaker.taken(by: holder, at: now).map { (.breakerProbed, $0) }
        }
        return isOurs ? nil : try known(service, in: try context.readJournal())?.trip(at: now, limit)
    }

    private func known(_ service: Service, in journal: Journal?) throws(JournalError) -> ServiceBreaker? {
        try journal?.serviceBreaker(service.name).flatMap(ServiceBreaker.init)
    }

    /// It answered, whatever it said.
    func answered(_ service: Service) {
        guard writes, suspects.withLock({ $0.contains(service) }) else { return }
        let holder = holder
        told { () throws(JournalError) in
            try change(service) { $0.answered(by: holder).map { (.breakerReset, $0) } }
        }
        _ = suspects.withLock { $0.remove(service) }
    }

    func failed(_ service: Service, _ reason: String) {
        guard writes else { return }
        _ = suspects.withLock { $0.insert(service) }
        let (holder, limit, now) = (holder, machine.breakerLimit(of: service).value, context.clock.now())
        told { () throws(JournalError) in
            try change(service) { breaker in
                breaker.failed(reason, by: holder, at: now, limit)
                    .map { ($0.isOpen ? .breakerTripped : .breakerCounted, $0) }
            }
        }
    }

    /// That it could not be written down is told, and is no failure of the work.
    private func told(_ body: () throws(JournalError) -> Bool) {
        do throws(JournalError) { _ = try body() } catch { context.observer.warning(error) }
    }

    /// Looks and records in one transaction; returns whether there was anything to record.
    private func change(
        _ service: Service, _ next: (ServiceBreaker) -> (EventType, ServiceBreaker)?
    ) throws(JournalError) -> Bool {
        let context = context
        let records = try context.journal().append(missing: { (journal) throws(JournalError) in
            let breaker = try known(service, in: journal) ?? ServiceBreaker(service)
            guard let (type, changed) = next(breaker) else { return [] }
            return [context.event(.other(type, changed.json))]
        })
        return !records.isEmpty
    }
}
