internal import Basics
package import Editing
package import Paths

/// One place where a manifest uses a wanted package.
package struct PackageUse {
    /// The index of the package.
    package let package: Int
    package let before: String
    /// `nil` where the place cannot be changed.
    package let after: String?
    package let reason: String?
}

/// A manifest while its packages are set: the edits that are to be made, and what was found.
package struct Manifest {
    let path: RepoPath
    let bytes: [UInt8]
    let wanted: WantedPackages
    package private(set) var uses: [PackageUse] = []
    private var edits: [ByteEdit] = []
    private var assignments: [Assignment] = []
    private var frozen: [(old: FrozenRevision, new: FrozenRevision)] = []
    /// Where packages come from, for those that are repositories.
    package private(set) var locations: [Int: String] = [:]
    private let format: FileFormat?
    /// Everything that a structured manifest says.
    let value: JSON

    init(_ path: RepoPath, _ bytes: [UInt8], _ wanted: WantedPackages, format: FileFormat? = nil)
        throws(EditRefusal)
    {
        (self.path, self.bytes, self.wanted, self.format) = (path, bytes, wanted, format)
        if let format {
            value = try format.value(of: bytes)
        } else {
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw EditRefusal(syntax: "it is not UTF-8 text")
            }
            value = .null
        }
    }

    /// The manifest with all edits made.
    package func result() throws(EditRefusal) -> [UInt8] {
        if let format, !(assignments.isEmpty && frozen.isEmpty) {
            let revised = ByteEdit.apply(frozen.flatMap { $0.old.edits(setting: $0.new, in: bytes) }, to: bytes)
            return assignments.isEmpty ? revised : try format.setting(assignments, in: revised)
        }
        return ByteEdit.apply(edits, to: bytes)
    }

    func version(of package: Int) -> String { wanted.packages[package].version }

    /// The version as one that stands there is written: with its suffix.
    func version(of package: Int, like old: String) -> String {
        let wanted = wanted.packages[package]
        return wanted.isLookedUp ? wanted.version : VersionSuffix.kept(wanted.version, like: old)
    }

    package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: Findings

    /// A value of a structured manifest that is to become another one; `nil` where nobody can say which.
    mutating func set(_ path: ValuePath, _ package: Int, _ before: String, to after: String?) {
        guard note(package, before, after, "is written as '\(before)'") else { return }
        if let after, after != before { assignments.append(Assignment(path, .string(after))) }
    }

    /// Some bytes that are to become others; says whether they do.
    @discardableResult
    mutating func replace(_ range: Range<Int>, _ package: Int, with after: String?) -> Bool {
        let before = text(range)
        guard note(package, before, after, "is written as '\(before)'") else { return false }
        if let after, after != before { edits.append(ByteEdit(range, after)) }
        return after != nil
    }

    /// A commit, and the comment behind it that says which version it is.
    mutating func freeze(_ package: Int, _ old: FrozenRevision, at new: FrozenRevision?) {
        let reason = "is frozen at a commit: give the new 'commit' beside the version"
        guard note(package, old.text, new?.text, reason), let new, new.text != old.text else { return }
        frozen.append((old, new))
    }

    /// A version where there was none.
    mutating func insert(_ text: String, at place: Int, _ package: Int) {
        note(package, "", text, nil)
        edits.append(ByteEdit(at: place, inserting: text))
    }

    /// A use that only a person can change.
    mutating func leave(_ package: Int, _ before: String, because reason: String) {
        note(package, before, nil, reason)
    }

    mutating func locate(_ package: Int, at url: String) { locations[package] = url }

    /// An edit that belongs to a use that was noted already.
    mutating func append(_ edit: ByteEdit) { edits.append(edit) }

    /// Says whether the use may be changed: a version is not lowered unless the task says so.
    @discardableResult
    private mutating func note(_ package: Int, _ before: String, _ after: String?, _ reason: String?) -> Bool {
        let lowers = after != nil && after != before && wanted.packages[package].lowers(before)
        let newer = "is newer there ('\(before)'; 'allow_downgrade: true' lowers it)"
        uses.append(
            PackageUse(
                package: package, before: before, after: lowers ? nil : after,
                reason: lowers ? newer : after == nil ? reason : nil))
        return !lowers
    }
}

/// The kinds of manifests, by their names.
package enum ManifestKind {
    case requirements, pyproject, pipfile, setupConfig, packageJSON, cargo, goModule, gemfile, swiftPackage, pom,
        gradle
    case gradleCatalog, dockerfile, compose, preCommit, toolVersions, pnpmWorkspace

    package static func of(_ path: RepoPath) -> ManifestKind? {
        // Most files are none, and most of those show it by how they end.
        guard let last = path.bytes.last, Self.lastBytes.contains(last) || Self.isImage(path) else { return nil }
        let name = path.name
        if let kind = names[name] { return kind }
        guard let dot = name.lastIndex(of: ".") else { return name.hasPrefix("Dockerfile") ? .dockerfile : nil }
        switch name[dot...] {
        case ".txt", ".in": return isRequirements(path, name) ? .requirements : nil
        case ".yml", ".yaml":
            let isCompose = name.hasPrefix("docker-compose") || name.hasPrefix("compose.")
            return isCompose ? .compose : nil
        case ".toml": return name.hasSuffix(".versions.toml") ? .gradleCatalog : nil
        case ".Dockerfile", ".dockerfile": return .dockerfile
        default: return name.hasPrefix("Dockerfile.") || name.hasPrefix("Containerfile.") ? .dockerfile : nil
        }
    }

    private static let names: [String: ManifestKind] = [
        "pyproject.toml": .pyproject, "Pipfile": .pipfile, "setup.cfg": .setupConfig, "package.json": .packageJSON,
        "Cargo.toml": .cargo, "go.mod": .goModule, "Gemfile": .gemfile, "gems.rb": .gemfile,
        "Package.swift": .swiftPackage, "pom.xml": .pom, "build.gradle": .gradle, "build.gradle.kts": .gradle,
        "settings.gradle": .gradle, "settings.gradle.kts": .gradle, "Dockerfile": .dockerfile,
        "Containerfile": .dockerfile, ".pre-commit-config.yaml": .preCommit, ".pre-commit-config.yml": .preCommit,
        ".tool-versions": .toolVersions, "pnpm-workspace.yaml": .pnpmWorkspace,
    ]

    /// How the names above and the endings below end.
    private static let lastBytes = Set("lesdgntbky".utf8)
    private static let image = Array("ockerfile".utf8)
    private static let container = Array("ontainerfile".utf8)
    private static let requirementsWord = Array("requirements".utf8)

    private static func isImage(_ path: RepoPath) -> Bool {
        path.bytes.contains(piece: image) || path.bytes.contains(piece: container)
    }

    private static func isRequirements(_ path: RepoPath, _ name: String) -> Bool {
        guard path.bytes.contains(piece: requirementsWord) || name.hasPrefix("constraints") else { return false }
        return name.hasPrefix("constraints") || Array(name.utf8).contains(piece: requirementsWord)
            || path.parent?.name == "requirements"
    }

    /// The manifest with the uses that were found in it.
    package func read(_ path: RepoPath, _ bytes: [UInt8], _ wanted: WantedPackages) throws(EditRefusal) -> Manifest
    {
        var manifest = try Manifest(path, bytes, wanted, format: format)
        switch self {
        case .requirements: try RequirementsFile.update(&manifest)
        case .pyproject: PythonManifests.updateProject(&manifest)
        case .pipfile: PythonManifests.updatePipfile(&manifest)
        case .setupConfig: PythonManifests.updateSetupConfig(&manifest)
        case .packageJSON: TableManifests.updatePackageJSON(&manifest)
        case .pnpmWorkspace: TableManifests.updateCatalogs(&manifest)
        case .cargo: TableManifests.updateCargo(&manifest)
        case .gradleCatalog: GradleManifest.updateCatalog(&manifest)
        case .compose: ImageManifests.updateCompose(&manifest)
        case .preCommit: TableManifests.updatePreCommit(&manifest)
        case .goModule: try LineManifests.updateGoModule(&manifest)
        case .gemfile: LineManifests.updateGemfile(&manifest)
        case .toolVersions: LineManifests.updateToolVersions(&manifest)
        case .swiftPackage: try SwiftPackageManifest.update(&manifest)
        case .pom: try PomManifest.update(&manifest)
        case .gradle: GradleManifest.update(&manifest)
        case .dockerfile: ImageManifests.updateDockerfile(&manifest)
        }
        return manifest
    }

    package var ecosystem: Ecosystem {
        switch self {
        case .requirements, .pyproject, .pipfile, .setupConfig: .pypi
        case .packageJSON, .pnpmWorkspace: .npm
        case .cargo: .cargo
        case .goModule: .go
        case .gemfile: .gem
        case .swiftPackage: .swift
        case .pom, .gradle, .gradleCatalog: .maven
        case .dockerfile, .compose: .docker
        case .preCommit: .preCommit
        case .toolVersions: .tool
        }
    }

    private var format: FileFormat? {
        switch self {
        case .pyproject, .pipfile, .cargo, .gradleCatalog: .toml
        case .setupConfig: .ini
        case .packageJSON: .json
        case .compose, .preCommit, .pnpmWorkspace: .yaml
        default: nil
        }
    }
}
