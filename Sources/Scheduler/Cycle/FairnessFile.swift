package import Basics
package import Runner

/// Where it is kept whose turn is next, so that a new process goes on where the last one was.
package struct FairnessFile {
    private static let sizeLimit = 16 << 20
    private let path: String
    private let context: Context

    package init(_ context: Context) { (self.context, path) = (context, context.home + "/scheduler.json") }

    /// A file that cannot be read costs nobody more than a turn: it is told of, and begun anew.
    package func read() -> Fairness {
        do throws(FileError) {
            guard FileSystem.exists(path) else { return Fairness() }
            let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
            if let known = (try? JSON.parse(bytes)).flatMap(Fairness.init) { return known }
            context.observer.warning(
                StageError(.invalid, "'\(path)' does not say whose turn is next", hint: "it is begun anew"))
        } catch { context.observer.warning(StageError(.unexpected, error)) }
        return Fairness()
    }

    package func write(_ fairness: Fairness) throws(StageError) {
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            try FileSystem.write(Array((fairness.json.text() + "\n").utf8), to: path, permissions: 0o600)
        } catch { throw StageError(.unexpected, error) }
    }
}
