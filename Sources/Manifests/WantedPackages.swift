internal import Basics

/// A family of packages with names of their own.
package enum Ecosystem: String, CaseIterable, Sendable {
    case pypi, npm, cargo, go, gem, swift, maven, docker
    case preCommit = "pre-commit"
    /// What `.tool-versions` installs.
    case tool

    /// The form in which two names of the same package are the same.
    package func normalized(_ name: String) -> String {
        switch self {
        case .pypi: Self.pypiName(name)
        case .cargo: name.replacing("_", with: "-")
        case .swift, .preCommit: Self.repositoryName(name)
        case .docker: Self.imageName(name)
        case .npm, .go, .gem, .maven, .tool: name
        }
    }

    /// PEP 503: lower case, and each run of `-`, `_` and `.` one `-`.
    private static func pypiName(_ name: String) -> String {
        var result: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                if result.last != UInt8(ascii: "-") { result.append(UInt8(ascii: "-")) }
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): result.append(byte | 0x20)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `owner/name` of a URL that leads to a repository.
    private static func repositoryName(_ name: String) -> String {
        var text = name.lowercased()[...]
        if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
        if text.hasSuffix("/") { text = text.dropLast() }
        if text.hasSuffix(".git") { text = text.dropLast(4) }
        let parts = text.split { $0 == "/" || $0 == ":" }
        return parts.suffix(2).joined(separator: "/")
    }

    /// Docker's own registry and library need not be written.
    private static func imageName(_ name: String) -> String {
        var text = name[...]
        for prefix in ["docker.io/", "index.docker.io/", "library/"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        return String(text)
    }
}

/// A package, and the version that it is to have.
package struct WantedPackage {
    /// As the task writes it.
    package let title: String
    package let name: String
    /// `nil` where any family may be meant.
    package let ecosystem: Ecosystem?
    package let version: String
    /// What `pip` is to check the package's files against.
    let hashes: [String]
    /// Whether the version is one that a registry or repository has, letter for letter.
    let isLookedUp: Bool
    /// The commit of the version, for what is frozen at one.
    let commit: String?
    /// Whether a newer version may give way.
    let allowsDowngrade: Bool

    package init(
        title: String, name: String, ecosystem: Ecosystem?, version: String, hashes: [String],
        isLookedUp: Bool = false, commit: String? = nil, allowsDowngrade: Bool = false
    ) {
        (self.title, self.name, self.ecosystem) = (title, name, ecosystem)
        (self.version, self.hashes, self.isLookedUp) = (version, hashes, isLookedUp)
        (self.commit, self.allowsDowngrade) = (commit, allowsDowngrade)
    }

    /// What is to be looked up, where the task names no version.
    package var wish: VersionWish? { VersionWish(rawValue: version.lowercased()) }

    package func with(_ version: String, commit: String?) -> WantedPackage {
        WantedPackage(
            title: title, name: name, ecosystem: ecosystem, version: version, hashes: hashes, isLookedUp: true,
            commit: commit ?? self.commit, allowsDowngrade: allowsDowngrade)
    }

    /// Whether putting the version in the place of a text would lower it.
    func lowers(_ text: String) -> Bool {
        let wanted = version.first == "v" ? version.dropFirst() : version[...]
        guard !allowsDowngrade, wanted.first?.isNumber == true, !CurrentVersion.isCommit(version) else {
            return false
        }
        let plain = text.firstRange(of: "@sha256:").map { String(text[..<$0.lowerBound]) } ?? text
        guard let current = CurrentVersion.find(in: plain, of: name) else { return false }
        return VersionOrder.compare(VersionSuffix.plain(current), VersionSuffix.plain(version)) > 0
    }
}

/// A version that is known only once somebody is asked.
package enum VersionWish: String, CaseIterable {
    case latest
    /// The newest one with the same first number.
    case minor
    /// The newest one with the same first two numbers.
    case patch

    /// How many numbers stay.
    package var keptNumbers: Int { self == .latest ? 0 : self == .minor ? 1 : 2 }
}

/// What a task wants of which package.
package struct WantedPackages {
    private let named: [WantedPackage]
    private let indexes: [Ecosystem: [String: Int]]
    /// Takes every name that is asked for.
    private let collected: CollectedNames?

    package init(_ packages: [WantedPackage]) {
        (named, collected) = (packages, nil)
        indexes = Self.indexes(of: packages)
    }

    private init(collecting: CollectedNames) { (named, collected, indexes) = ([], collecting, [:]) }

    /// Whatever a manifest names, in order to see what there is; nothing is to be changed.
    static func everything() -> WantedPackages { WantedPackages(collecting: CollectedNames()) }

    package var packages: [WantedPackage] { collected?.packages ?? named }

    /// The index of the package that a manifest calls by that name.
    package func index(of name: String, in ecosystem: Ecosystem) -> Int? {
        guard name.utf8.count <= 500 else { return nil }
        if let collected { return collected.index(of: name, in: ecosystem) }
        guard let indexes = indexes[ecosystem] else { return nil }
        let known = ecosystem.normalized(name)
        if let index = indexes[known] { return index }
        // A repository may be called without its owner, and an artifact without its group.
        switch ecosystem {
        case .swift, .preCommit: return known.split(separator: "/").last.flatMap { indexes[String($0)] }
        case .maven: return known.split(separator: ":").last.flatMap { indexes[String($0)] }
        default: return nil
        }
    }

    private static func indexes(of packages: [WantedPackage]) -> [Ecosystem: [String: Int]] {
        var indexes: [Ecosystem: [String: Int]] = [:]
        for (index, package) in packages.enumerated() {
            for ecosystem in package.ecosystem.map({ [$0] }) ?? Ecosystem.allCases {
                indexes[ecosystem, default: [:]][ecosystem.normalized(package.name)] = index
            }
        }
        return indexes
    }
}

/// The packages that a manifest turned out to name.
private final class CollectedNames {
    private(set) var packages: [WantedPackage] = []

    /// At a version that every other one is newer than, so that no use is changed.
    func index(of name: String, in ecosystem: Ecosystem) -> Int {
        packages.append(WantedPackage(title: name, name: name, ecosystem: ecosystem, version: "0.0.0", hashes: []))
        return packages.count - 1
    }
}
