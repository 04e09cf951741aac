internal import Basics
internal import Model

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
    private var knownOwn: OwnUse?

    /// The tasks of a target that something counts for.
    func own(of target: String, _ find: () -> LimitUse) -> OwnUse {
        if let knownOwn { return knownOwn }
        let found = OwnUse(use(find), target)
        knownOwn = found
        return found
    }

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

/// The tasks of a target that have something open, or that began within the last day.
final class OwnUse {
    private let open: Set<String>
    private let begun: Set<String>

    init(_ use: LimitUse, _ target: String) {
        open = Set(use.open.lazy.filter { $0.target == target }.compactMap(\.task))
        begun = Set(use.begun.lazy.filter { $0.target == target }.compactMap(\.task))
    }

    func isOpen(_ task: String) -> Bool { open.contains(task) }
    func contains(_ task: String) -> Bool { open.contains(task) || begun.contains(task) }
}

/// Answers that hold for one moment.
final class Remembered<Question: Hashable, Answer> {
    private var known: [Question: Answer] = [:]
    /// Neighbours in a backlog mostly ask the same.
    private var last: (question: Question, answer: Answer)?

    func answer<Failure>(_ question: Question, _ find: () throws(Failure) -> Answer) throws(Failure) -> Answer {
        if let last, last.question == question { return last.answer }
        let answer: Answer
        if let found = known[question] { answer = found } else { answer = try find() }
        known[question] = answer
        last = (question, answer)
        return answer
    }
}
