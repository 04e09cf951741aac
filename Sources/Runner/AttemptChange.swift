package import Basics
internal import Git
package import Journal
internal import Model

/// What an attempt changed, as far as the clone of its target on this machine holds it.
package struct AttemptChange {
    /// More of a patch is not shown.
    private static let limit = 5 << 20

    package let patch: [UInt8]
    package let isComplete: Bool

    package init(_ attempt: AttemptRecord, _ context: Context) throws(StageError) {
        let target = try TargetRegistry(context).readable().first { $0.name == attempt.target }
        guard let target, let directory = TargetClone(target, context).existing else {
            throw Self.missing("there is no clone of '\(attempt.target)' on this machine")
        }
        guard let base = attempt.base.flatMap({ ObjectID(hex: $0) }),
            let tree = attempt.tree.flatMap({ ObjectID(hex: $0) })
        else { throw Self.missing("the attempt ended before its change was frozen") }
        do throws(GitError) {
            let repository = try Repository.open(directory)
            let text = try repository.patchText(
                from: try repository.commit(base).tree, to: tree, findRenames: true, limit: Self.limit)
            (patch, isComplete) = (text.bytes, text.isComplete)
        } catch {
            switch error.kind {
            // A page that is looked at asks no remote.
            case .notFound, .promised: break
            default: throw StageError(.unexpected, error)
            }
            throw Self.missing("the clone of '\(attempt.target)' here does not hold the change any more")
        }
    }

    private static func missing(_ why: String) -> StageError {
        StageError(
            .invalid, why,
            hint: "what was delivered stands in its pull request; 'leviathan verify' makes the change again")
    }
}
