internal import Basics

extension JSON {
    /// Refuses members of a task's inputs that the executor would silently pass over.
    func refuseKeys(besides known: [String], of executor: String) throws(ExecutorError) {
        for member in members ?? [] where !known.contains(member.name) {
            let nearest = Suggestion.nearest(to: member.name, among: known).map { "did you mean '\($0)'?" }
            throw ExecutorError(
                executor, "inputs knows no '\(member.name)'",
                hint: nearest ?? "it knows \(known.joined(separator: ", "))")
        }
    }
}
