internal import Basics
internal import Forges

/// What a target's forge says of the proposals that are open there, whoever's journal knows them.
package enum OpenAtForge: Hashable, Sendable {
    package struct Proposal: Hashable, Sendable {
        package let number: Int
        /// The task that its branch is named for.
        package let task: String?

        package init(number: Int, task: String?) { (self.number, self.task) = (number, task) }
    }

    /// Nobody asked it: what the journal knows counts alone.
    case notAsked
    case counted([Proposal])
    /// It could not be asked, or did not say everything: nobody knows how many there are.
    case unknown(String)

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
            if error.kind == .cancelled { throw StageError(.interrupted, error) }
            return .unknown(([error.message] + error.causes).joined(separator: ": "))
        }
    }
}

extension LimitUse {
    /// The same with proposals that only the forge knows of.
    func adding(_ atForge: OpenAtForge, target: String, scope: (String) -> String?) -> LimitUse {
        guard case .counted(let proposals) = atForge else { return self }
        let known = Set(open.filter { $0.target == target }.map(\.name))
        return adding(
            open: proposals.filter { !known.contains("#\($0.number)") }.map { proposal in
                LimitUse.Entry(
                    target: target, scope: proposal.task.flatMap(scope), task: proposal.task,
                    name: "#\(proposal.number)")
            })
    }
}
