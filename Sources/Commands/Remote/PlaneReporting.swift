internal import Basics
internal import CommandLine
internal import Runner
internal import Secrets
internal import Worker

/// Tells a control plane what is done in this home, where the environment names one; the journal is the spool.
enum PlaneReporting {
    /// Nobody who stands before a terminal waits longer for a control plane that is away.
    private static let patience = Duration.seconds(5)
    private static let (url, token) = ("LEVIATHAN_CONTROL_PLANE_URL", "LEVIATHAN_CONTROL_PLANE_TOKEN")

    /// Whatever becomes of the report, the work goes on and its exit code stays: what was not sent is sent next time.
    static func around(
        _ context: CommandContext, _ body: (CommandContext) throws -> ExitCode
    ) throws -> ExitCode {
        let environment = context.shared.environment
        guard let address = environment[url], !address.isEmpty, !context.arguments.flag("dry-run") else {
            return try body(context)
        }
        let plane = try PlaneAddress(address, token: Secret(environment[token] ?? ""))
        let forwarder = EventForwarder(plane, PlaneClient(plane, context.shared), context.shared)
        try forwarder.beginHere()
        forwarder.start()
        defer { end(forwarder, context) }
        // One process reports for all that it begins, and no program of an attempt sees the token.
        let shared = context.shared.with(url, "").with(token, "")
        return try body(
            CommandContext(
                arguments: context.arguments, shared: shared, directory: context.directory, output: context.output)
        )
    }

    private static func end(_ forwarder: EventForwarder, _ context: CommandContext) {
        do throws(StageError) { try forwarder.end(patience: patience) } catch { context.output.warning(error) }
    }
}
