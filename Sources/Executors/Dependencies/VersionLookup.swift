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
        _ wanted: WantedPackages, seen survey: DependencySurvey
    ) throws(ExecutorError) -> WantedPackages {
        var packages = wanted.packages
        for (index, package) in packages.enumerated() {
            guard let wish = package.wish else { continue }
            let findings = survey.findings[index] ?? [:]
            guard let found = findings.first else {
                // The survey says what else is wrong, such as manifests that cannot be read.
                try survey.checkAllAreUsed()
                continue
            }
            guard findings.count == 1 else {
                let names = findings.keys.map { "'\($0.rawValue):\(package.name)'" }.sorted()
                throw ExecutorError(
                    "dependencies",
                    "'\(package.title)' is used in several ecosystems, each with versions of its own",
                    hint: "say which one: \(names.joined(separator: " or "))")
            }
            packages[index] = package.with(try version(of: package, wish, found.key, found.value))
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

/// The version in a use, such as 2.31 in `requests[socks]~=2.31`.
enum CurrentVersion {
    static func find(in text: String, of name: String) -> String? {
        var rest = text[...]
        if rest.lowercased().hasPrefix(name.lowercased()) { rest = rest.dropFirst(name.count) }
        if rest.first == "[", let close = rest.firstIndex(of: "]") { rest = rest[rest.index(after: close)...] }
        var before: Character = " "
        var index = rest.startIndex
        while index < rest.endIndex {
            let next = rest[index]
            let startsWord = !(before.isLetter || before.isNumber || "._-".contains(before)) || before == "v"
            if next.isASCII, next.isNumber, startsWord {
                let version = rest[index...].prefix {
                    $0.isASCII && ($0.isLetter || $0.isNumber || ".+!-".contains($0))
                }
                // A commit is no version, however many digits it has.
                return ActionReference.isCommit(String(version)) ? nil : String(version)
            }
            before = next
            index = rest.index(after: index)
        }
        return nil
    }
}
