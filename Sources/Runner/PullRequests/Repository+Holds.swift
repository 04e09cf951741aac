internal import Basics
internal import Git
internal import Paths

extension Repository {
    /// Whether a base holds a delivered commit: as an ancestor, or, where it was squashed or picked, with the same files.
    ///
    /// A commit that is not here was made by another clone, and cannot be held by what is known of the base.
    func holds(_ commit: ObjectID, base: ObjectID) throws(GitError) -> Bool {
        do throws(GitError) {
            if try isAncestor(commit, of: base) { return true }
            let (delivered, held) = (try self.commit(commit), try self.commit(base).tree)
            guard let parent = delivered.parents.first else { return false }
            let changes = try diff(from: try self.commit(parent).tree, to: delivered.tree, countsLines: false)
            // The mark in the backlog is Leviathan's own, and others follow it there.
            let own = changes.filter { ($0.new ?? $0.old)?.path.components.first != Array(".leviathan".utf8)[...] }
            guard !own.isEmpty else { return false }
            for change in own {
                if let new = change.new, try entry(at: new.path, in: held)?.id != new.id { return false }
                if change.new == nil, let old = change.old, try entry(at: old.path, in: held) != nil {
                    return false
                }
            }
            return true
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }
}
