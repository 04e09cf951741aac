package import Basics
package import Model

/// The file below Leviathan's home that stops everything: looked at before a task begins and again before each effect
/// outside, and it works without the journal.
package struct StopSwitch {
    private static let sizeLimit = 64 << 10
    private let path: String
    private let context: Context

    package init(_ context: Context) { (self.context, path) = (context, context.home + "/stop") }

    /// The order in force; `nil` when nothing is stopped.
    ///
    /// A file that cannot be read counts as an order.
    package func order() -> StopOrder? {
        do throws(FileError) {
            guard try FileSystem.status(path) != nil else { return nil }
            return Self.order(String(decoding: try FileSystem.read(path, limit: Self.sizeLimit), as: UTF8.self))
        } catch { return StopOrder(problem: error.message) }
    }

    package func stop(reason: String?, endsRunning: Bool) throws(StageError) -> StopOrder {
        var order = StopOrder(reason: reason, since: context.clock.now().wholeSeconds, by: context.actor)
        // Whoever stops again without a word adds nothing to what was said the first time.
        if reason == nil, let standing = self.order(), standing.since != nil { order = standing }
        order.endsRunning = endsRunning || order.endsRunning
        let facts: JSON = [
            "reason": .optional(order.reason), "since": .optional(order.since?.secondsText),
            "by": .optional(order.by),
            "now": .bool(endsRunning),
        ]
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            try FileSystem.write(Array((facts.text() + "\n").utf8), to: path, permissions: 0o600)
        } catch { throw StageError(.unexpected, error) }
        return order
    }

    /// Whether there was an order to lift.
    package func resume() throws(StageError) -> Bool {
        do throws(FileError) {
            guard try FileSystem.status(path) != nil else { return false }
            try FileSystem.removeTree(path)
            return true
        } catch { throw StageError(.unexpected, error) }
    }

    /// Refuses an effect outside while everything is stopped.
    func refuseIfStopped(task: String) throws(StageError) {
        if let order = order() { throw StageError(Refusal(task, .stopped(order))) }
    }

    /// What a person may have written by hand is an order as well, and its text the reason.
    private static func order(_ text: String) -> StopOrder {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init)
        guard let facts = line.flatMap({ try? JSON.parse($0) }), facts.members != nil else {
            return StopOrder(reason: line)
        }
        var order = StopOrder(
            reason: facts["reason"]?.string, since: facts["since"]?.string.flatMap { Instant($0) },
            by: facts["by"]?.string)
        order.endsRunning = facts["now"]?.bool == true
        return order
    }
}
