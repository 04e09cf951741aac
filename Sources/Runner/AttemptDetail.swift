package import Basics
package import Journal

/// One attempt with its events and artifacts, as pages and answers show it.
package struct AttemptDetail {
    private let attempt: AttemptRecord
    private let events: [EventRecord]
    private let artifacts: [ArtifactRecord]

    package init(_ attempt: AttemptRecord, _ events: [EventRecord], _ artifacts: [ArtifactRecord]) {
        (self.attempt, self.events, self.artifacts) = (attempt, events, artifacts)
    }

    package var stages: [AttemptStages.Stage] { AttemptStages.of(events) }

    package var violations: [String] { Self.violations(events) }

    package static func violations(_ events: [EventRecord]) -> [String] {
        events.flatMap { record -> [String] in
            guard case .policyJudged(let findings) = record.event else { return [] }
            return findings.violations.map { "\($0.message) [\($0.rule)]" }
        }
    }

    package var invariants: [String] {
        events.compactMap { record in
            guard case .invariantFinished(let run) = record.event else { return nil }
            return "\(run.name): \(run.outcome ?? "")\(run.log.map { ", log \($0.hex)" } ?? "")"
        }
    }

    package var json: JSON {
        let violations = events.filter { $0.type == .policyJudged }.flatMap {
            $0.payload["violations"]?.elements ?? []
        }
        let further: [JSON.Member] = [
            JSON.Member("stages", .array(stages.map(\.json))), JSON.Member("violations", .array(violations)),
            JSON.Member("invariants", .array(events.filter { $0.type == .invariantFinished }.map(\.payload))),
            JSON.Member("artifacts", .array(artifacts.map(\.json))),
            JSON.Member("events", .array(events.map(\.json))),
        ]
        return .object((attempt.json.members ?? []) + further)
    }
}
