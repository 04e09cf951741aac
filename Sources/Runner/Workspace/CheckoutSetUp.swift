internal import Basics
internal import Git
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// The set-up of checkouts that are used once: run in one of them, and copied into those that follow.
///
/// It runs before anything else is put there, so that its result is that of a tree and of nothing else.
struct CheckoutSetUp {
    private let line: String
    /// Of a result that is good everywhere, and of one that is good in this checkout only.
    private let keys: [String]
    private let store: SetupStore
    private let isFenced: Bool
    private let opening: WorkspaceOpening

    /// `nil` where the policy wants none.
    init?(
        _ opening: WorkspaceOpening, for ground: FilledTree, in checkout: String, isFenced: Bool = true,
        sparse: [RepoPath]? = nil
    ) throws(StageError) {
        let seeding = opening.plan.seeding
        let key: String?
        do throws(WorkspaceError) {
            key = try SetupStore.key(seeding, repository: ground.repository, tree: ground.tree)
        } catch { throw StageError(workspace: error) }
        guard let key, let line = seeding.setup else { return nil }
        let shape = sparse.map { ["sparse"] + $0.map(\.description).sorted() } ?? []
        let common = SetupStore.narrowed(key, to: ["checkout", isFenced ? "fenced" : "unfenced"] + shape)
        keys = [common, SetupStore.narrowed(common, to: [checkout])]
        (self.line, self.isFenced, self.opening) = (line, isFenced, opening)
        store = SetupStore(of: opening.repository, opening.context)
    }

    /// Gives a checkout that was just claimed what the set-up leaves; says what there is to say.
    func apply(to additions: CheckoutAdditions) throws(StageError) -> [String] {
        var notes: [String] = []
        do {
            let kept = try store.findOrFill(keys, cancellation: opening.context.cancellation) { draft in
                try run(in: additions.path)
                let (key, note) = try keep(additions, in: draft)
                notes += note
                return key
            }
            if let kept { try kept.copy(into: additions.path) }
        } catch let error as StageError { throw error } catch let error as WorkspaceError {
            throw StageError(workspace: error)
        } catch { throw StageError(.executor, "the result of the set-up cannot be kept", causes: ["\(error)"]) }
        return notes
    }

    /// The key to keep it under; what cannot be kept is run again another time, and is no failure.
    private func keep(_ additions: CheckoutAdditions, in draft: String) throws(StageError) -> (String?, [String]) {
        let reason: String
        do throws(WorkspaceError) {
            switch try additions.copy(into: draft) {
            case .whole(let namesCheckout): return (namesCheckout ? keys[1] : keys[0], [])
            case .not(let why): reason = why
            }
        } catch { reason = error.message }
        return (nil, ["what the set-up left is not kept for other attempts: \(reason)"])
    }

    private func run(in directory: String) throws(StageError) {
        let place = try FencedPlace(opening.context)
        let fence = place.fence(
            around: directory, granting: .everything, opening.plan.sandbox, gitDirectory: opening.gitDirectory)
        try WorkspaceSeeds.run(line, in: directory, isFenced ? fence : nil, opening)
    }
}
