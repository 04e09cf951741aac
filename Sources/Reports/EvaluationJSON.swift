package import Basics
package import Model
internal import Paths

/// The evaluation as one JSON document.
package enum EvaluationJSON {
    package static func document(_ evaluation: Evaluation) -> JSON {
        let document: JSON = [
            "verdict": .string(evaluation.verdict.rawValue), "summary": .string(evaluation.summary),
            "task": .optional(evaluation.task), "task_from": .optional(evaluation.taskSource),
            "scope": .optional(evaluation.scope), "head": json(evaluation.head), "rules": json(evaluation.rules),
            "merge_bases": .strings(evaluation.mergeBases.map(\.hex)), "commits": .integer(evaluation.commits),
            "changes": .array(evaluation.changes.map(json)),
            "writeback": .optional(evaluation.writeBackPath),
            "violations": .array(evaluation.violations.map(json)),
            "warnings": .array(evaluation.warnings.map(json)),
            "differences": .strings(evaluation.differences), "notes": .strings(evaluation.notes),
            "invariants": evaluation.invariants.map { .array($0.map(json)) } ?? .null,
            "invariants_defined": .integer(evaluation.invariantCount),
            "invariants_not_run": .optional(evaluation.omission?.rawValue),
            "reproduction": evaluation.reproduction.map(json) ?? .null,
            "duration_ms": .integer(Int(evaluation.duration.milliseconds)), "error": .null,
        ]
        return evaluation.redaction?.redacted(document) ?? document
    }

    private static func json(_ revision: Evaluation.Revision) -> JSON {
        ["name": .string(revision.name), "commit": .string(revision.commit.hex)]
    }

    private static func json(_ reproduction: Evaluation.Reproduction) -> JSON {
        [
            "outcome": .string(reproduction.outcome.rawValue), "commit": .string(reproduction.commit.hex),
            "reason": .optional(reproduction.reason),
        ]
    }

    package static func json(_ change: Change) -> JSON {
        [
            "path": .string(change.path.description), "operation": .string(change.operation.rawValue),
            "mode": .string(change.modeText), "added": .integer(change.added), "removed": .integer(change.removed),
        ]
    }

    package static func json(_ violation: Violation) -> JSON {
        [
            "rule": .string(violation.rule), "path": .optional(violation.path?.description),
            "line": .optional(violation.line), "message": .string(violation.message),
            "hint": .optional(violation.hint),
            "page": .string("\(Catalog.Kind.rule.page)#\(violation.rule)"),
        ]
    }

    package static func json(_ invariant: InvariantResult) -> JSON {
        [
            "name": .string(invariant.name), "outcome": .string(invariant.outcome.rawValue),
            "cached": .bool(invariant.cached), "duration_ms": .integer(Int(invariant.duration.milliseconds)),
            "log": .optional(invariant.log?.hex), "severity": .string(invariant.severity.rawValue),
            "rejects": .bool(invariant.rejects), "excused": .bool(invariant.isExcused),
            "detail": .optional(invariant.detail),
            "new_failures": invariant.comparison.map { .strings($0.newFailures) } ?? .null,
            "known_failures": invariant.comparison.map { .strings($0.knownFailures) } ?? .null,
        ]
    }
}
