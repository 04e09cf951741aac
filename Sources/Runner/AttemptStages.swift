package import Basics
package import Journal

/// How long the parts of an attempt took, from its events.
///
/// An event is written when what it tells of is over: the time before it is its own, and never that of what came before.
/// Artifacts are kept on the way and end nothing. What was measured where it ran, such as an invariant among others at
/// once, has the time that its event names.
package enum AttemptStages {
    package struct Stage: Sendable {
        package let name: String
        /// Which of several of that name.
        package let subject: String?
        /// `nil` where the event begins the attempt or its time cannot be read.
        package let duration: Duration?

        package var json: JSON {
            [
                "name": .string(name), "subject": .optional(subject),
                "duration_ms": .optional(duration.map { Int($0.milliseconds) }),
            ]
        }
    }

    package static func of(_ events: [EventRecord]) -> [Stage] {
        var last: Instant?
        return events.compactMap { event in
            if event.type == .artifactCreated { return nil }
            let time = Instant(event.timestamp)
            defer { last = time ?? last }
            let since = time.flatMap { time in last.map { max(time - $0, .zero) } }
            return Stage(name: event.type.name, subject: subject(event), duration: measured(event) ?? since)
        }
    }

    private static func subject(_ event: EventRecord) -> String? {
        if case .invariantFinished(let run) = event.event { return run.name }
        return nil
    }

    private static func measured(_ event: EventRecord) -> Duration? {
        if case .invariantFinished(let run) = event.event { return run.milliseconds.map { .milliseconds($0) } }
        return nil
    }
}
