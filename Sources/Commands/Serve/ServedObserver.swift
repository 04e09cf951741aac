internal import Basics
internal import CommandLine
internal import ControlPlane
internal import Glibc
internal import HTTPServer
internal import Runner
internal import Secrets

/// `serve --observer`: a process that only looks at the events of a control plane.
final class ServedObserver: Sendable {
    private let server: HTTPServer
    private let service: ObserverService
    private let logging: ServeLog
    private let context: Context
    private let drain: Duration

    init(_ settings: ServeSettings, _ command: CommandContext) throws {
        let (output, shared) = (command.output, command.shared)
        let logging = ServeLog(shared.clock) { output.jsonText($0) }
        (self.logging, drain) = (logging, settings.drain)
        context = Context(
            environment: shared.environment, clock: shared.clock, zones: shared.zones, showsUTC: shared.showsUTC,
            identifiers: shared.identifiers, cancellation: shared.cancellation,
            observer: Observer(
                progress: { _ in }, warning: { logging.line("warning", $0.description) }, waiting: {},
                stage: { _ in }))
        let host = settings.server.host
        let isLoopback = HTTPServer.isLoopback(host)
        let keys = AccessKeys(home: context.home, clock: context.clock, identifiers: context.identifiers)
        let access = AccessControl(
            keys: keys, token: settings.token, isOpen: isLoopback, perSecond: Double(settings.rate))
        guard isLoopback || access.isConfigured else {
            throw StageError(
                .invalid, "'\(host)' can be reached by others, and nothing says who may look",
                hint: "set LEVIATHAN_CONTROL_PLANE_TOKEN, or listen on 127.0.0.1")
        }
        let url = try Self.controlPlane(context)
        service = ObserverService(
            url: url, token: settings.token, access, context, version: VersionCommand.number)
        do throws(ServerError) { server = try HTTPServer(settings.server, service) } catch {
            throw StageError(.invalid, error)
        }
        logging.start()
        let name = host.contains(":") ? "[\(host)]" : host
        logging.line(
            "info", "observing",
            [
                JSON.Member("url", .string((server.isSecure ? "https" : "http") + "://\(name):\(server.port)")),
                JSON.Member("control_plane", .optional(url)),
            ])
    }

    /// A token never travels where others can read it.
    private static func controlPlane(_ context: Context) throws(StageError) -> String? {
        guard let given = context.environment["LEVIATHAN_CONTROL_PLANE_URL"], !given.isEmpty else { return nil }
        let url = given.hasSuffix("/") ? String(given.dropLast()) : given
        let host = url.dropFirst("http://".count).prefix { !"/:".contains($0) }
        let isLocal = host == "localhost" || host.hasPrefix("127.") || url.hasPrefix("http://[::1]")
        let hasToken = context.environment["LEVIATHAN_CONTROL_PLANE_TOKEN"].map { !$0.isEmpty } ?? false
        guard url.hasPrefix("https://") || (url.hasPrefix("http://") && (isLocal || !hasToken)) else {
            throw StageError(
                .invalid, "'\(SafeText.line(url))' is no control plane that can be observed",
                hint: "LEVIATHAN_CONTROL_PLANE_URL begins with https://, or names this machine")
        }
        return url
    }

    func reload() {
        do throws(ServerError) { try server.reloadCertificate() } catch {
            logging.line(
                "error", "the certificate was not reloaded", [JSON.Member("error", .string(error.description))])
        }
    }

    /// Observes until somebody says that it is enough; `false` when requests had to be cut off.
    func run() -> Bool {
        service.start()
        var wake = pollfd(fd: context.cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        while !context.cancellation.isCancelled { _ = poll(&wake, 1, -1) }
        service.stop()
        let isComplete = server.drain(within: drain)
        logging.line(isComplete ? "info" : "error", isComplete ? "ended" : "ended with requests cut off")
        logging.end()
        return isComplete
    }
}
