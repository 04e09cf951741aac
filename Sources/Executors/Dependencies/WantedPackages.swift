internal import Basics

/// A family of packages with names of their own.
enum Ecosystem: String, CaseIterable, Sendable {
    case pypi, npm, cargo, go, gem, swift, maven, docker
    case preCommit = "pre-commit"
    /// What `.tool-versions` installs.
    case tool

    /// The form in which two names of the same package are the same.
    func normalized(_ name: String) -> String {
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
struct WantedPackage {
    /// As the task writes it.
    let title: String
    let name: String
    /// `nil` where any family may be meant.
    let ecosystem: Ecosystem?
    let version: String
    /// What `pip` is to check the package's files against.
    let hashes: [String]
    /// Whether the version is one that a registry or repository has, letter for letter.
    var isLookedUp = false

    /// What is to be looked up, where the task names no version.
    var wish: VersionWish? { VersionWish(rawValue: version.lowercased()) }

    func with(_ version: String) -> WantedPackage {
        WantedPackage(
            title: title, name: name, ecosystem: ecosystem, version: version, hashes: hashes, isLookedUp: true)
    }
}

/// A version that is known only once somebody is asked.
enum VersionWish: String, CaseIterable {
    case latest
    /// The newest one with the same first number.
    case minor
    /// The newest one with the same first two numbers.
    case patch

    /// How many numbers stay.
    var keptNumbers: Int { self == .latest ? 0 : self == .minor ? 1 : 2 }
}

/// What a task wants of which package.
struct WantedPackages {
    let packages: [WantedPackage]
    private let indexes: [Ecosystem: [String: Int]]

    /// More than any task needs.
    private static let limit = 1000

    /// Reads `inputs`: a version for each name, which may begin with its family, as in `npm:react`.
    init(_ inputs: JSON) throws(ExecutorError) {
        guard let members = (inputs["packages"]?.members ?? inputs.members), !members.isEmpty else {
            throw ExecutorError(
                "dependencies", "inputs names no package", hint: "write it as {requests: \"2.32.0\"}")
        }
        guard members.count <= Self.limit else {
            throw ExecutorError(
                "dependencies", "inputs names \(members.count) packages; at most \(Self.limit) are set")
        }
        var packages: [WantedPackage] = []
        for member in members { packages.append(try Self.package(member)) }
        self.init(packages)
    }

    init(_ packages: [WantedPackage]) {
        self.packages = packages
        indexes = Self.indexes(of: packages)
    }

    /// Whether a task's inputs leave a version open.
    static func hasWishes(_ inputs: JSON) -> Bool {
        (inputs["packages"]?.members ?? inputs.members ?? []).contains { member in
            ((member.value["version"] ?? member.value).string).flatMap { VersionWish(rawValue: $0.lowercased()) }
                != nil
        }
    }

    /// The index of the package that a manifest calls by that name.
    func index(of name: String, in ecosystem: Ecosystem) -> Int? {
        guard let indexes = indexes[ecosystem], name.utf8.count <= 500 else { return nil }
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

    private static func package(_ member: JSON.Member) throws(ExecutorError) -> WantedPackage {
        var (name, ecosystem) = (member.name, Ecosystem?.none)
        if let colon = name.firstIndex(of: ":"), let known = Ecosystem(rawValue: String(name[..<colon])) {
            (name, ecosystem) = (String(name[name.index(after: colon)...]), known)
        }
        let value = member.value["version"] ?? member.value
        guard let version = value.string, !name.isEmpty else {
            throw ExecutorError(
                "dependencies", "the version of '\(member.name)' is \(value.kindName), not text",
                hint: "put it into quotes: as a number, 1.10 would be 1.1")
        }
        guard isVersion(version) else {
            throw ExecutorError(
                "dependencies", "'\(version.prefix(80))' is no version that '\(member.name)' can be set to",
                hint: "name one version, without an operator; each file keeps its own")
        }
        let hashes = member.value["hashes"]?.elements?.compactMap(\.string) ?? []
        guard hashes.allSatisfy({ isVersion($0) && $0.contains(":") }) else {
            throw ExecutorError("dependencies", "a hash of '\(member.name)' is written as sha256:…")
        }
        return WantedPackage(
            title: member.name, name: name, ecosystem: ecosystem, version: version, hashes: hashes)
    }

    /// Letters, digits and the marks of versions, tags and digests; nothing that could end a string or a line.
    private static func isVersion(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200 else { return false }
        return (first.isNameByte && first != UInt8(ascii: "-"))
            && text.utf8.allSatisfy { $0.isNameByte || ".+!:@/".utf8.contains($0) }
    }
}
