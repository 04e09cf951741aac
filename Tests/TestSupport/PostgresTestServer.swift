import Basics
internal import Glibc

/// A real PostgreSQL server on a socket of its own and on a free port of this machine, ended with the test process.
///
/// Whoever comes over the socket is let in as `leviathan`, who may do anything; over the port with the password only.
package final class PostgresTestServer: Sendable {
    package static let password = "pass/word 17"

    private let root: TemporaryDirectory
    private let program: BackgroundProgram
    package let port: Int

    /// Whether there is a server to be started.
    package static var isInstalled: Bool { programs != nil }

    /// The one server that the tests of a process share.
    package static func shared() throws -> PostgresTestServer { try one.get() }

    private static let one = Result { try PostgresTestServer() }

    /// The directory of the newest version.
    private static let programs: String? = {
        let all = "/usr/lib/postgresql"
        let found = ((try? FileSystem.list(all)) ?? []).compactMap { Int($0) }.sorted()
            .map { "\(all)/\($0)/bin" }.last { FileSystem.exists($0 + "/initdb") }
        return found
    }()

    /// The server's programs refuse to run as root.
    private static var asOrdinaryUser: [String] {
        getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
    }

    package init(settings: [String] = []) throws {
        guard let programs = Self.programs else { throw TestSystemError("find PostgreSQL's initdb") }
        root = try TemporaryDirectory()
        port = try TestPort.free()
        try root.write("password", Self.password + "\n")
        if getuid() == 0 { _ = try BackgroundProgram.run(["chown", "-R", "postgres:", root.path]) }
        _ = try BackgroundProgram.run(
            Self.asOrdinaryUser + [
                programs + "/initdb", "--no-sync", "-D", root.path + "/data", "-U", "leviathan", "-E", "UTF8",
                "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256",
                "--pwfile=" + root.path + "/password",
            ])
        var command = [
            programs + "/postgres", "-D", root.path + "/data", "-k", root.path, "-p", String(port),
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=32MB",
        ]
        for setting in settings { command += ["-c", setting] }
        program = try BackgroundProgram(
            ["sh", "-c", Self.script, programs, root.path, String(port)] + Self.asOrdinaryUser + command)
        guard program.readLine() == "ready" else {
            throw TestProgramFailure(arguments: command, output: [(try? root.read("log")) ?? ""])
        }
    }

    /// Starts the server, also after it was killed, until its standard input ends with the test process.
    private static let script = """
        home=$1 port=$2; shift 2
        (
            while [ -d "$home" ] && [ ! -e "$home/over" ]; do
                if [ ! -e "$home/held" ]; then "$@" >>"$home/log" 2>&1 & wait $!; fi
                sleep 0.02
            done
        ) 2>/dev/null &
        tries=0
        until "$0/pg_isready" -q -h "$home" -p "$port" -U leviathan; do
            tries=$((tries + 1)); [ $tries -lt 600 ] || exit 1; sleep 0.05
        done
        echo ready
        read -r line || true
        touch "$home/over" 2>/dev/null
        process=$(head -n 1 "$home/data/postmaster.pid" 2>/dev/null)
        if grep -q "$home/data" "/proc/${process:-none}/cmdline" 2>/dev/null; then kill -QUIT "$process"; fi
        wait
        rm -rf "$home"
        """

    deinit {
        _ = try? root.write("over", "")
        crash()
    }

    /// The process of the server; `nil` while there is none, whatever the number in its file is used for by now.
    private var processID: Int32? {
        let first = (try? root.read("data/postmaster.pid"))?.split(separator: "\n").first
        guard let process = first.flatMap({ Int32($0) }) else { return nil }
        let words = (try? FileSystem.read("/proc/\(process)/cmdline", limit: 1 << 16)) ?? []
        return String(decoding: words, as: UTF8.self).contains(root.path + "/data") ? process : nil
    }

    /// Dies as a loss of power would have it; it starts again by itself, unless it is held.
    package func crash() {
        guard let process = processID else { return }
        // Its children die with it, or a new server would wait for them; while it stands still their numbers stay theirs.
        kill(process, SIGSTOP)
        let children = (try? FileSystem.read("/proc/\(process)/task/\(process)/children", limit: 1 << 16)) ?? []
        for child in String(decoding: children, as: UTF8.self).split(separator: " ") {
            if let child = Int32(child) { kill(child, SIGKILL) }
        }
        kill(process, SIGKILL)
    }

    /// Whether the server stays away after a crash.
    package func hold(_ isHeld: Bool) throws {
        if isHeld { try root.write("held", "") } else { try FileSystem.removeTree(root.path + "/held") }
    }

    package var log: String { (try? root.read("log")) ?? "" }

    /// A new database of that test alone; the URL leads over the socket.
    package func database() throws -> String {
        let name = "test_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        _ = try run("CREATE DATABASE \(name)", in: "postgres")
        return url(name)
    }

    package func url(_ database: String) -> String {
        "postgresql://leviathan@/\(database)?host=\(root.path)&port=\(port)"
    }

    /// The same over the port, with the password.
    package func networkURL(_ database: String, user: String = "leviathan", password: String = "pass%2Fword%2017")
        -> String
    { "postgresql://\(user):\(password)@127.0.0.1:\(port)/\(database)" }

    /// Runs statements as the server's own user, and returns what they print.
    @discardableResult
    package func run(_ sql: String, in database: String) throws -> String {
        guard let programs = Self.programs else { throw TestSystemError("find psql") }
        let place = database.hasPrefix("postgresql:") ? database : url(database)
        return try BackgroundProgram.run([
            programs + "/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", place, "-c", sql,
        ])
    }
}
