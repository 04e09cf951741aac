internal import Basics
package import Executors
internal import Model
package import Paths
package import Processes
internal import TestSupport

/// Runs programs in a directory of its own, with fakes before the real ones; counts what it started.
package final class TestPrograms: ProgramRunner {
    private let place: TemporaryDirectory
    private let path: String
    package let opensNetwork: Bool
    package private(set) var calls: [[String]] = []
    /// Added to what every program sees.
    package var environment: [String: String] = [:]

    /// `fakes` are shell scripts by name; without the system's directories nothing else is found.
    package init(fakes: [String: String] = [:], opensNetwork: Bool = true, path: String = "/usr/bin:/bin") throws {
        place = try TemporaryDirectory()
        self.opensNetwork = opensNetwork
        self.path = "\(place.path)/bin:\(path)"
        try FileSystem.createDirectory(place.path + "/files")
        try FileSystem.createDirectory(place.path + "/bin")
        for (name, script) in fakes {
            let file = try place.write("bin/" + name, "#!/bin/sh\n" + script + "\n")
            _ = try Subprocess("/bin/chmod", ["+x", file], environment: [:]).run()
        }
    }

    package var directory: String { place.path + "/files" }

    package func run(
        _ call: ProgramCall, onLine: ((Subprocess.OutputStream, String) -> Void)?
    ) throws(ExecutorError) -> ProcessOutcome {
        calls.append(call.arguments)
        var program = Subprocess(call.arguments[0], Array(call.arguments.dropFirst()), environment: [:])
        program.environment = ["PATH": path, "HOME": directory, "LC_ALL": "C.UTF-8"]
            .merging(environment) { $1 }.merging(call.environment) { $1 }
        program.workingDirectory = directory
        program.timeout = call.timeout
        program.captureLimit = call.captureLimit
        do throws(SpawnError) { return try program.run(onLine: onLine) } catch {
            throw ExecutorError("test", error)
        }
    }

    /// What was run, each as the words behind the shell that starts it.
    package var commands: [String] {
        calls.filter { !($0.dropFirst(2).first ?? "").contains("command -v") }.map {
            $0.dropFirst(5).joined(separator: " ")
        }
    }
}

/// A view over the files of a directory.
package final class DirectoryFileView: FileView {
    private let root: String

    package init(_ root: String, _ files: [String: String] = [:]) throws {
        self.root = root
        for (name, text) in files { write(try RepoPath(name), Array(text.utf8), isExecutable: nil) }
    }

    package func text(_ name: String) throws -> String? {
        read(try RepoPath(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    package func read(_ path: RepoPath) -> [UInt8]? { try? FileSystem.read("\(root)/\(path)", limit: 64 << 20) }

    package func kind(of path: RepoPath) -> FileKind? { read(path) == nil ? nil : .regular }

    package func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) -> [RepoPath] {
        var found: [RepoPath] = []
        var waiting = [directory.map { "\($0)" } ?? ""]
        while let next = waiting.popLast() {
            for name in (try? FileSystem.list(root + "/" + next)) ?? [] {
                let inner = next.isEmpty ? name : next + "/" + name
                if (try? FileSystem.list(root + "/" + inner)) != nil {
                    waiting.append(inner)
                } else if let path = try? RepoPath(inner), isWanted(path) {
                    found.append(path)
                }
            }
        }
        return found.sorted()
    }

    package func hasDirectory(_ path: RepoPath) -> Bool {
        (try? FileSystem.list("\(root)/\(path)"))?.isEmpty == false
    }

    package func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) {
        if let parent = path.parent { try? FileSystem.createDirectory("\(root)/\(parent)") }
        try? FileSystem.write(bytes, to: "\(root)/\(path)")
    }

    package func remove(_ path: RepoPath) {
        _ = try? Subprocess("/bin/rm", ["\(root)/\(path)"], environment: [:]).run()
    }
}
