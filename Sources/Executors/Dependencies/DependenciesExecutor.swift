internal import Basics
internal import Model

/// Sets packages to the versions that a task names, in every manifest that it may touch.
package struct DependenciesExecutor: Executor {
    package let name = "dependencies"
    package let version = "1"
    package let summary = "versions of packages from inputs, in the manifests of eleven ecosystems"

    private let resolver: any VersionResolver

    package init(resolver: any VersionResolver = ExactVersions()) { self.resolver = resolver }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let wanted = try WantedPackages(job.task.inputs, resolver: resolver)
        let staged = StagedFiles(files, permission: job.permission)
        var survey = DependencySurvey(wanted)
        do throws(EditRefusal) { try survey.update(staged) } catch {
            throw ExecutorError(name, error.message, hint: error.hint)
        }
        try survey.checkAllAreUsed()
        do throws(FileViewError) {
            let changed = try staged.commit()
            let left = try LockFiles.beside(changed, in: files).map { "\($0) was left as it is" }
            var report = Report(notes: survey.notes(changed: !changed.isEmpty) + left)
            report.declaredInputs = resolver.declaredInputs
            return report
        } catch { throw ExecutorError(name, error) }
    }
}

/// What was found in all manifests together.
struct DependencySurvey {
    private let wanted: WantedPackages
    private var changes: [String] = []
    private var leftUses: [String] = []
    private var brokenFiles: [String] = []
    /// Packages that some manifest has, or now has, at their version.
    private var settled: Set<Int> = []
    private var seen: Set<Int> = []

    init(_ wanted: WantedPackages) { self.wanted = wanted }

    mutating func update(_ files: StagedFiles) throws(EditRefusal) {
        var waiting = try files.list(under: nil) { ManifestKind.of($0) != nil }
        var known = Set(waiting)
        var index = 0
        while index < waiting.count {
            let path = waiting[index]
            index += 1
            guard let bytes = try files.read(path) else { continue }
            // A file that only an include leads to is one of requirements too.
            let kind = ManifestKind.of(path) ?? .requirements
            try update(path, kind, bytes, files)
            guard kind == .requirements else { continue }
            for include in Self.includes(in: bytes, of: path) where known.insert(include).inserted {
                guard files.allows(include), try files.kind(of: include) ?? .other != .other else { continue }
                waiting.append(include)
            }
        }
    }

    private mutating func update(
        _ path: RepoPath, _ kind: ManifestKind, _ bytes: [UInt8], _ files: StagedFiles
    ) throws(EditRefusal) {
        do throws(EditRefusal) {
            let manifest = try kind.read(path, bytes, wanted)
            guard !manifest.uses.isEmpty else { return }
            let result = try manifest.result()
            for use in manifest.uses { note(use, path) }
            if result != bytes { try files.write(path, result) }
        } catch {
            guard error.kind == .syntax else { throw error.naming("\(path)") }
            brokenFiles.append(error.naming("\(path)").message)
        }
    }

    private mutating func note(_ use: PackageUse, _ path: RepoPath) {
        let package = wanted.packages[use.package]
        seen.insert(use.package)
        guard let after = use.after else {
            leftUses.append("\(path): \(package.title) \(use.reason ?? "cannot be changed"), and was left")
            return
        }
        settled.insert(use.package)
        guard after != use.before else { return }
        let saysName = use.before.lowercased().contains(package.name.lowercased())
        let before = use.before.isEmpty ? "without a version" : use.before
        changes.append("\(path): \(saysName ? "" : package.title + " ")\(before) → \(after)")
    }

    /// The files that a file of requirements includes, where they lie within the repository.
    private static func includes(in bytes: [UInt8], of path: RepoPath) -> [RepoPath] {
        RequirementsFile.includes(in: bytes).compactMap { name in
            var parts = path.parent?.components.map { String(decoding: $0, as: UTF8.self) } ?? []
            for part in name.split(separator: "/") where part != "." {
                if part == ".." {
                    guard parts.popLast() != nil else { return nil }
                } else {
                    parts.append(String(part))
                }
            }
            return try? RepoPath(parts.joined(separator: "/"))
        }
    }

    /// A package that no manifest uses, or none in a way that can be changed, is a mistake.
    func checkAllAreUsed() throws(ExecutorError) {
        let missing = wanted.packages.indices.filter { !settled.contains($0) }
        guard let first = missing.first else { return }
        let isSeen = seen.contains(first)
        let titles = missing.filter { seen.contains($0) == isSeen }.map { "'\(wanted.packages[$0].title)'" }
        throw ExecutorError(
            "dependencies",
            isSeen
                ? "no manifest uses \(titles.joined(separator: ", ")) in a way that can be changed"
                : "no manifest that the task may touch uses \(titles.joined(separator: ", "))",
            causes: Array(leftUses.prefix(20)) + brokenFiles.prefix(20),
            hint: isSeen ? "change it with the edit executor" : "check the name, and the task's allowed_paths")
    }

    func notes(changed: Bool) -> [String] {
        (changed ? changes : ["every package has its version already"]) + leftUses
            + brokenFiles.map { "left alone: \($0)" }
    }
}

/// Files that hold exact versions, and that only their own tools can write.
enum LockFiles {
    private static let names: [String: [String]] = [
        "package.json": ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"],
        "pyproject.toml": ["poetry.lock", "uv.lock", "pdm.lock"], "Pipfile": ["Pipfile.lock"],
        "Cargo.toml": ["Cargo.lock"],
        "go.mod": ["go.sum"], "Gemfile": ["Gemfile.lock"], "Package.swift": ["Package.resolved"],
        "build.gradle": ["gradle.lockfile"], "build.gradle.kts": ["gradle.lockfile"],
    ]

    /// Those that stand beside changed manifests.
    static func beside(_ manifests: [RepoPath], in files: any FileView) throws(FileViewError) -> [RepoPath] {
        var found: [RepoPath] = []
        for manifest in manifests {
            for name in names[manifest.name] ?? [] {
                let directory = manifest.parent.map { "\($0)/" } ?? ""
                guard let path = try? RepoPath(directory + name), try files.kind(of: path) != nil else { continue }
                found.append(path)
            }
        }
        return found
    }
}
