internal import Basics
internal import Manifests
internal import Model

/// Finds the versions behind `latest`, `minor` and `patch`, and remembers them for a re-run.
struct VersionLookup {
    private let job: Job
    private let registries: PackageRegistries
    private var answers: [JSON.Member] = []
    private(set) var notes: [String] = []

    init(_ job: Job) {
        self.job = job
        registries = PackageRegistries("dependencies", job)
    }

    /// What was found out.
    var declared: [JSON.Member] { answers.isEmpty ? [] : [.init("versions", .object(answers))] }

    /// The packages with exact versions, as their uses in the manifests ask for them.
    mutating func resolve(
        _ wanted: WantedPackages, seen survey: DependencySurvey, in files: StagedFiles
    ) throws(ExecutorError) -> WantedPackages {
        var packages = wanted.packages
        for (index, package) in packages.enumerated() {
            guard let wish = package.wish else { continue }
            let findings = survey.findings[index] ?? [:]
            guard let found = findings.first else {
                // The survey says what else is wrong, such as manifests that cannot be read.
                try survey.checkAllAreUsed(in: files)
                continue
            }
            guard findings.count == 1 else {
                let names = findings.keys.map { "'\($0.rawValue):\(package.name)'" }.sorted()
                throw ExecutorError(
                    "dependencies",
                    "'\(package.title)' is used in several ecosystems, each with versions of its own",
                    hint: "say which one: \(names.joined(separator: " or "))")
            }
            let version = try version(of: package, wish, found.key, found.value)
            packages[index] = package.with(version, commit: try commit(of: version, found.key, found.value))
        }
        return WantedPackages(packages)
    }

    private mutating func version(
        of package: WantedPackage, _ wish: VersionWish, _ ecosystem: Ecosystem, _ finding: DependencySurvey.Finding
    ) throws(ExecutorError) -> String {
        let current = try current(of: package, wish, finding)
        let kept = VersionOrder.numbers(current).prefix(wish.keptNumbers).map(String.init).joined(separator: ".")
        let key = "\(ecosystem.rawValue):\(package.name) \(wish.rawValue)" + (kept.isEmpty ? "" : " of \(kept)")
        let version: String
        if let recorded = job.recorded {
            guard let answer = recorded["versions"]?[key]?.string else {
                throw ExecutorError("dependencies", "the recorded attempt says nothing of '\(key)'")
            }
            version = answer
        } else {
            let listing = try registries.listing(of: package.name, in: ecosystem, at: finding.location, for: wish)
            version = try listing.newest(wish, from: current, of: package.title)
        }
        answers.append(.init(key, .string(version)))
        notes.append("\(wish.rawValue) of \(package.title) is \(version)")
        return version
    }

    /// The commit of a version, for hooks that are frozen at one.
    private mutating func commit(
        of version: String, _ ecosystem: Ecosystem, _ finding: DependencySurvey.Finding
    ) throws(ExecutorError) -> String? {
        let isFrozen = finding.uses.contains { CurrentVersion.isCommit(String($0.text.prefix(40))) }
        guard ecosystem == .preCommit, isFrozen, let location = finding.location else { return nil }
        let key = "\(location)@\(version)"
        if let recorded = job.recorded {
            guard let answer = recorded["versions"]?[key]?.string else {
                throw ExecutorError("dependencies", "the recorded attempt says nothing of '\(key)'")
            }
            answers.append(.init(key, .string(answer)))
            return answer
        }
        let tags = try registries.tags(of: location, "the commit of '\(key)'")
        guard let commit = tags.first(where: { $0.name == version })?.commit else { return nil }
        answers.append(.init(key, .string(commit)))
        return commit
    }

    /// The version that the uses have now; those that a wish would take to different places are no single one.
    private func current(
        of package: WantedPackage, _ wish: VersionWish, _ finding: DependencySurvey.Finding
    ) throws(ExecutorError) -> String {
        let versions = finding.uses.map { CurrentVersion.find(in: $0.text, of: package.name) ?? "" }
        let newest = versions.max { VersionOrder.compare($0, $1) < 0 } ?? ""
        guard wish != .latest else { return newest }
        for (use, version) in zip(finding.uses, versions) {
            let numbers = VersionOrder.numbers(version)
            guard numbers.count >= wish.keptNumbers else {
                throw ExecutorError(
                    "dependencies",
                    "\(use.path) does not say which version '\(package.title)' has now: '\(use.text)'",
                    hint: "ask for latest, or name the version exactly")
            }
            guard numbers.prefix(wish.keptNumbers) == VersionOrder.numbers(newest).prefix(wish.keptNumbers) else {
                let first = finding.uses.first?.path ?? use.path
                throw ExecutorError(
                    "dependencies",
                    "the \(wish.rawValue) version of '\(package.title)' is not the same everywhere",
                    causes: ["\(first): \(versions[0])", "\(use.path): \(version)"],
                    hint: "name the version exactly, or write a task for each in its own allowed_paths")
            }
        }
        return newest
    }
}
