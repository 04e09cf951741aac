import Journal
import Model
import Paths
import Runner
import Scheduler

/// Proposals that touch the same files, or files of one owner, counted anew from the world itself.
extension SchedulerWatch {
    func seeFiles(_ grant: Grant, _ invariant: Int) {
        guard let target = host[grant.target], let task = target.contract.backlog[grant.task] else { return }
        let others = touched(in: target, besides: grant.task)
        let own = task.allowedPaths.map(\.text)
        if let limit = target.contract.policy.limits.maxOpenPerPath {
            let count = others.count { OwnedFiles.overlap($0, own) }
            if count >= limit { broke(invariant, "\(count + 1) of \(limit) touch what \(grant.task) touches") }
        }
        guard let limit = target.contract.policy.limits.maxOpenPerOwner else { return }
        for owner in OwnedFiles.owners(of: own) {
            let count = others.count { OwnedFiles.owners(of: $0).contains(owner) }
            if count >= limit { broke(invariant, "\(count + 1) of \(limit) touch files of \(owner)") }
        }
    }

    /// What each other proposal or attempt touches: the files of what is open, else all that its task allows.
    private func touched(in target: SimulatedTarget, besides own: String) -> [[String]] {
        let open = target.proposals.filter { $0.state == .open && $0.task != own }
        let running = ((try? host.store.claims()) ?? []).filter { claim in
            claim.target == target.name && claim.task != own && !open.contains { $0.task == claim.task }
        }
        return open.map { $0.files.map { "\($0)" } }
            + running.map { claim in target.contract.backlog[claim.task]?.allowedPaths.map(\.text) ?? ["**"] }
    }
}

/// The few forms of paths that random worlds have, and who owns them, without the engine that decides.
enum OwnedFiles {
    private static let rules = [("api/", "@api"), ("docs/", "@docs"), ("ops/", "@ops"), ("docs/api.md", "@api")]

    static func owners(of texts: [String]) -> Set<String> {
        Set(
            texts.flatMap { text -> [String] in
                guard let directory = directory(text) else {
                    return rules.last { text.hasPrefix($0.0) }.map { [$0.1] } ?? []
                }
                return rules.filter { $0.0.hasPrefix(directory) || directory.hasPrefix($0.0) }.map(\.1)
            })
    }

    static func overlap(_ some: [String], _ others: [String]) -> Bool {
        some.contains { one in others.contains { overlap(one, $0) } }
    }

    private static func overlap(_ one: String, _ other: String) -> Bool {
        switch (directory(one), directory(other)) {
        case (let left?, let right?): left.hasPrefix(right) || right.hasPrefix(left)
        case (let left?, nil): other.hasPrefix(left)
        case (nil, let right?): one.hasPrefix(right)
        case (nil, nil): one == other
        }
    }

    /// `docs/` of `docs/**`; `nil` for a single file.
    private static func directory(_ text: String) -> String? {
        text.hasSuffix("**") ? String(text.dropLast(2)) : nil
    }
}
