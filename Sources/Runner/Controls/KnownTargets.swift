package import Basics
package import Journal
internal import Model

/// The targets that are registered, or that the journal knows.
package struct KnownTargets {
    package let names: [String]

    package init(_ context: Context, _ journal: (any JournalStore)?) throws(StageError) {
        let registered = try TargetRegistry(context).readable().map(\.name)
        let recorded = try StageError.journaled { () throws(JournalError) in try journal?.targetNames() ?? [] }
        names = Set(registered + recorded).sorted()
    }

    /// Refuses a name that nobody knows: a switch that nobody reads would be worse than none.
    package func demand(_ name: String) throws(StageError) {
        guard !names.contains(name) else { return }
        throw StageError(
            .invalid, "no target '\(name)' is known",
            hint: Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
                ?? "'leviathan target list' shows those there are")
    }
}
