internal import Basics
internal import CommandLine
internal import Runner

/// `leviathan verify`: the same task again, and whether it gives the same tree.
enum VerifyCommand: Command {
    static let name = "verify"

    static let spec = CommandSpec(
        name, group: .look, "Do an attempt again and compare the result",
        discussion: """
            Carries the task out from the same base, with the inputs that the attempt declared, and compares the trees. \
            Nothing is judged, recorded or pushed. Ends with 0 when the tree is the same, with 4 when it differs, and with \
            6 when the attempt cannot be done again.
            """,
        arguments: [
            ArgumentSpec("SUBJECT", completion: .asking(.attempts), "An attempt, or a commit of Leviathan's")
        ],
        examples: [
            CommandSpec.Example("leviathan verify origin/agent/task-001", "before a review"),
            CommandSpec.Example("leviathan verify attempt-task-001-3f9a12c4", "an attempt of this machine"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let finding = try Verification(context.shared, directory: context.directory)
            .verify(context.arguments.argument("SUBJECT") ?? "")
        let output = context.output.redacting(finding.redaction)
        if context.isJSON {
            output.json(json(finding))
        } else {
            output.data(text(finding, context.palette))
            if let patch = finding.patch { output.content(patch) }
        }
        switch finding.outcome {
        case .reproduced: return .done
        case .differs: return .rejectedByPolicy
        case .notReproducible: return .executorFailed
        }
    }

    private static func text(_ finding: Verification.Finding, _ palette: Palette) -> String {
        let outcome = finding.outcome.rawValue
        let mark = finding.outcome == .reproduced ? palette.green(outcome) : palette.red(outcome)
        let start = "\(mark)  \(finding.attempt) (\(finding.executor)) at \(finding.base.short)"
        switch finding.outcome {
        case .reproduced: return start + " gives the tree \(finding.expected.short) again\n"
        case .differs:
            return start + " gave \(finding.expected.short), and now \(finding.tree?.short ?? "nothing")\n"
        case .notReproducible: return start + "\n  " + SafeText.line(finding.reason ?? "") + "\n"
        }
    }

    private static func json(_ finding: Verification.Finding) -> JSON {
        [
            "outcome": .string(finding.outcome.rawValue), "attempt": .string(finding.attempt),
            "task": .string(finding.task), "executor": .string(finding.executor),
            "base": .string(finding.base.hex), "expected": .string(finding.expected.hex),
            "tree": .optional(finding.tree?.hex), "workspace": .optional(finding.workspace),
            "reason": .optional(finding.reason),
            "patch": .optional(finding.patch.map { String(decoding: $0, as: UTF8.self) }),
        ]
    }
}
