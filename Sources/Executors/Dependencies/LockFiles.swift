internal import Basics
internal import Model
internal import Paths
internal import Processes

/// Files that hold exact versions, and that only their own tools can write.
struct LockFiles {
    private struct Kind {
        let manifests: Set<String>
        /// What brings it up to date without installing anything; empty where nothing does.
        let command: [String]
    }

    private static let kinds: [String: Kind] = [
        "package-lock.json": Kind(
            manifests: ["package.json"],
            command: ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]),
        "pnpm-lock.yaml": Kind(
            manifests: ["package.json", "pnpm-workspace.yaml"],
            command: ["pnpm", "install", "--lockfile-only", "--ignore-scripts"]),
        "yarn.lock": Kind(manifests: ["package.json"], command: []),
        "bun.lock": Kind(
            manifests: ["package.json"], command: ["bun", "install", "--lockfile-only", "--ignore-scripts"]),
        "poetry.lock": Kind(manifests: ["pyproject.toml"], command: ["poetry", "lock", "--no-interaction"]),
        "uv.lock": Kind(manifests: ["pyproject.toml"], command: ["uv", "lock"]),
        "pdm.lock": Kind(manifests: ["pyproject.toml"], command: ["pdm", "lock", "--update-reuse"]),
        "Pipfile.lock": Kind(manifests: ["Pipfile"], command: ["pipenv", "lock"]),
        "Cargo.lock": Kind(manifests: ["Cargo.toml"], command: ["cargo", "update", "--workspace"]),
        "go.sum": Kind(manifests: ["go.mod"], command: ["go", "mod", "tidy"]),
        "Gemfile.lock": Kind(manifests: ["Gemfile"], command: ["bundle", "lock"]),
        "Package.resolved": Kind(manifests: ["Package.swift"], command: ["swift", "package", "resolve"]),
        "gradle.lockfile": Kind(manifests: ["build.gradle", "build.gradle.kts"], command: []),
    ]

    /// What is kept for a re-run, all files together; an event of the journal holds no more.
    private static let recordLimit = 400 << 10

    private let job: Job
    private let files: any FileView
    private(set) var notes: [String] = []
    private(set) var failure: ExecutorError?
    private var refreshed: [JSON.Member] = []
    private var recordedBytes = 0

    init(_ job: Job, _ files: any FileView) { (self.job, self.files) = (job, files) }

    /// Whether a pattern means lock files in particular, as `web/package-lock.json` and `**/Cargo.lock` do.
    static func isNamed(by pattern: PathPattern) -> Bool {
        let name = pattern.text.split(separator: "/").last.map(String.init) ?? ""
        return kinds[name].map { !$0.command.isEmpty } ?? false
    }

    /// What a re-run needs to write the same files.
    var declared: [JSON.Member] { refreshed.isEmpty ? [] : [.init("lock_files", .object(refreshed))] }

    /// Refreshes the files that belong to changed manifests, or says that they were left.
    mutating func refresh(beside manifests: [RepoPath]) throws(FileViewError) {
        for lock in try Self.found(for: manifests, in: files) {
            let command = Self.kinds[lock.name]?.command ?? []
            if let recorded = job.recorded?["lock_files"]?["\(lock)"] {
                guard let text = recorded.string else {
                    failure = ExecutorError(
                        "dependencies", "\(lock) was too large to be kept with the recorded attempt")
                    return
                }
                try files.write(lock, text)
                notes.append("\(lock) is as it was resolved before")
                refreshed.append(.init("\(lock)", recorded))
            } else if let reason = reasonToLeave(lock, command) {
                notes.append("warning: \(lock) no longer fits its manifest: " + reason)
            } else {
                do throws(ExecutorError) { try refresh(lock, command) } catch {
                    failure = error
                    return
                }
            }
        }
    }

    /// Why a file is not refreshed, as the end of a sentence; `nil` where it can be.
    private func reasonToLeave(_ lock: RepoPath, _ command: [String]) -> String? {
        guard job.permission.allows(lock) else { return "the task may not touch it" }
        guard let tool = command.first else { return "nothing refreshes it without installing" }
        if job.recorded != nil { return "the attempt before left it too" }
        guard let programs = job.programs else { return "name it in allowed_paths to have \(tool) refresh it" }
        return programs.opensNetwork ? nil : "\(tool) needs the network, which the policy keeps closed"
    }

    private mutating func refresh(_ lock: RepoPath, _ command: [String]) throws(ExecutorError) {
        guard let programs = job.programs else { return }
        let tools = FencedTools("dependencies", programs)
        guard try tools.isInstalled(command[0]) else {
            notes.append("warning: \(lock) no longer fits its manifest: '\(command[0])' is not installed")
            return
        }
        job.progress("refreshing \(lock) with \(command[0])")
        let outcome = try tools.run(command, in: lock.parent, timeout: .seconds(900))
        guard outcome.succeeded else {
            throw ExecutorError(
                "dependencies", "'\(command.joined(separator: " "))' could not refresh \(lock): \(outcome.ending)",
                causes: (outcome.errors.isEmpty ? outcome.output : outcome.errors).lastLines(15))
        }
        do throws(FileViewError) {
            let bytes = try files.read(lock) ?? []
            notes.append("refreshed \(lock) with \(command[0])")
            recordedBytes += bytes.count
            guard recordedBytes <= Self.recordLimit, let text = String(validating: bytes, as: UTF8.self) else {
                notes.append("\(lock) is too large to be kept: this attempt cannot be repeated exactly")
                refreshed.append(.init("\(lock)", ["bytes": .integer(bytes.count)]))
                return
            }
            refreshed.append(.init("\(lock)", .string(text)))
        } catch { throw ExecutorError("dependencies", error) }
    }

    /// The lock files beside the manifests, or above them where a workspace has one for all.
    private static func found(for manifests: [RepoPath], in files: any FileView) throws(FileViewError)
        -> [RepoPath]
    {
        var found: Set<RepoPath> = []
        var known: [String: [RepoPath]] = [:]
        for manifest in manifests {
            for (name, kind) in kinds where kind.manifests.contains(manifest.name) {
                var directory = manifest.parent
                while true {
                    let place = (directory.map { "\($0)/" } ?? "") + name
                    if known[place] == nil {
                        let path = try? RepoPath(place)
                        known[place] =
                            try path.map { (path) throws(FileViewError) in
                                try files.kind(of: path) == nil ? [] : [path]
                            } ?? []
                    }
                    if let path = known[place]?.first {
                        found.insert(path)
                        break
                    }
                    guard let here = directory else { break }
                    directory = here.parent
                }
            }
        }
        return found.sorted()
    }
}
