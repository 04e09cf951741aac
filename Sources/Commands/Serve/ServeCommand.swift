internal import API
internal import Basics
internal import CommandLine
internal import ControlPlane
internal import HTTPServer
internal import Observability
internal import Runner

/// `leviathan serve`: the control plane of a home.
enum ServeCommand: Command {
    static let name = "serve"

    static let spec = CommandSpec(
        name, group: .act, "Serve this home over HTTP, and let the scheduler run",
        discussion: """
            Answers for the journal, the switches and the targets of this home, and does what 'leviathan run --loop --all' \
            does. SIGTERM lets what runs come to its end; a second one ends it at once. SIGHUP reads certificates and keys \
            again. Requests are logged as JSON lines. Without keys it listens on loopback alone and answers this machine \
            alone; LEVIATHAN_CONTROL_PLANE_TOKEN, or a key of 'leviathan key create', lets others in.
            """,
        options: [
            OptionSpec("host", .value("ADDRESS"), "Listen here (LEVIATHAN_API_HOST; 127.0.0.1)"),
            OptionSpec("port", .value("PORT"), "Listen here (LEVIATHAN_API_PORT; 8000); 0 for a free one"),
            OptionSpec("tls-cert", .value("FILE"), completion: .files, "The certificate with its chain, as PEM"),
            OptionSpec("tls-key", .value("FILE"), completion: .files, "Its key, as PEM"),
            OptionSpec(
                "observer",
                "Only look at the events of LEVIATHAN_CONTROL_PLANE_URL, at port 8001 (docs/monitoring.md)"),
            OptionSpec("no-scheduler", "Only serve, and let somebody else schedule"),
            OptionSpec("every", .value("TIME"), default: "5m", "The pause between two looks of the scheduler"),
            OptionSpec("jobs", .value("N"), default: "4", "At most N attempts at once, whatever the limits allow"),
            OptionSpec("rate", .value("N"), default: "100", "So many requests a second for each key"),
            OptionSpec("drain", .value("TIME"), default: "30s", "How long requests have to end at SIGTERM"),
            OptionSpec("openapi", "Print the description of the API, and serve nothing"),
            OptionSpec(
                "print", .value("WHAT"), choices: ["alerts", "dashboard", "metrics"],
                "Print rules for Prometheus, a dashboard for Grafana, or what is measured"),
        ],
        examples: [
            CommandSpec.Example("leviathan serve", "for this machine alone"),
            CommandSpec.Example(
                "leviathan serve --host 0.0.0.0 --tls-cert c.pem --tls-key k.pem", "for others, with TLS"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if context.arguments.flag("openapi") {
            let endpoints = Operations.all.map(\.endpoint)
            context.output.json(OpenAPIDocument(endpoints, version: VersionCommand.number).json)
            return .done
        }
        switch context.arguments.value("print") {
        case "alerts": context.output.data(AlertFile.text)
        case "metrics": context.output.data(MonitoringTables.text)
        case "dashboard": context.output.data(Dashboard.json.text(.pretty) + "\n")
        default: return try serve(context)
        }
        return .done
    }

    private static func serve(_ context: CommandContext) throws -> ExitCode {
        let settings = try ServeSettings(context)
        // Before there is any thread: those that come later must not be asked about signals either.
        let signals = ServeSignals(context.shared.cancellation)
        if context.arguments.flag("observer") {
            let observer = try ServedObserver(settings, context)
            signals.onReload { observer.reload() }
            signals.start()
            return observer.run() ? .done : .unexpectedFailure
        }
        let plane = try ServedPlane(settings, context)
        signals.onReload { plane.reload() }
        signals.start()
        plane.run()
        return plane.drain() ? .done : .unexpectedFailure
    }
}
