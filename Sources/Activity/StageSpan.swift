package import Basics
package import Journal

/// A stage of an attempt, from when the one before it ended until its own end was recorded.
package struct StageSpan: Hashable, Sendable {
    package enum Stage: Int, CaseIterable, Sendable {
        case workspace, executor, rules, invariants, push, pullRequest, finish

        package var words: String {
            self == .pullRequest ? "pull request" : "\(self)"
        }

        /// The stage that an event ends; `nil` where it says nothing of that.
        init?(endedBy type: EventType) {
            switch type {
            case .attemptStarted: self = .workspace
            case .changeFrozen: self = .executor
            case .policyJudged: self = .rules
            case .invariantFinished: self = .invariants
            case .branchPushed: self = .push
            case .pullRequestCreated, .pullRequestUpdated: self = .pullRequest
            case .attemptSucceeded, .attemptFailed, .attemptInterrupted: self = .finish
            default: return nil
            }
        }
    }

    package let stage: Stage
    package let start: Instant
    package internal(set) var end: Instant

    package var duration: Duration { max(end - start, .zero) }

    /// When something was recorded.
    package struct Moment: Sendable {
        package let type: EventType
        package let time: Instant

        package init(type: EventType, time: Instant) { (self.type, self.time) = (type, time) }
    }

    package static func spans(of events: [EventRecord]) -> [StageSpan] {
        spans(
            of: events.compactMap { event in Instant(event.timestamp).map { Moment(type: event.type, time: $0) } })
    }

    /// The stages that the events of one attempt tell of; invariants that ran beside each other are one.
    package static func spans(of events: [Moment]) -> [StageSpan] {
        guard var last = events.first?.time else { return [] }
        var spans: [StageSpan] = []
        for event in events.dropFirst() {
            guard let stage = Stage(endedBy: event.type.current) else { continue }
            let time = event.time
            if let before = spans.last, before.stage == stage {
                spans[spans.count - 1].end = max(before.end, time)
            } else {
                spans.append(StageSpan(stage: stage, start: last, end: max(last, time)))
            }
            last = max(last, time)
            // What follows is about the pull request, days later.
            if stage == .finish { break }
        }
        return spans
    }

    package var json: JSON {
        [
            "stage": .string(stage.words), "started_at": .string(start.description),
            "duration_ms": .integer(Int(duration.milliseconds)),
        ]
    }
}
