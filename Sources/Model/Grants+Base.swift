package import Paths

extension Grants {
    /// What is at a path of the base.
    package enum Entry: Sendable { case directory, file, symlink }

    /// The same for a file system that holds the base: what is not there yet is made in the nearest directory that is,
    /// and nothing is granted or kept through a symlink, which leads somewhere else.
    ///
    /// A symlink itself can only be exchanged, in its directory.
    package func settled<Failure: Error>(on entry: (RepoPath) throws(Failure) -> Entry?) throws(Failure) -> Grants
    {
        var (settled, kinds): (Grants, [RepoPath: Entry?]) = (self, [:])
        func kind(_ path: RepoPath) throws(Failure) -> Entry? {
            if let known = kinds[path] { return known }
            let found = try entry(path)
            kinds[path] = .some(found)
            return found
        }
        /// The first part of the way to a path that is no directory.
        func obstacle(above path: RepoPath) throws(Failure) -> RepoPath? {
            for parent in path.parents where try kind(parent) != .directory { return parent }
            return nil
        }
        for path in files {
            let obstacle = try obstacle(above: path)
            if obstacle == nil, try kind(path) != .symlink { continue }
            settled.files.remove(path)
            settled.open((obstacle ?? path).parent)
        }
        for path in directories {
            let obstacle = try obstacle(above: path)
            if obstacle == nil, try kind(path) == .directory { continue }
            settled.directories.remove(path)
            settled.open((obstacle ?? path).parent)
        }
        for path in subtrees {
            let obstacle = try obstacle(above: path) ?? path
            guard try kind(obstacle) == .symlink else { continue }
            settled.subtrees.remove(path)
            settled.open(obstacle.parent)
        }
        for path in kept where try kind(obstacle(above: path) ?? path) == .symlink { settled.kept.remove(path) }
        return settled
    }
}

extension RepoPath {
    /// The directories above, the uppermost first.
    fileprivate var parents: [RepoPath] {
        var (found, above): ([RepoPath], RepoPath?) = ([], parent)
        while let path = above {
            found.append(path)
            above = path.parent
        }
        return found.reversed()
    }
}
