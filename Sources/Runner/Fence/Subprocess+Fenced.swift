internal import Basics
internal import Processes
internal import Workspaces

extension Subprocess {
    /// Runs it; a fence that cannot be built is not believed in any more by those who come after.
    func runFenced(
        _ context: Context, cancellation: Cancellation? = nil,
        onLine: ((OutputStream, String) -> Void)? = nil
    ) throws(SpawnError) -> ProcessOutcome {
        var program = self
        program.fence?.readOnly += slotMetadata
        program.redaction = context.redaction
        do throws(SpawnError) {
            return try program.run(cancellation: cancellation ?? context.cancellation, onLine: onLine)
        } catch {
            if error.fence != nil, error.excess == nil { OverlayTrial(context).forget() }
            throw error
        }
    }

    /// What git knows of the slots that the program stands on; nothing where the fence shows no metadata at all.
    private var slotMetadata: [String] {
        guard let fence, let directory = workingDirectory, fence.readOnly.contains(directory + "/.git") else {
            return []
        }
        return (fence.overlay?.lowers ?? [directory]).flatMap(SlotPool.metadata(ofCheckout:))
    }
}
