internal import Basics
internal import Executors
internal import Journal
internal import Model

/// Lets a model service be asked as far as its breaker allows, for all processes of this home.
final class ModelGate: ServiceGate {
    private let breakers: ServiceBreakers

    init(_ context: Context, _ machine: MachineConfiguration, writes: Bool) {
        breakers = ServiceBreakers(context, machine, writes: writes)
    }

    func admit(_ host: String) throws(ExecutorError) {
        let trip: ServiceTrip?
        do throws(JournalError) { trip = try breakers.trip(of: Service(.model, host)) } catch {
            throw ExecutorError("agent", error)
        }
        guard let trip else { return }
        var held = ExecutorError("agent", trip.text, hint: trip.hint)
        held.origin = .heldOff
        throw held
    }

    func answered(_ host: String) { breakers.answered(Service(.model, host)) }

    func failed(_ host: String, _ reason: String) { breakers.failed(Service(.model, host), reason) }
}
