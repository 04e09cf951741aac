package import Basics
package import Journal

/// What was done in a stretch of time, what came of it, and what waits for a person: of one moment of the journal.
package struct ActivityReport: Sendable {
    package let since: Instant
    package let until: Instant
    /// Only this target is told of; `nil` for all.
    package let target: String?
    /// The attempts that began in this time, the newest first, up to a bound.
    package internal(set) var attempts: [Entry] = []
    /// Attempts of this time that the bound left out.
    package internal(set) var omittedAttempts = 0
    /// Changes that are open, or that people decided about in this time.
    package internal(set) var changes: [ReviewedChange] = []
    /// What reviewers said last of a change.
    package internal(set) var reviews: [ChangeName: Event.ReviewState] = [:]
    package internal(set) var pending: [PendingMatter] = []
    package internal(set) var evidence: Evidence

    /// An attempt with what its events tell of it.
    package struct Entry: Sendable {
        package let attempt: AttemptRecord
        package internal(set) var stages: [StageSpan] = []
        package internal(set) var invariants: [Event.InvariantRun] = []
        /// The rules that the change broke.
        package internal(set) var brokenRules: [String] = []
        package internal(set) var models: [String] = []
        /// What each of them has cost in millionths of a dollar, as far as its price is known.
        package internal(set) var costs: [String: Int] = [:]

        package var money: Int { costs.values.reduce(0, +) }
    }

    package struct ChangeName: Hashable, Sendable {
        package let target: String
        package let number: Int
    }

    /// By what somebody else finds out whether the record is still the same.
    package struct Evidence: Sendable {
        package let head: JournalHead
        package let chains: [ChainHead]
        /// Where repositories keep the heads of this journal; `nil` where none was ever anchored.
        package let anchorReference: String?
    }

    package var merged: [ReviewedChange] { changes.filter { $0.state == "merged" } }

    package func count(_ outcome: String) -> Int { attempts.count { $0.attempt.outcome == outcome } }

    /// Of the attempts that came to an end by themselves, the part that did what it should, in percent.
    package static func successRate(_ attempts: [Entry]) -> Int? {
        let good = attempts.count { ["delivered", "unchanged"].contains($0.attempt.outcome) }
        let ended = good + attempts.count { ["rejected", "failed"].contains($0.attempt.outcome) }
        return ended == 0 ? nil : (good * 100 + ended / 2) / ended
    }

    /// The middle one; of an even number the later of the two.
    package static func median(_ durations: [Duration]) -> Duration? {
        durations.isEmpty ? nil : durations.sorted()[durations.count / 2]
    }
}

// MARK: Sums

extension ActivityReport {
    /// How attempts of one day came out.
    package struct Day: Hashable, Sendable {
        package let date: String
        package internal(set) var delivered = 0
        package internal(set) var unchanged = 0
        package internal(set) var rejected = 0
        package internal(set) var failed = 0
        package internal(set) var other = 0
    }

    /// Each day of the time in turn, those on which nothing was done among them.
    package var days: [Day] {
        let first = since.secondsSinceEpoch.flooredDivision(by: 86_400)
        let last = max(first, until.secondsSinceEpoch.flooredDivision(by: 86_400))
        var days = (max(first, last - 365)...last).map { Day(date: "\(CalendarDate(daysSinceEpoch: $0))") }
        let places = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1.date, $0) })
        for entry in attempts {
            guard let place = places[String(entry.attempt.createdAt.prefix(10))] else { continue }
            switch entry.attempt.outcome {
            case "delivered": days[place].delivered += 1
            case "unchanged": days[place].unchanged += 1
            case "rejected": days[place].rejected += 1
            case "failed": days[place].failed += 1
            default: days[place].other += 1
            }
        }
        return days
    }

    /// Why attempts came to nothing.
    package struct Reason: Hashable, Sendable {
        /// `rejected`, `failed` or `interrupted`.
        package let outcome: String
        package let words: String
        package let count: Int
        /// One of them.
        package let attempt: String
    }

    /// The most frequent first.
    package var reasons: [Reason] {
        var groups: [[String]: (count: Int, attempt: String)] = [:]
        for entry in attempts {
            guard let outcome = entry.attempt.outcome, ["rejected", "failed", "interrupted"].contains(outcome)
            else { continue }
            for words in entry.reasonWords {
                groups[[outcome, words], default: (0, entry.attempt.id)].count += 1
            }
        }
        return groups.map { Reason(outcome: $0[0], words: $0[1], count: $1.count, attempt: $1.attempt) }
            .sorted { ($1.count, $0.outcome, $0.words) < ($0.count, $1.outcome, $1.words) }
    }

    package struct TargetSum: Sendable {
        package let target: String
        package let attempts: [Entry]
        package let merged: [ReviewedChange]

        package var tokens: Int { attempts.reduce(0) { $0 + $1.attempt.tokens } }

        package var money: Int { attempts.reduce(0) { $0 + $1.money } }

        /// `nil` where nothing was merged.
        package var moneyPerMerge: Int? { merged.isEmpty ? nil : money / merged.count }

        /// `nil` where nothing was merged.
        package var tokensPerMerge: Int? { merged.isEmpty ? nil : tokens / merged.count }
    }

    /// What each model has cost, the dearest first.
    package var models: [(name: String, money: Int)] {
        var sums: [String: Int] = [:]
        for entry in attempts { sums.merge(entry.costs) { $0 + $1 } }
        return sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    package var targets: [TargetSum] {
        let attempts = Dictionary(grouping: self.attempts) { $0.attempt.target }
        let merged = Dictionary(grouping: self.merged) { $0.target }
        return Set(attempts.keys).union(merged.keys).sorted().map { name in
            TargetSum(target: name, attempts: attempts[name, default: []], merged: merged[name, default: []])
        }
    }
}

extension ActivityReport.Entry {
    /// Each rule that was broken, each invariant that rejected, or else the kind of failure: what is the same for many
    /// attempts.
    fileprivate var reasonWords: [String] {
        if !brokenRules.isEmpty { return Set(brokenRules).map { "rule \($0)" } }
        if attempt.outcome == "rejected" {
            let failed = invariants.filter { !["passed", "skipped", nil].contains($0.outcome) }
            if !failed.isEmpty { return Set(failed.map { "invariant \($0.name): \($0.outcome ?? "")" }).sorted() }
        }
        return [attempt.kind ?? attempt.reason ?? "no reason was recorded"]
    }
}
