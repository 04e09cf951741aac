internal import Basics
internal import Forges
internal import Journal
internal import Model

/// Lets a forge be asked as far as its breaker and its limits of changes allow, for all processes of this home.
final class HomeForgeGate: ForgeGate {
    private let context: Context
    private let limits: ForgeWriteLimits
    private let breakers: ServiceBreakers

    /// `writes`: whether what is seen of the forge is recorded.
    init(_ address: ForgeAddress, _ machine: MachineConfiguration, writes: Bool, _ context: Context) {
        (self.context, limits) = (context, ForgeWriteLimits(address, machine))
        breakers = ServiceBreakers(context, machine, writes: writes)
    }

    func admit(_ host: String, isChange: Bool) throws(ForgeError) {
        let operation = isChange ? "change anything" : "ask anything"
        do throws(JournalError) {
            if let trip = try breakers.trip(of: Service(.forge, host)) {
                throw JournalError.refused(trip.text, hint: trip.hint)
            }
        } catch {
            throw ForgeError(.heldOff, operation, host: host, details: [error.message] + error.causes)
        }
        guard isChange else { return }
        try count(operation, host)
    }

    private func count(_ operation: String, _ host: String) throws(ForgeError) {
        let used: UsedWrites?
        do throws(FileError) {
            used = try ForgeWrites(host, context).count(limits, at: context.clock.now())
        } catch {
            // What cannot be counted is never taken for zero.
            guard !limits.all.isEmpty else { return context.observer.warning(error) }
            throw ForgeError(
                .heldOff, operation, host: host,
                details: ["nobody can tell how many changes it was asked for: \(error.message)"])
        }
        if let used { throw ForgeError(.heldOff, operation, host: host, details: [used.text]) }
    }

    func answered(_ host: String) { breakers.answered(Service(.forge, host)) }

    func failed(_ host: String, _ error: ForgeError) {
        breakers.failed(Service(.forge, host), ([error.message] + error.causes).joined(separator: ": "))
    }
}
