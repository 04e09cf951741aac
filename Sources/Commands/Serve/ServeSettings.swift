internal import Basics
internal import CommandLine
internal import HTTPServer
internal import Runner
internal import Secrets

/// What `serve` was asked for, by options and then by the environment.
struct ServeSettings {
    let server: ServerSettings
    let token: Secret?
    /// Requests a second for each key.
    let rate: Int
    let drain: Duration
    let every: Duration
    let jobs: Int
    let schedules: Bool

    init(_ context: CommandContext) throws {
        let (arguments, environment) = (context.arguments, context.shared.environment)
        func given(_ name: String, _ variable: String) -> String? {
            arguments.value(name) ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        }
        // The variable is the control plane's, which often runs beside an observer.
        let port =
            arguments.flag("observer")
            ? arguments.value("port") ?? "8001" : given("port", "LEVIATHAN_API_PORT") ?? "8000"
        guard let number = Int(port), (0...65_535).contains(number) else {
            throw UsageError("'\(SafeText.line(port))' is no port: a port is a number from 0 to 65535")
        }
        var server = ServerSettings(host: given("host", "LEVIATHAN_API_HOST") ?? "127.0.0.1", port: number)
        server.tls = try Self.tls(arguments)
        self.server = server
        token = environment["LEVIATHAN_CONTROL_PLANE_TOKEN"].flatMap { $0.isEmpty ? nil : Secret($0) }
        rate = try arguments.integer("rate", in: 1...1_000_000) ?? 100
        jobs = try arguments.integer("jobs", in: 1...256) ?? 4
        drain = try arguments.duration("drain") ?? .seconds(30)
        every = try arguments.duration("every") ?? .seconds(300)
        schedules = !arguments.flag("no-scheduler")
    }

    private static func tls(_ arguments: ParsedArguments) throws(UsageError) -> TLSFiles? {
        switch (arguments.value("tls-cert"), arguments.value("tls-key")) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
        default: throw arguments.misuse("'--tls-cert' and '--tls-key' go together")
        }
    }
}
