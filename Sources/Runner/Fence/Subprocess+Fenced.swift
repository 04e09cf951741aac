internal import Basics
internal import Processes

extension Subprocess {
    /// Runs it; a fence that cannot be built is not believed in any more by those who come after.
    func runFenced(
        _ surroundings: Surroundings, cancellation: Cancellation? = nil,
        onLine: ((OutputStream, String) -> Void)? = nil
    ) throws(SpawnError) -> ProcessOutcome {
        do throws(SpawnError) {
            return try run(cancellation: cancellation ?? surroundings.cancellation, onLine: onLine)
        } catch {
            if error.fence != nil { OverlayTrial(surroundings).forget() }
            throw error
        }
    }
}
