package import Basics
internal import Contracts
internal import Editing
internal import Manifests

extension WantedPackages {
    /// More than any task needs.
    private static let limit = 1000

    /// Reads `inputs`: a version for each name, which may begin with its family, as in `npm:react`.
    package init(_ inputs: JSON) throws(ExecutorError) {
        let members = Self.members(inputs)
        guard !members.isEmpty else {
            throw ExecutorError(
                "dependencies", "inputs names no package", hint: "write it as {requests: \"2.32.0\"}")
        }
        guard members.count <= Self.limit else {
            throw ExecutorError(
                "dependencies", "inputs names \(members.count) packages; at most \(Self.limit) are set")
        }
        let all = InputValues(inputs, DependenciesInputs.declaration)["allow_downgrade"] == true
        var packages: [WantedPackage] = []
        for member in members { packages.append(try Self.package(member, allowsDowngrade: all)) }
        self.init(packages)
    }

    /// Whether a task's inputs leave a version open.
    static func hasWishes(_ inputs: JSON) -> Bool {
        members(inputs).contains { member in
            (InputValues(member.value, DependenciesInputs.detailed)["version"] ?? member.value).string.flatMap {
                VersionWish(rawValue: $0.lowercased())
            }
                != nil
        }
    }

    /// The packages, whichever way they are written.
    private static func members(_ inputs: JSON) -> [JSON.Member] {
        let declared = Set(DependenciesInputs.declaration.record.members.map(\.name))
        let listed = InputValues(inputs, DependenciesInputs.declaration)["packages"]?.members ?? []
        return listed + (inputs.members ?? []).filter { !declared.contains($0.name) && !$0.value.isNull }
    }

    private static func package(
        _ member: JSON.Member, allowsDowngrade: Bool
    ) throws(ExecutorError) -> WantedPackage {
        var (name, ecosystem) = (member.name, Ecosystem?.none)
        if let colon = name.firstIndex(of: ":"), let known = Ecosystem(rawValue: String(name[..<colon])) {
            (name, ecosystem) = (String(name[name.index(after: colon)...]), known)
        }
        let fields = InputValues(member.value, DependenciesInputs.detailed)
        let value = fields["version"] ?? member.value
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
        let hashes = fields["hashes"]?.elements?.compactMap(\.string) ?? []
        guard hashes.allSatisfy({ isVersion($0) && $0.contains(":") }) else {
            throw ExecutorError("dependencies", "a hash of '\(member.name)' is written as sha256:…")
        }
        let commit = fields["commit"]?.string
        guard commit.map(CurrentVersion.isCommit) ?? true else {
            throw ExecutorError("dependencies", "the commit of '\(member.name)' is not 40 hexadecimal digits")
        }
        return WantedPackage(
            title: member.name, name: name, ecosystem: ecosystem, version: version, hashes: hashes, commit: commit,
            allowsDowngrade: allowsDowngrade || fields["allow_downgrade"] == true)
    }

    /// Letters, digits and the marks of versions, tags and digests; nothing that could end a string or a line.
    private static func isVersion(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200 else { return false }
        return (first.isNameByte && first != UInt8(ascii: "-"))
            && text.utf8.allSatisfy { $0.isNameByte || ".+!:@/".utf8.contains($0) }
    }
}
