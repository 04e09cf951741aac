internal import Basics
internal import CommandLine
internal import Runner
internal import Worker

/// `leviathan worker`: one attempt, as a job of a cluster runs it.
enum WorkerCommand: Command {
    static let name = "worker"

    static let spec = CommandSpec(
        name, group: .act, "Do one attempt for a control plane, as its environment says",
        discussion: """
            TARGET_NAME, TARGET_REPO_URL, TARGET_BRANCH, TASK_ID and ATTEMPT_ID say what to do, \
            LEVIATHAN_CONTROL_PLANE_URL and LEVIATHAN_CONTROL_PLANE_TOKEN (also without LEVIATHAN_) whom to report to, and \
            LEVIATHAN_WORKSPACE_DIR where. The worker holds a lease of its task, sends every event as it is recorded, and \
            delivers nothing once the lease is somebody else's. A control plane that is away is waited for \
            (LEVIATHAN_WORKER_PATIENCE, 1h).
            """)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let settings = try WorkerSettings(context.shared.environment)
        Interrupts.cancel(context.shared.cancellation)
        let result = try WorkerRun(settings, context.shared).run()
        let output = context.output.redacting(result.redaction)
        if context.isJSON { output.json(ProposeReport.json(result)) }
        if let error = result.error {
            output.error(error)
        } else if !context.isJSON {
            output.note(ProposeReport.text(result, output.errorPalette, context.times, isWhole: true))
        }
        return ExitCode(result)
    }
}
