package import Basics
package import CommandLine
internal import Glibc
internal import Model
internal import Runner

/// What a command works with: its arguments, its context, and where it prints.
package struct CommandContext {
    package let arguments: ParsedArguments
    package let shared: Context
    /// Where `-C` leads.
    package let directory: String
    package let output: Printer

    package var isJSON: Bool { arguments.flag("json") }
    package var palette: Palette { output.palette }
    /// How moments are shown.
    var times: TimeText { shared.times }

    /// What there is to say where nothing was ever recorded: data stays data.
    func noteEmptyJournal(_ json: JSON? = nil) -> ExitCode {
        if isJSON, let json { output.json(json) }
        output.note("the journal is empty: nothing has been done yet")
        return .done
    }
}

/// Waiting in loops that watch.
enum Pause {
    static func briefly() { usleep(150_000) }
}
