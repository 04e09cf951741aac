internal import Basics
internal import CommandLine
internal import Model
internal import Runner

/// `leviathan doctor`: what works here, found out by trying.
enum DoctorCommand: Command {
    static let name = "doctor"

    static let spec = CommandSpec(
        name, group: .setUp, "Try what Leviathan needs on this machine and in this checkout",
        discussion: """
            Each finding is ok, a warning or a problem, with what mends it and whether --fix does that: what dead processes \
            left open, stale locks of git, and the permissions of the home. It says which credentials would be used and \
            what they may do, without showing them. It ends with 3 where there is a problem, with --strict for a warning too; \
            --quiet shows the problems alone.
            """,
        options: [
            OptionSpec("fix", "Mend what can be mended safely"),
            OptionSpec("strict", "End with 3 for warnings as well"),
            OptionSpec(
                "minimum", .value("RUNG"), choices: FenceRung.allCases.map(\.rawValue),
                "Take a fence that is weaker for a problem"),
        ],
        examples: [CommandSpec.Example("leviathan doctor --fix", "after a crash")])

    private static let column = (mark: 9, name: 13)

    static func run(_ context: CommandContext) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let findings = Doctor(
            context.shared, directory: context.directory, mends: context.arguments.flag("fix"),
            version: VersionCommand.number,
            minimum: context.arguments.value("minimum").flatMap(FenceRung.init(rawValue:))
        ).examine()
        if context.isJSON {
            context.output.json(.array(findings.map(\.json)))
        } else {
            for finding in findings where !context.output.isQuiet || finding.state == .problem {
                context.output.data(text(finding, context.output))
            }
            context.output.note(summary(findings))
        }
        let worst: [DoctorFinding.State] = context.arguments.flag("strict") ? [.problem, .warning] : [.problem]
        return findings.contains { worst.contains($0.state) } ? .invalid : .done
    }

    private static func text(_ finding: DoctorFinding, _ output: Printer) -> String {
        let word = finding.state.rawValue
        let palette = output.palette
        let mark =
            switch finding.state {
            case .ok: palette.green(word)
            case .warning: palette.yellow(word)
            case .problem: palette.red(word)
            }
        let margin = column.mark + column.name
        func filled(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count))
        }
        // On a narrow terminal the text stands below the name.
        let isNarrow = output.width < margin + 30
        let indent = isNarrow ? 2 : margin
        let head = mark + filled(word, column.mark) + finding.name
        let body = Wrapping.wrap(SafeText.line(finding.text), width: output.width, indent: indent)
        let first =
            isNarrow ? head + "\n" + body : head + filled(finding.name, column.name) + body.dropFirst(indent)
        guard let hint = hint(finding) else { return first + "\n" }
        return first + "\n" + palette.dim(Wrapping.wrap(hint, width: output.width, indent: indent)) + "\n"
    }

    private static func hint(_ finding: DoctorFinding) -> String? {
        let hint = finding.hint.map { "mend: " + SafeText.line($0) }
        return finding.fix == .offered ? (hint ?? "mend:") + " (--fix does it)" : hint
    }

    private static func summary(_ findings: [DoctorFinding]) -> String {
        func counted(_ state: DoctorFinding.State, _ word: String) -> String? {
            let count = findings.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
        }
        let bad = [counted(.problem, "problem"), counted(.warning, "warning")].compactMap(\.self)
        let found = bad.isEmpty ? "nothing is wrong" : bad.joined(separator: ", ")
        let offered = findings.count { $0.fix == .offered }
        let mend = offered == 0 ? "" : "; 'leviathan doctor --fix' mends \(offered) of them"
        return "\(found), of \(findings.count) things that were looked at\(mend)"
    }
}
