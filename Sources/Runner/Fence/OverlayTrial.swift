internal import Basics
internal import Processes

/// Finds out, by trying, whether programs can run above an overlay, and remembers it for the processes that follow.
struct OverlayTrial {
    private static let fileLimit = 16 << 10
    private let context: Context

    init(_ context: Context) { self.context = context }

    /// Why no overlay can be had here; `nil` when one can.
    func problem() -> String? {
        guard let bytes = try? FileSystem.read(file, limit: Self.fileLimit), let known = try? JSON.parse(bytes),
            known["key"]?.string == FenceSupportText.key, let support = known["support"]?.string,
            FenceSupportText.adopt(support)
        else { return tried() }
        return nil
    }

    /// The same, found out now.
    func tried() -> String? {
        let problem = attempt()
        if problem == nil, let support = FenceSupportText.text {
            let known: JSON = ["key": .string(FenceSupportText.key), "support": .string(support)]
            try? FileSystem.write(Array(known.text().utf8), to: file, permissions: 0o600)
        } else {
            forget()
        }
        return problem
    }

    /// A fence that could not be built is tried out anew the next time.
    func forget() { try? FileSystem.removeTree(file) }

    private var file: String { context.home + "/fence.json" }

    private func attempt() -> String? {
        do throws(StageError) {
            let place = try FenceDirectories(context)
            var program = Subprocess("/bin/true", environment: [:])
            program.workingDirectory = place.mount
            program.fence = try place.trial()
            do throws(SpawnError) {
                let outcome = try program.run(cancellation: context.cancellation)
                return outcome.succeeded ? nil : "a trial ended with \(outcome.ending)"
            } catch { return error.causes.first ?? error.message }
        } catch { return error.message }
    }
}
