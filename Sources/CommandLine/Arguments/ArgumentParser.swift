/// Reads command lines by the declared commands.
package struct ArgumentParser: Sendable {
    private let program: CommandSpec

    /// The options of `program` itself are understood before and after every command.
    package init(_ program: CommandSpec) { self.program = program }

    /// Reads the words after the program's own name.
    ///
    /// Whoever asks for help gets it, however broken the rest of the line is; only a command that
    /// does not exist is told first, because there is no page for it.
    package func parse(_ words: [String]) throws(UsageError) -> ParsedArguments {
        var reading = ArgumentReading(program)
        var rest = words[...]
        var problem: UsageError?
        while let word = rest.popFirst() {
            do throws(UsageError) { try reading.take(word, &rest) } catch { problem = problem ?? error }
        }
        if let problem, !reading.canShowHelp { throw problem }
        return try reading.finished()
    }
}
