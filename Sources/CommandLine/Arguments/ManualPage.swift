internal import Basics

/// A page for `man`, made from what a command declares.
package struct ManualPage {
    private let program: CommandSpec
    private let date: String

    /// `date`: the day of the release, such as `2026-11-30`.
    package init(_ program: CommandSpec, date: String) { (self.program, self.date) = (program, date) }

    /// The name of the page of a command, without its section; the program's own for the empty path.
    package func name(_ path: [String]) -> String { ([program.name] + path).joined(separator: "-") }

    package func render(_ path: [String]) -> String {
        guard let command = path.isEmpty ? program : program.command(at: path) else { return "" }
        var lines = [
            ".Dd \(Self.day(date))", ".Dt \(name(path).uppercased()) 1", ".Os", ".Sh NAME",
            ".Nm \(Self.text(name(path)))",
            ".Nd \(Self.text(opening(command.summary)))", ".Sh SYNOPSIS",
            ".Nm \(program.name)", Self.text(usage(command, path)), ".Sh DESCRIPTION",
        ]
        lines += paragraphs(command.discussion.isEmpty ? command.summary + "." : command.discussion)
        lines += definitions("COMMANDS", command.visibleSubcommands.map { ($0.name, $0.summary) })
        lines += definitions("ARGUMENTS", command.arguments.map { ($0.usage, $0.explanation) })
        lines += definitions("OPTIONS", command.visibleOptions.map { ($0.usage, $0.explanation) })
        lines += examples(command)
        if !path.isEmpty { lines += [".Sh SEE ALSO", ".Xr \(program.name) 1"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func usage(_ command: CommandSpec, _ path: [String]) -> String {
        let usage = HelpPage.usage(of: command, path: path, program: program)
        return String(usage.dropFirst(program.name.count + 1))
    }

    /// A summary as it stands behind the name.
    private func opening(_ text: String) -> String {
        let first = text.prefix(1).lowercased() + text.dropFirst()
        return first.hasSuffix(".") ? String(first.dropLast()) : first
    }

    private func paragraphs(_ text: String) -> [String] {
        let parts = text.split(separator: "\n").map { Self.text(String($0)) }.filter { !$0.isEmpty }
        return Array(parts.map { [$0] }.joined(separator: [".Pp"]))
    }

    private func definitions(_ heading: String, _ rows: [(String, String)]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let items = rows.flatMap { [".It \(Self.text($0.0))", Self.text($0.1 + ".")] }
        return [".Sh \(heading)", ".Bl -tag -width Ds"] + items + [".El"]
    }

    private func examples(_ command: CommandSpec) -> [String] {
        guard !command.examples.isEmpty else { return [] }
        let items = command.examples.flatMap { [".It \(Self.text($0.line))", Self.text($0.explanation + ".")] }
        return [".Sh EXAMPLES", ".Bl -tag -width Ds"] + items + [".El"]
    }

    /// A sentence begins a line, and no line is long.
    private static func text(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ").replacing(". ", with: ".\n").split(separator: "\n").map
        {
            Wrapping.wrap(escaped(String($0)), width: 72).split(separator: "\n").map(guarded).joined(
                separator: "\n")
        }.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    }

    /// A line in which roff sees no command.
    private static func guarded(_ line: Substring) -> String {
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : String(line)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]

    /// `2026-11-30` as manual pages have it.
    private static func day(_ date: String) -> String {
        let parts = date.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return date }
        return "\(months[parts[1] - 1]) \(parts[2]), \(parts[0])"
    }
}
