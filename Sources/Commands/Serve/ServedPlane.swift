internal import API
internal import Basics
internal import Console
internal import ControlPlane
internal import HTTPServer
internal import Journal
internal import Model
internal import ObjectStorage
internal import Runner
internal import Scheduler
internal import Secrets
internal import Synchronization

/// A control plane that runs: its server, its feed, and its scheduler.
final class ServedPlane: Sendable {
    private let settings: ServeSettings
    private let context: Context
    private let logging: ServeLog
    private let home: ControlPlaneHome
    private let console: ConsoleService
    private let server: HTTPServer
    private let place: String
    /// Cancelled once this process does nothing any more that one alone does.
    private let leading: [Duty: Cancellation]

    init(_ settings: ServeSettings, _ command: CommandContext) throws {
        let (output, clock) = (command.output, command.shared.clock)
        let logging = ServeLog(clock) { output.jsonText($0) }
        (self.settings, self.logging) = (settings, logging)
        let duties = settings.schedules ? Duty.allCases : [.keeping]
        leading = Dictionary(uniqueKeysWithValues: duties.map { ($0, Cancellation()) })
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
        let shared = try context.journalLocation().sharedEntries(patience: context.patience)
        let access = AccessControl(
            keys: keys, token: settings.token, isOpen: isLoopback, perSecond: Double(settings.rate),
            openID: OpenIDAccess(context, shared, secrets: secrets), shared: shared)
        guard isLoopback || access.isConfigured else { throw Self.openToOthers(host) }
        let journals = JournalPool { () throws(JournalError) in try context.journal() }
        // What is wrong with the journal is told before anybody is answered.
        try journals.with { _ = try $0.head() }
        home = ControlPlaneHome(
            context, journals, access, version: VersionCommand.number, program: LocalCycle.program, traces: traces,
            bucket: bucket, secrets: secrets)
        let service = ControlPlaneService(home, isSecure: settings.server.tls != nil) { logging.line($0) }
        console = ConsoleService(service)
        do throws(ServerError) { server = try HTTPServer(settings.server, console) } catch {
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
        home.announce(at: place)
        console.prepare()
        for (duty, ended) in leading {
            Workers.inBackground { [self] in
                lead(duty)
                ended.cancel()
            }
        }
        context.cancellation.wait()
        logging.line("info", "draining")
    }

    /// `false` when requests had to be cut off.
    func drain() -> Bool {
        home.stop()
        let isComplete = server.drain(within: settings.drain)
        // Attempts come to their end, as those of 'run' do; a second signal does not wait for them.
        for ended in leading.values { ended.wait() }
        logging.line(isComplete ? "info" : "error", isComplete ? "ended" : "ended with requests cut off")
        logging.end()
        return isComplete
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

    // MARK: What one process does alone

    private func lead(_ duty: Duty) {
        Leadership(context).run(duty, place: place) {
            let words = duty == .scheduling ? "schedules" : "keeps the journal"
            let other = (try? home.access.shared.entry(.leader, duty.rawValue))?.value["url"]?.string
            logging.line(
                "info",
                "another process \(words)\(other == nil ? " for this home" : ": \(other ?? "")"): only serving until it ends"
            )
        } failed: { [logging] in
            logging.line("error", $0.message, [JSON.Member("causes", .strings($0.causes))])
        } _: { [self] lead in
            tell(duty)
            home.duties.withLock { _ = $0.insert(duty) }
            defer { home.duties.withLock { _ = $0.remove(duty) } }
            logging.line("info", duty.rawValue)
            if duty == .scheduling { schedule(context.with(lead)) } else { home.keep(until: lead) }
        }
    }

    /// Lets the others know who it is.
    private func tell(_ duty: Duty) {
        let facts: JSON = ["url": .string(place), "since": .string(context.clock.now().secondsText)]
        do throws(JournalError) {
            try home.access.shared.put(SharedEntry(.leader, duty.rawValue, facts, used: context.clock.now()))
        } catch { logging.line("warning", error.description) }
    }

    private func schedule(_ context: Context) {
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
}
