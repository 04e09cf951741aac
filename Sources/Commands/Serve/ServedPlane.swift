internal import API
internal import Basics
internal import Console
internal import ControlPlane
internal import Glibc
internal import HTTPServer
internal import Journal
internal import Model
internal import ObjectStorage
internal import Runner
internal import Scheduler
internal import Secrets

/// A control plane that runs: its server, its feed, and its scheduler.
final class ServedPlane: Sendable {
    private let settings: ServeSettings
    private let context: Context
    private let logging: ServeLog
    private let home: ControlPlaneHome
    private let server: HTTPServer
    private let place: String
    /// Open for as long as the scheduler works.
    private let scheduling = Cancellation()

    init(_ settings: ServeSettings, _ command: CommandContext) throws {
        let (output, clock) = (command.output, command.shared.clock)
        let logging = ServeLog(clock) { output.jsonText($0) }
        (self.settings, self.logging) = (settings, logging)
        // What lets others in here is nothing for the attempts that are begun here.
        let (all, secretNames) = (command.shared.environment, try Self.secretNames(command.shared))
        let environment = all.filter { !secretNames.contains($0.key) }
        let secrets: @Sendable (String) -> Secret? = { name in
            all[name].flatMap { $0.isEmpty ? nil : Secret($0) }
        }
        let (traces, bucket) = try Self.outside(all)
        let context = Context(
            environment: environment, clock: clock, zones: command.shared.zones,
            showsUTC: command.shared.showsUTC, identifiers: command.shared.identifiers,
            cancellation: command.shared.cancellation,
            observer: Observer(
                progress: { _ in }, warning: { logging.line("warning", $0.description) }, waiting: {},
                stage: { _ in }))
        self.context = context
        let keys = AccessKeys(home: context.home, clock: clock, identifiers: context.identifiers)
        let host = settings.server.host
        let isLoopback = HTTPServer.isLoopback(host)
        let access = AccessControl(
            keys: keys, token: settings.token, isOpen: isLoopback, perSecond: Double(settings.rate),
            openID: OpenIDAccess(context, secrets: secrets))
        guard isLoopback || access.isConfigured else { throw Self.openToOthers(host) }
        let journals = JournalPool { () throws(JournalError) in try context.journal() }
        // What is wrong with the journal is told before anybody is answered.
        try journals.with { _ = try $0.head() }
        home = ControlPlaneHome(
            context, journals, access, version: VersionCommand.number, program: LocalCycle.program, traces: traces,
            bucket: bucket, secrets: secrets)
        let service = ControlPlaneService(home, isSecure: settings.server.tls != nil) { logging.line($0) }
        do throws(ServerError) { server = try HTTPServer(settings.server, ConsoleService(service)) } catch {
            throw StageError(.invalid, error)
        }
        let name = host.contains(":") ? "[\(host)]" : host
        place = (server.isSecure ? "https" : "http") + "://\(name):\(server.port)"
        logging.start()
        logging.line(
            "info", "serving",
            [
                JSON.Member("url", .string(place)), JSON.Member("home", .string(context.home)),
                JSON.Member("version", .string(VersionCommand.number)),
                JSON.Member("keys_needed", .bool(access.isConfigured)),
            ])
        if command.shared.environment["LEVIATHAN_SPIDER_URL"].map({ !$0.isEmpty }) ?? false {
            logging.line("info", "LEVIATHAN_SPIDER_URL is not needed: 'leviathan serve --observer' asks by itself")
        }
    }

    /// Where traces and artifacts go, as the environment says it.
    private static func outside(
        _ environment: [String: String]
    ) throws(StageError) -> (TraceSettings?, S3Settings?) {
        let traces: TraceSettings?
        do throws(TraceSettings.Mistake) { traces = try TraceSettings(environment) } catch {
            throw StageError(.invalid, error)
        }
        do throws(S3Settings.Mistake) { return (traces, try S3Settings(environment)) } catch {
            throw StageError(.invalid, error)
        }
    }

    /// The variables that hold secrets of the control plane itself; a configuration that cannot be read ends it here.
    private static func secretNames(_ context: Context) throws(StageError) -> Set<String> {
        let settings = try MachineConfiguration.read(context).controlPlane
        let targets = try TargetRegistry(context).readable().compactMap(\.webhookSecretVariable)
        let own = ["LEVIATHAN_CONTROL_PLANE_TOKEN"] + TraceSettings.variables + S3Settings.secretVariables
        return Set(own + settings.secretVariables + targets)
    }

    private static func openToOthers(_ host: String) -> StageError {
        StageError(
            .invalid, "'\(host)' can be reached by others, and nothing says who may do what",
            hint:
                "make a key with 'leviathan key create NAME --right admin', or set LEVIATHAN_CONTROL_PLANE_TOKEN; "
                + "or listen on 127.0.0.1")
    }

    /// Serves until somebody says that it is enough.
    func run() {
        home.start()
        if settings.schedules { Workers.inBackground { [self] in schedule() } } else { scheduling.cancel() }
        Self.wait(for: context.cancellation)
        logging.line("info", "draining")
    }

    /// `false` when requests had to be cut off.
    func drain() -> Bool {
        home.stop()
        let isComplete = server.drain(within: settings.drain)
        // Attempts come to their end, as those of 'run' do; a second signal does not wait for them.
        Self.wait(for: scheduling)
        logging.line(isComplete ? "info" : "error", isComplete ? "ended" : "ended with requests cut off")
        logging.end()
        return isComplete
    }

    private static func wait(for cancellation: Cancellation) {
        var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        while !cancellation.isCancelled { _ = poll(&wake, 1, -1) }
    }

    /// What is wrong with new files is told, and changes nothing.
    func reload() {
        do throws(ServerError) {
            try server.reloadCertificate()
            logging.line("info", "reloaded")
        } catch {
            logging.line(
                "error", "the certificate was not reloaded", [JSON.Member("error", .string(error.description))])
        }
    }

    // MARK: The scheduler

    private func schedule() {
        defer { scheduling.cancel() }
        guard let lock = leadership() else { return }
        defer { lock.release() }
        logging.line("info", "scheduling")
        var request = RunRequest(directory: "/")
        (request.takesAll, request.width) = (true, settings.jobs)
        RunLoop(every: settings.every, context).run { (shared, due) throws(StageError) in
            guard try TargetRegistry(shared).readable().contains(where: \.enabled) else { return }
            let result = try LocalCycle.run(request, due: due, shared)
            for problem in result.problems { report(problem.error.about(target: problem.target)) }
            logging.line("info", "looked", [JSON.Member("result", RunReport.json(result))])
            _ = RunNotices(shared).tell(result)
            home.feed.notify()
        } failed: {
            report($0)
        }
    }

    private func report(_ error: StageError) {
        logging.line(
            "error", error.message,
            [JSON.Member("causes", .strings(error.causes)), JSON.Member("hint", .optional(error.hint))])
    }

    /// Waits for its turn where another process schedules; `nil` once nobody wants it any more.
    private func leadership() -> FileLock? {
        var isTold = false
        while !context.cancellation.isCancelled {
            do throws(StageError) {
                if let lock = try Leadership(context).take(place: place) { return lock }
                if !isTold {
                    logging.line("info", "another process schedules for this home: only serving until it ends")
                }
            } catch { if !isTold { report(error) } }
            isTold = true
            var wake = pollfd(fd: context.cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, 2000)
        }
        return nil
    }
}
