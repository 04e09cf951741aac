package import Basics
internal import Journal
internal import Model

/// A report for other programs.
extension ActivityReport {
    package var json: JSON {
        [
            "since": .string(since.description), "until": .string(until.description), "target": .optional(target),
            "attempts": .array(attempts.map(\.json)), "omitted_attempts": .integer(omittedAttempts),
            "days": .array(days.map(\.json)), "reasons": .array(reasons.map(\.json)),
            "targets": .array(targets.map(\.json)), "changes": .array(changes.map(json)),
            "models": .array(models.map { ["model": .string($0.name), "cost_usd": Money.json($0.money)] }),
            "pending": .array(pending.map(\.json)), "evidence": evidence.json,
        ]
    }

    private func json(_ change: ReviewedChange) -> JSON {
        let review = reviews[ChangeName(target: change.target, number: change.number)]
        let members = [
            JSON.Member("approvals", .optional(review?.approvals)),
            JSON.Member("changes_requested", .optional(review?.changesRequested)),
        ]
        return .object((change.json.members ?? []) + members)
    }
}

extension ActivityReport.Entry {
    fileprivate var json: JSON {
        let runs = invariants.map { run -> JSON in
            [
                "name": .string(run.name), "outcome": .optional(run.outcome),
                "duration_ms": .optional(run.milliseconds),
            ]
        }
        let members = [
            JSON.Member("stages", .array(stages.map(\.json))), JSON.Member("invariants", .array(runs)),
            JSON.Member("broken_rules", .strings(brokenRules)), JSON.Member("models", .strings(models)),
        ]
        return .object((attempt.json.members ?? []) + members)
    }
}

extension ActivityReport.Day {
    fileprivate var json: JSON {
        [
            "date": .string(date), "delivered": .integer(delivered), "unchanged": .integer(unchanged),
            "rejected": .integer(rejected), "failed": .integer(failed), "other": .integer(other),
        ]
    }
}

extension ActivityReport.Reason {
    fileprivate var json: JSON {
        [
            "outcome": .string(outcome), "reason": .string(words), "attempts": .integer(count),
            "example": .string(attempt),
        ]
    }
}

extension ActivityReport.TargetSum {
    fileprivate var json: JSON {
        let took = ActivityReport.median(attempts.compactMap(\.attempt.duration))
        let toMerge = ActivityReport.median(merged.compactMap(\.timeToDecide))
        return [
            "target": .string(target), "attempts": .integer(attempts.count),
            "success_percent": .optional(ActivityReport.successRate(attempts)), "merged": .integer(merged.count),
            "median_duration_ms": .optional(took.map { Int($0.milliseconds) }),
            "median_time_to_merge_s": .optional(toMerge.map { Int($0.components.seconds) }),
            "tokens": .integer(tokens), "tokens_per_merge": .optional(tokensPerMerge),
            "cost_usd": Money.json(money), "cost_per_merge_usd": moneyPerMerge.map(Money.json) ?? .null,
        ]
    }
}

extension ActivityReport.Evidence {
    fileprivate var json: JSON {
        [
            "events": .integer(head.sequence), "head": .optional(head.hash?.hex),
            "anchor_reference": .optional(anchorReference),
            "chains": .array(
                chains.map { chain in
                    [
                        "chain": .string(chain.name.text), "events": .integer(chain.events),
                        "hash": .string(chain.hash.hex),
                    ]
                }),
        ]
    }
}

/// The attempts of a report as lines of comma-separated values (RFC 4180), for spreadsheets.
package enum AttemptSheet {
    private static let columns = [
        "attempt", "target", "task", "scope", "attempt_number", "outcome", "kind", "reason", "executor", "base",
        "commit", "branch", "pull_request", "files", "added", "removed", "tokens", "created_at", "finished_at",
        "duration_ms",
    ]

    package static func text(_ report: ActivityReport) -> String {
        ([columns.joined(separator: ",")] + report.attempts.map { line($0.attempt) }).map { $0 + "\r\n" }.joined()
    }

    private static func line(_ attempt: AttemptRecord) -> String {
        let json = attempt.json
        return columns.map { name in
            switch json[name] {
            case .string(let text): cell(text)
            case .integer(let number): "\(number)"
            default: ""
            }
        }.joined(separator: ",")
    }

    /// A text that a spreadsheet would take for a formula is marked as text.
    private static func cell(_ text: String) -> String {
        let sound = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        guard sound.contains(where: { ",\"\r\n\r\n".contains($0) }) else { return sound }
        return "\"" + sound.replacing("\"", with: "\"\"") + "\""
    }
}
