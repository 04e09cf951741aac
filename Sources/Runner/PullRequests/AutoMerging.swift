internal import Basics
internal import Forges
internal import Journal
internal import Model

/// Lets pull requests merge by themselves, where the policy wants that and everything it asks for is there.
struct AutoMerging {
    let forge: TargetForge
    let settings: AutoMerge

    /// What was decided about one pull request, and what became of it.
    struct Outcome {
        let decision: AutoMergeDecision
        let isMerged: Bool
        let note: String?
    }

    /// Decides, records the decision where it is a new one, and only then acts on it.
    ///
    /// `head` is the commit that Leviathan pushed last; nothing else is ever merged.
    func consider(
        _ number: Int, scope: String?, head: ObjectID, _ events: PullRequestEvents
    ) throws(StageError) -> Outcome? {
        guard settings.enabled, let scope, settings.scopes.contains(scope) else { return nil }
        let review = try forge.ask { (client) throws(ForgeError) in try client.review(of: number) }
        let decision = AutoMergeDecision.decide(
            AutoMergeDecision.Case(
                settings: settings, scope: scope, review: review, expectedHead: head,
                forgeMerges: forge.mergesByItself))
        let facts = Event.MergeDecision(decision: decision.name, reason: decision.reason, commit: head)
        try events.recordNews(.pullRequestMergeDecided(events.name, facts))
        return try carryOut(decision, number, head, events)
    }

    /// What the forge itself refuses is a word from its own rules, and no failure of this run.
    private func carryOut(
        _ decision: AutoMergeDecision, _ number: Int, _ head: ObjectID, _ events: PullRequestEvents
    ) throws(StageError) -> Outcome {
        do throws(ForgeError) {
            switch decision {
            case .leave, .wait: return Outcome(decision: decision, isMerged: false, note: nil)
            case .leaveToForge(let method, _):
                try forge.client.enableAutoMerge(number, expecting: head, method: method)
                return Outcome(decision: decision, isMerged: false, note: nil)
            case .merge(let method, _):
                let commit = try forge.client.merge(number, expecting: head, method: method)
                do throws(StageError) { try events.recordEnding(.merged, mergeCommit: commit) } catch {
                    return Outcome(decision: decision, isMerged: true, note: error.description)
                }
                return Outcome(decision: decision, isMerged: true, note: nil)
            }
        } catch {
            switch error.kind {
            case .conflict, .forbidden, .invalid, .unsupported, .notFound:
                return Outcome(decision: decision, isMerged: false, note: error.description)
            default: throw TargetForge.stageError(error)
            }
        }
    }
}

extension AutoMergeDecision {
    /// How the journal calls it.
    var name: String {
        switch self {
        case .leave: "leave"
        case .wait: "wait"
        case .merge: "merge"
        case .leaveToForge: "leave-to-forge"
        }
    }
}
