import Basics
import Glibc
import TestSupport
import Testing

/// A control plane of the test's home on a free port.
final class ServedProgram {
    let shell: BackgroundProgram
    let process: pid_t
    let url: String
    private(set) var lines: [JSON] = []
    private var hasEnded = false

    init(_ target: TestTarget, _ words: [String], _ variables: [String: String] = [:], port: String = "0") throws {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
            .merging(variables) { $1 }
        let script = #"sh -c 'echo $$; exec "$0" "$@" 2>&1' "$0" "$@"; echo "$?""#
        shell = try BackgroundProgram(
            ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" }
                + ["sh", "-c", script, TestTarget.program, "serve", "--port", port] + words)
        process = try #require(shell.readLine().flatMap { pid_t($0) })
        let first = try JSON.parse(try #require(shell.readLine()))
        url = try #require(first["url"]?.string)
        lines = [first]
    }

    /// The shells around it end with the test, and it would go on without them.
    deinit { if !hasEnded { kill(process, SIGKILL) } }

    /// The next line of the log with a message.
    func line(_ message: String) throws -> JSON { try line { $0 == message } }

    func line(beginning words: String) throws -> JSON { try line { $0.hasPrefix(words) } }

    private func line(_ isMeant: (String) -> Bool) throws -> JSON {
        while let text = shell.readLine() {
            let line = try JSON.parse(text)
            lines.append(line)
            if isMeant(line["message"]?.string ?? "") { return line }
        }
        return .null
    }

    /// What is printed until it ends; the last is its exit code.
    func end(_ signal: Int32 = SIGTERM) throws -> String? {
        kill(process, signal)
        var last: String?
        while let text = shell.readLine() { last = text }
        hasEnded = true
        return last
    }

    /// What a path answers whoever has a key.
    func ask(_ path: String, _ key: String) throws -> String {
        try BackgroundProgram.run(["curl", "-s", "-S", "-H", "Authorization: Bearer \(key)", url + path]) + "\n"
    }
}
