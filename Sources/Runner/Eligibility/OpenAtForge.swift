package import Basics
internal import Forges

/// What a target's forge says of the proposals that are open there, whoever's journal knows them.
package enum OpenAtForge: Hashable, Sendable {
    package struct Proposal: Hashable, Sendable {
        package let number: Int
        /// The task that its branch is named for.
        package let task: String?

        package init(number: Int, task: String?) { (self.number, self.task) = (number, task) }
    }

    /// There is no forge: what the journal knows is all there is.
    case notAsked
    case counted([Proposal])
    /// As they were counted the last time.
    case remembered([Proposal], at: Instant)
    /// It could not be asked, or did not say everything: nobody knows how many there are.
    case unknown(String)
    /// It was never asked, or too long ago: whoever only looks counts what the journal knows, and says so.
    case unmeasured(String)

    /// Asks the forge; that it cannot tell is an answer as well, and holds what counts proposals.
    static func ask(_ forge: TargetForge?) throws(StageError) -> OpenAtForge {
        guard let forge else { return .notAsked }
        do throws(ForgeError) {
            return .counted(
                try forge.client.openProposals().map { request in
                    let branch = request.head
                    let task = AgentBranch.isOne(branch) ? String(branch.dropFirst(AgentBranch.prefix.count)) : nil
                    return Proposal(number: request.number, task: task ?? request.marker?.task)
                })
        } catch {
            if error.kind == .cancelled || error.kind == .heldOff { throw TargetForge.stageError(error) }
            return .unknown(([error.message] + error.causes).joined(separator: ": "))
        }
    }

    /// The same for whoever acts on it: what was not measured holds.
    package var binding: OpenAtForge {
        guard case .unmeasured(let why) = self else { return self }
        return .unknown(why)
    }

    /// What people are told of a count.
    func note(at now: Instant) -> String? {
        switch self {
        case .notAsked: nil
        case .counted: "counted at the forge"
        case .remembered(_, let time): "counted at the forge \(DurationText.text(max(.zero, now - time))) ago"
        case .unknown(let why): "not measurable: \(why)"
        case .unmeasured(let why): "only what this journal knows: \(why)"
        }
    }
}

extension LimitUse {
    /// The same with proposals that only the forge knows of; `decided` are those that people have decided about since
    /// it was asked, as far as the journal knows.
    func adding(
        _ atForge: OpenAtForge, target: String, decided: Set<Int>, scope: (String) -> String?
    ) -> LimitUse {
        let proposals: [OpenAtForge.Proposal]
        switch atForge {
        case .counted(let found): proposals = found
        case .remembered(let found, _): proposals = found.filter { !decided.contains($0.number) }
        default: return self
        }
        let known = Set(open.filter { $0.target == target }.map(\.name))
        return adding(
            open: proposals.filter { !known.contains("#\($0.number)") }.map { proposal in
                LimitUse.Entry(
                    target: target, scope: proposal.task.flatMap(scope), task: proposal.task,
                    name: "#\(proposal.number)")
            })
    }
}
