import Basics
import Executors
import Model
import Processes
import TestSupport

/// Runs programs in a directory of its own, with fakes before the real ones; counts what it started.
final class TestPrograms: ProgramRunner {
    private let place: TemporaryDirectory
    private let path: String
    let opensNetwork: Bool
    private(set) var calls: [[String]] = []
    /// Added to what every program sees.
    var environment: [String: String] = [:]

    /// `fakes` are shell scripts by name; without the system's directories nothing else is found.
    init(fakes: [String: String] = [:], opensNetwork: Bool = true, path: String = "/usr/bin:/bin") throws {
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

    var directory: String { place.path + "/files" }

    func run(
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
    var commands: [String] {
        calls.filter { !($0.dropFirst(2).first ?? "").contains("command -v") }.map {
            $0.dropFirst(5).joined(separator: " ")
        }
    }
}

/// A view over the files of a directory.
final class DirectoryFileView: FileView {
    private let root: String

    init(_ root: String, _ files: [String: String] = [:]) throws {
        self.root = root
        for (name, text) in files { write(try RepoPath(name), Array(text.utf8), isExecutable: nil) }
    }

    func text(_ name: String) throws -> String? {
        read(try RepoPath(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    func read(_ path: RepoPath) -> [UInt8]? { try? FileSystem.read("\(root)/\(path)", limit: 64 << 20) }

    func kind(of path: RepoPath) -> FileKind? { read(path) == nil ? nil : .regular }

    func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) -> [RepoPath] {
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

    func hasDirectory(_ path: RepoPath) -> Bool { (try? FileSystem.list("\(root)/\(path)"))?.isEmpty == false }

    func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) {
        if let parent = path.parent { try? FileSystem.createDirectory("\(root)/\(parent)") }
        try? FileSystem.write(bytes, to: "\(root)/\(path)")
    }

    func remove(_ path: RepoPath) {
        _ = try? Subprocess("/bin/rm", ["\(root)/\(path)"], environment: [:]).run()
    }
}
