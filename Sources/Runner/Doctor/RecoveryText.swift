package import Journal

extension JournalVerification {
    /// What was looked at, and what nobody can look at any more.
    package var text: String {
        var text = "\(intactEvents) events, unbroken, in \(chains.count) chain\(chains.count == 1 ? "" : "s")"
        if prunedEvents > 0 { text += ", behind \(prunedEvents) that were removed and are sealed" }
        for name in unsealed { text += "; the closed chain '\(name)' is not sealed yet" }
        return text
    }
}

extension RecoveredAttempt {
    /// What became of it, for a person.
    package var text: String {
        switch fate {
        case .delivered: "\(claim.attempt) had been delivered when its process died"
        case .pushed:
            "\(claim.attempt) had pushed its branch when its process died; the next attempt sees to its pull request"
        case .interrupted: "\(claim.attempt) is closed as interrupted: its process had died"
        case .undecided(let reason): "\(claim.attempt) stays open, its process died in the delivery: \(reason)"
        }
    }
}

extension RecoveredAttempt.Fate {
    var isUndecided: Bool { if case .undecided = self { true } else { false } }
}
