internal import Basics
internal import Crypto
internal import Journal
internal import Model

/// Remembers which programs held on which tree, so that nothing is run twice for the same answer.
///
/// Only what passed at its first try and without a network is remembered, and for a week.
struct CheckCache {
    private static let lifetime = Duration.seconds(7 * 24 * 3600)
    private static let entryLimit = 2000
    private static let fileLimit = 64 << 10

    private let directory: String
    private let now: Instant
    private let artifacts: ArtifactStore?
    private let searchPath: String

    init(_ context: Context, artifacts: ArtifactStore?) {
        directory = context.home + "/checks"
        now = context.clock.now()
        self.artifacts = artifacts
        searchPath = context.environment["PATH"] ?? ""
    }

    /// What the answer depends on; `nil` for a program whose answer may come from elsewhere.
    func key(of program: InvariantProgram, on tree: ObjectID) -> Digest? {
        guard !program.opensNetwork else { return nil }
        let environment = program.environment.sorted { $0.key < $1.key }.map {
            JSON.Member($0.key, .string($0.value))
        }
        let timeout = program.invariant.timeout?.milliseconds ?? 0
        let parts: JSON = [
            "version": 1, "tree": .string(tree.hex), "line": .string(program.line),
            "timeout": .integer(Int(timeout)),
            "environment": .object(environment), "memory": .optional(program.plan.sandbox.memoryBytes),
            "tools": .strings(tools(in: program.line)),
        ]
        return SHA256.digest(of: parts.text())
    }

    /// The programs that a line names, each with what changes when it is replaced.
    private func tools(in line: String) -> [String] {
        let isWord = { (character: Character) in
            character.isLetter || character.isNumber || "._+-".contains(character)
        }
        let words = Set(line.split { !isWord($0) }.map(String.init))
        let directories = searchPath.split(separator: ":").filter { $0.hasPrefix("/") }
        return words.sorted().compactMap { word in
            for directory in directories {
                guard let path = FileSystem.realPath(directory + "/" + word),
                    let status = try? FileSystem.status(path), status.kind == .file
                else { continue }
                return "\(path) \(status.size) \(status.modified)"
            }
            return nil
        }
    }

    func result(of invariant: Invariant, under key: Digest) -> InvariantResult? {
        guard let bytes = try? FileSystem.read(path(key), limit: Self.fileLimit),
            let entry = try? JSON.parse(bytes), entry["key"]?.string == key.hex,
            let kept = entry["kept"]?.string.flatMap({ Instant($0) }), kept <= now,
            now < kept + Self.lifetime
        else { return nil }
        let log = entry["log"]?.string.flatMap { Digest(hex: $0) }
        return InvariantResult(
            name: invariant.name, outcome: .passed, severity: invariant.severity, cached: true,
            duration: .milliseconds(entry["duration_ms"]?.integer ?? 0),
            log: log.flatMap { digest in
                artifacts.flatMap { FileSystem.exists($0.path(of: digest)) ? digest : nil }
            },
            detail: "held at \(kept.secondsText)")
    }

    /// What cannot be kept is run again another time, and is no failure.
    func keep(_ result: InvariantResult, under key: Digest) {
        guard result.outcome == .passed else { return }
        let entry: JSON = [
            "key": .string(key.hex), "kept": .string(now.secondsText), "log": .optional(result.log?.hex),
            "duration_ms": .integer(Int(result.duration.milliseconds)),
        ]
        do throws(FileError) {
            try FileSystem.createDirectory(directory, permissions: 0o700)
            try FileSystem.write(Array(entry.text().utf8), to: path(key), permissions: 0o600)
            try makeRoom()
        } catch {}
    }

    private func makeRoom() throws(FileError) {
        let names = try FileSystem.list(directory)
        guard names.count > Self.entryLimit else { return }
        for name in names {
            let path = directory + "/" + name
            guard let status = try FileSystem.status(path), status.modified + Self.lifetime < now else { continue }
            try FileSystem.removeTree(path)
        }
    }

    private func path(_ key: Digest) -> String { directory + "/" + key.hex }
}
