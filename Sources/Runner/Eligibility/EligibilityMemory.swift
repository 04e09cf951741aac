internal import Basics
internal import Model

/// What is the same for every task of a target at one moment, worked out once.

/// The changes that a forge was asked for, read once.
final class KnownWrites {
    private var known: Result<[Instant], FileError>?

    func times(_ forge: KnownForge?, at now: Instant) -> Result<[Instant], FileError> {
        guard let forge, !forge.limits.all.isEmpty else { return .success([]) }
        if let known { return known }
        let found = forge.writes(now)
        known = found
        return found
    }
}

/// The limits of tasks that set none of their own, worked out once for each scope.
final class ScopeLimits {
    typealias Found = (places: [(source: LimitSource, limits: Limits)], effective: EffectiveLimits)
    private var known: [String?: Found] = [:]

    func limits(
        of task: BacklogTask, _ places: () -> [(source: LimitSource, limits: Limits)]
    ) -> Found {
        let isShared = !task.setsLimits
        if isShared, let found = known[task.scope] { return found }
        let own = places()
        let found = (own, EffectiveLimits(own))
        if isShared { known[task.scope] = found }
        return found
    }
}

/// The open branches of a target, asked for once, and what is in use with them.
final class OpenBranches {
    private var known: [LimitUse.Entry]?
    private var knownUse: LimitUse?

    func use(_ find: () -> LimitUse) -> LimitUse {
        if let knownUse { return knownUse }
        let found = find()
        knownUse = found
        return found
    }

    func entries(_ find: () throws(StageError) -> [LimitUse.Entry]) throws(StageError) -> [LimitUse.Entry] {
        if let known { return known }
        let found = try find()
        known = found
        return found
    }
}

/// The breakers of a target: its newest attempts are gone through once for each limit, and not for each task.
final class KnownBreakers {
    private var known: [EffectiveLimit<Limits.Breaker>: BreakerHistory] = [:]

    func history(_ ended: [EndedAttempt], _ limit: EffectiveLimit<Limits.Breaker>) -> BreakerHistory {
        if let found = known[limit] { return found }
        let found = BreakerHistory(ended, limit)
        known[limit] = found
        return found
    }
}
