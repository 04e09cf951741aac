internal import Basics
internal import Processes

extension Subprocess {
    /// Runs it; a fence that cannot be built is not believed in any more by those who come after.
    func runFenced(
        _ context: Context, cancellation: Cancellation? = nil,
        onLine: ((OutputStream, String) -> Void)? = nil
    ) throws(SpawnError) -> ProcessOutcome {
        do throws(SpawnError) {
            return try run(cancellation: cancellation ?? context.cancellation, onLine: onLine)
        } catch {
            if error.fence != nil { OverlayTrial(context).forget() }
            throw error
        }
    }
}
