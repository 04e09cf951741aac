internal import Basics
internal import CommandLine

/// `leviathan __man`: writes the pages for `man`, for packages.
enum ManCommand: Command {
    static let name = "__man"

    static let spec = CommandSpec(
        name, "Write the pages for man",
        options: [OptionSpec("date", .value("DAY"), "The day of the release, such as 2026-11-30")],
        arguments: [ArgumentSpec("DIRECTORY", completion: .directories, "Where the pages are written")],
        isHidden: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let directory = context.arguments.argument("DIRECTORY") ?? "."
        let date = context.arguments.value("date") ?? String(context.shared.clock.now().description.prefix(10))
        let pages = ManualPage(Program.spec, date: date)
        try FileSystem.createDirectory(directory)
        let paths = Program.spec.descendants.map(\.path).filter { $0.count == 1 && !$0[0].hasPrefix("__") }
        for path in [[]] + paths {
            let text = Array(pages.render(path).utf8)
            try FileSystem.write(text, to: directory + "/\(pages.name(path)).1")
        }
        return .done
    }
}
