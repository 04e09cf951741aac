internal import Basics
internal import CommandLine
internal import Runner

/// `leviathan doctor`: what works here, found out by trying.
enum DoctorCommand: Command {
    static let spec = CommandSpec(
        "doctor", group: .setUp, "Try what Leviathan needs on this machine and in this checkout",
        discussion:
            "Looks at git, the journal, the contract and the forge, and says which credentials would be used and what "
            + "they may do, without showing them.",
        options: [OptionSpec("fix", "Close what processes that died left open")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let findings = Doctor(
            context.shared, directory: context.directory, mends: context.arguments.flag("fix")
        ).examine()
        if context.isJSON {
            context.output.json(.array(findings.map(\.json)))
        } else {
            for finding in findings { context.output.data(line(finding, context.palette)) }
        }
        return findings.contains { $0.state == .problem } ? .invalid : .done
    }

    private static func line(_ finding: DoctorFinding, _ palette: Palette) -> String {
        let mark =
            switch finding.state {
            case .ok: palette.green("ok      ")
            case .warning: palette.yellow("warning ")
            case .problem: palette.red("problem ")
            }
        let gap = String(repeating: " ", count: max(1, 10 - finding.name.count))
        let hint = finding.hint.map { "\n" + String(repeating: " ", count: 18) + SafeText.line($0) } ?? ""
        return mark + finding.name + gap + SafeText.line(finding.text) + hint + "\n"
    }
}
