internal import Basics
internal import CommandLine
internal import Glibc
internal import Reports
internal import Runner

/// `leviathan hook`: what git's hooks call.
enum HookCommand: Command {
    static let name = "hook"

    static let spec = CommandSpec(
        name, group: .look, "Judge what git is about to commit, push or receive",
        discussion: """
            Called by the hooks that 'leviathan hooks install' writes. Holds the branch of a task against the rules of its \
            target, and lets everything else pass. Invariants are left to 'leviathan check' in a job: a hook can be skipped \
            with --no-verify, and nobody waits for tests in one.
            """,
        options: [
            OptionSpec("probe", .value("FILE"), isHidden: true, "Only answer to the installation that holds FILE")
        ],
        arguments: [
            ArgumentSpec(
                "NAME", choices: HookName.allCases.map(\.rawValue),
                "pre-commit, commit-msg, pre-push or pre-receive"),
            ArgumentSpec("ARGUMENT", .many, "What git gives the hook"),
        ])

    /// Of a message, or of what is pushed.
    private static let mostInput = 16 << 20

    static func run(_ context: CommandContext) throws -> ExitCode {
        guard let hook = context.arguments.argument("NAME").flatMap(HookName.init(rawValue:)) else {
            throw UsageError("there is no such hook")
        }
        if let probe = context.arguments.value("probe") {
            return try HookProof.answer(hook, at: probe) ? .done : .refused
        }
        Interrupts.cancel(context.shared.cancellation)
        let arguments = context.arguments.arguments("ARGUMENT")
        switch hook {
        case .preCommit: return report([try judgement(context).staged()], context)
        case .commitMessage: return try message(arguments.first, context)
        case .prePush:
            let remote = arguments.first ?? "origin"
            let pushes = try lines().compactMap { HookJudgement.Push($0) }
            return report(try pushes.map { try judgement(context).pushed($0, to: remote) }, context)
        case .preReceive: return report(try lines().map { try judgement(context).received($0) }, context)
        }
    }

    private static func judgement(_ context: CommandContext) throws -> HookJudgement {
        try HookJudgement(context.directory, context.shared)
    }

    private static func message(_ path: String?, _ context: CommandContext) throws -> ExitCode {
        guard let path else { throw UsageError("'commit-msg' needs the file with the message") }
        let text: String
        do throws(FileError) {
            text = String(decoding: try FileSystem.read(path, limit: mostInput), as: UTF8.self)
        } catch { throw StageError(.invalid, error) }
        guard let problem = try judgement(context).messageProblem(text) else { return .done }
        context.output.error(problem)
        return .rejectedByPolicy
    }

    /// Git's lines on standard input.
    private static func lines() throws -> [String] {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while true {
            let count = read(0, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StageError(.invalid, FileError("read", "standard input", errno)) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= mostInput else {
                throw StageError(.invalid, FileError("read", "standard input", EFBIG))
            }
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Git shows standard error to whoever commits or pushes; what is accepted is not worth a word.
    private static func report(_ evaluations: [Evaluation?], _ context: CommandContext) -> ExitCode {
        if context.isJSON {
            context.output.json(.array(evaluations.compactMap(\.self).map(EvaluationJSON.document)))
            return ExitCode(worstOf: evaluations.compactMap(\.self).map { ExitCode($0) })
        }
        var codes: [ExitCode] = []
        for case let evaluation? in evaluations {
            let code = ExitCode(evaluation)
            codes.append(code)
            guard code != .done else { continue }
            let output = context.output.redacting(evaluation.redaction)
            output.note(CheckText.text(evaluation, output.errorPalette).trimmed)
        }
        return ExitCode(worstOf: codes)
    }
}
