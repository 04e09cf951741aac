internal import Basics
internal import Crypto
internal import Journal
internal import Model

/// Remembers which programs held, so that nothing is run twice for the same answer.
///
/// Only what passed at its first try and without a network is remembered, and for a week.
struct InvariantCache {
    private static let lifetime = Duration.seconds(7 * 24 * 3600)
    private static let entryLimit = 2000
    private static let fileLimit = 64 << 10

    private let directory: String
    private let now: Instant
    private let artifacts: ArtifactFiles?
    private let observer: Observer

    init(_ context: Context, artifacts: ArtifactFiles?) {
        directory = context.home + "/checks"
        now = context.clock.now()
        (self.artifacts, observer) = (artifacts, context.observer)
    }

    static func key(_ question: InvariantQuestion) -> Digest {
        SHA256.digest(of: question.fingerprint.utf8(.canonical))
    }

    /// What cannot be read is asked again, and said.
    func result(of invariant: Invariant, under key: Digest) -> InvariantResult? {
        let entry: JSON
        do {
            guard try FileSystem.status(path(key)) != nil else { return nil }
            entry = try JSON.parse(FileSystem.read(path(key), limit: Self.fileLimit))
        } catch {
            observer.warning(
                StageError(
                    .unexpected, "an earlier answer of '\(invariant.name)' cannot be read, and it runs again",
                    causes: ["\(error)"]))
            return nil
        }
        guard entry["key"]?.string == key.hex, let kept = entry["kept"]?.string.flatMap({ Instant($0) }),
            kept <= now, now < kept + Self.lifetime
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
        } catch {
            observer.warning(
                StageError(
                    .unexpected, "the answer of '\(result.name)' cannot be kept, and it runs again",
                    causes: [error.description]))
        }
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
