package import Basics
internal import Glibc
internal import Model
package import Runner

/// Looks again and again until it is told to stop, and keeps to the schedule of each target.
package struct RunLoop {
    private let pause: Duration
    private let context: Context
    private let configuration: LastGoodConfiguration

    package init(every pause: Duration, _ context: Context) {
        (self.pause, self.context) = (max(pause, .seconds(1)), context)
        configuration = LastGoodConfiguration(context)
    }

    /// What goes wrong in one look is told, and the next one comes all the same.
    package func run(
        _ look: (Context, DueTargets) throws(StageError) -> Void, failed: (StageError) -> Void
    ) {
        let due = DueTargets(context.zones)
        while !context.cancellation.isCancelled {
            do throws(StageError) {
                try look(configuration.context(orTelling: failed), due)
            } catch { failed(error) }
            wait()
        }
        configuration.remove()
    }

    /// Up to a tenth longer than asked, so that many machines do not ask one forge at the same moment.
    private func wait() {
        let chance = context.identifiers.randomBytes(2).reduce(0) { $0 << 8 | Int64($1) }
        let milliseconds = pause.milliseconds + pause.milliseconds / 10 * chance / 65_536
        var wake = pollfd(fd: context.cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wake, 1, Int32(min(milliseconds, Int64(Int32.max))))
    }
}

/// The machine's configuration as it was when it could last be read: a new one that is wrong changes nothing.
private final class LastGoodConfiguration {
    private static let sizeLimit = 1 << 20
    private let context: Context
    private let copy: String
    private var hasCopy = false

    init(_ context: Context) {
        self.context = context
        copy = context.home + "/config-\(context.identifiers.short()).yaml"
    }

    /// The context to work in: what is wrong with the configuration is told, and the last good one counts.
    func context(orTelling tell: (StageError) -> Void) throws(StageError) -> Context {
        do throws(StageError) {
            _ = try MachineConfiguration.read(context)
        } catch {
            guard hasCopy else { throw error }
            tell(
                StageError(
                    error.kind, error.message, causes: error.causes,
                    hint: "what was read before stays in force until it is mended"))
            return context.with("LEVIATHAN_CONFIG", copy)
        }
        do throws(FileError) {
            let path = MachineConfiguration.path(context)
            let bytes = try FileSystem.status(path) == nil ? [] : FileSystem.read(path, limit: Self.sizeLimit)
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            try FileSystem.write(bytes, to: copy, permissions: 0o600)
            hasCopy = true
        } catch { throw StageError(.unexpected, error) }
        return context.with("LEVIATHAN_CONFIG", copy)
    }

    func remove() {
        do throws(FileError) { try FileSystem.removeTree(copy) } catch {
            context.observer.warning(StageError(.unexpected, error))
        }
    }
}
