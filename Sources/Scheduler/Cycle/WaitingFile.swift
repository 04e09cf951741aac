package import Basics
package import Runner

/// Where it is kept since when tasks have waited, so that a new process counts on.
package struct WaitingFile {
    private static let sizeLimit = 64 << 20
    private let path: String
    private let context: Context

    package init(_ context: Context) { (self.context, path) = (context, context.home + "/waiting.json") }

    /// A file that cannot be read costs nobody more than a place in the order: it is told of, and begun anew.
    package func read() -> WaitingTimes {
        do throws(FileError) {
            guard FileSystem.exists(path) else { return WaitingTimes() }
            let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
            if let known = (try? JSON.parse(bytes)).flatMap(WaitingTimes.init) { return known }
            context.observer.warning(
                StageError(.invalid, "'\(path)' does not say since when tasks wait", hint: "it is begun anew"))
        } catch { context.observer.warning(StageError(.unexpected, error)) }
        return WaitingTimes()
    }

    package func write(_ times: WaitingTimes) throws(StageError) {
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            try FileSystem.write(Array((times.json.text() + "\n").utf8), to: path, permissions: 0o600)
        } catch { throw StageError(.unexpected, error) }
    }
}
