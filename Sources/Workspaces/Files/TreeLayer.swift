package import Basics
package import Git

/// An overlay's layer that turns a checkout of one tree into another.
package struct TreeLayer {
    /// Changed files as files, deletions as whiteouts, replaced directories as opaque ones.
    package static func write(
        _ repository: Repository, from base: ObjectID, to tree: ObjectID, in directory: String
    ) throws(WorkspaceError) {
        throw WorkspaceError(.storage, "not there yet")
    }
}
