internal import Basics
internal import Editing
internal import Manifests
internal import Paths

/// What was found in all manifests together.
struct DependencySurvey {
    private let wanted: WantedPackages
    private var changes: [String] = []
    private var leftUses: [String] = []
    /// Uses of a catalog that may be set itself; one for each package.
    private var catalogUses: [Int: String] = [:]
    private var brokenFiles: [String] = []
    private var manifests: [RepoPath] = []
    /// Packages that some manifest has, or now has, at their version.
    private var settled: Set<Int> = []
    private var seen: Set<Int> = []
    /// Where and how each package is used.
    private(set) var findings: [Int: [Ecosystem: Finding]] = [:]

    struct Finding {
        /// What stands in each place, and where that is.
        var uses: [(path: RepoPath, text: String)] = []
        var location: String?

        mutating func add(_ path: RepoPath, _ text: String, _ location: String?) {
            uses.append((path, text))
            if self.location == nil { self.location = location }
        }
    }

    init(_ wanted: WantedPackages) { self.wanted = wanted }

    mutating func update(_ files: StagedFiles) throws(EditRefusal) {
        var waiting = try files.list(under: nil) { ManifestKind.of($0) != nil }
        var known = Set(waiting)
        var index = 0
        while index < waiting.count {
            let path = waiting[index]
            index += 1
            guard let bytes = try files.read(path) else { continue }
            manifests.append(path)
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
            for use in manifest.uses {
                note(use, path)
                findings[use.package, default: [:]][kind.ecosystem, default: Finding()]
                    .add(path, use.before, manifest.locations[use.package])
            }
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
            let text = "\(path): \(package.title) \(use.reason ?? "cannot be changed"), and was left"
            if use.reason == TableManifests.catalogReason {
                catalogUses[use.package] = text
            } else {
                leftUses.append(text)
            }
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
    func checkAllAreUsed(in files: StagedFiles) throws(ExecutorError) {
        let missing = wanted.packages.indices.filter { !settled.contains($0) }
        guard let first = missing.first else { return }
        let isSeen = seen.contains(first)
        let titles = missing.filter { seen.contains($0) == isSeen }.map { "'\(wanted.packages[$0].title)'" }
        throw ExecutorError(
            "dependencies",
            isSeen
                ? "no manifest uses \(titles.joined(separator: ", ")) in a way that can be changed"
                : "no manifest that the task may touch uses \(titles.joined(separator: ", "))",
            causes: Array((leftUses + missing.compactMap { catalogUses[$0] }).prefix(20)) + brokenFiles.prefix(20),
            hint: isSeen ? unchangedHint : nearest(to: wanted.packages[first].name, in: files))
    }

    private var unchangedHint: String {
        leftUses.contains { $0.contains("'allow_downgrade: true'") }
            ? "'allow_downgrade: true' in the inputs lets a version be lowered"
            : "change it with the edit executor"
    }

    /// Any word of the manifests may be a name.
    private func nearest(to name: String, in files: StagedFiles) -> String {
        var words: Set<String> = []
        for path in manifests.prefix(200) {
            let bytes = (try? files.read(path)) ?? nil
            for word in (bytes ?? []).split(whereSeparator: { !$0.isNameByte && !"./@-".utf8.contains($0) })
            where word.count > 1 && word.count < 100 && words.count < 20_000 {
                words.insert(String(decoding: word, as: UTF8.self))
            }
        }
        // The name itself can stand in a file that cannot be read.
        return Suggestion.nearest(to: name, among: words.subtracting([name]).sorted()).map {
            "did you mean '\($0)'?"
        }
            ?? "check the name, and the task's allowed_paths"
    }

    /// What is changed in several places of a file is told once.
    private static func counted(_ changes: [String]) -> [String] {
        var (order, counts): ([String], [String: Int]) = ([], [:])
        for change in changes {
            if counts[change] == nil { order.append(change) }
            counts[change, default: 0] += 1
        }
        return order.map { counts[$0] == 1 ? $0 : "\($0) (\(counts[$0] ?? 0) places)" }
    }

    func notes(changed: Bool) -> [String] {
        (changed ? Self.counted(changes) : ["every package has its version already"]) + leftUses
            + brokenFiles.map { "left alone: \($0)" }
    }
}
