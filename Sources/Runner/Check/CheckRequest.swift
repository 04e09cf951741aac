/// What `check` is asked to judge, and how far.
package struct CheckRequest: Sendable {
    package var directory: String
    /// The tip of the branch that the change is to go to; its rules judge.
    package var base: String?
    package var head: String?
    package var task: String?
    /// Judges by a scope in place of a task.
    package var scope: String?
    /// Whether a branch that is nobody's task is rejected.
    package var requiresTask = false
    /// Whether the task is run again, to see that it gives the same tree.
    package var reproduces = false
    package var runsInvariants = true
    /// Whether missing history is fetched.
    package var fetches = false

    package init(directory: String) { self.directory = directory }
}
