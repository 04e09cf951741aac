internal import Basics
internal import Editing
package import Paths

/// The packages that manifests use, with the versions that stand there.
package struct PackageInventory {
    package struct Use: Hashable, Sendable {
        package let path: RepoPath
        /// What stands there, such as `requests~=2.31`.
        package let text: String
        /// `nil` where the text names none.
        package let version: String?
    }

    package struct Entry: Sendable {
        package let ecosystem: Ecosystem
        /// As the first manifest spells it.
        package let name: String
        package fileprivate(set) var uses: [Use] = []
    }

    /// In the order in which they were met.
    package private(set) var entries: [Entry] = []
    /// Manifests that could not be read, with the reason.
    package private(set) var unread: [String] = []
    private var indexes: [Ecosystem: [String: Int]] = [:]

    package init() {}

    /// Takes in one file; one that is no manifest says nothing.
    package mutating func add(_ path: RepoPath, _ bytes: [UInt8]) {
        guard let kind = ManifestKind.of(path) else { return }
        let everything = WantedPackages.everything()
        do throws(EditRefusal) {
            let manifest = try kind.read(path, bytes, everything)
            for use in manifest.uses { add(use, everything.packages[use.package].name, kind.ecosystem, path) }
        } catch { unread.append(error.naming("\(path)").message) }
    }

    private mutating func add(_ use: PackageUse, _ name: String, _ ecosystem: Ecosystem, _ path: RepoPath) {
        let key = ecosystem.normalized(name)
        let index = indexes[ecosystem]?[key] ?? entries.count
        if index == entries.count {
            entries.append(Entry(ecosystem: ecosystem, name: name))
            indexes[ecosystem, default: [:]][key] = index
        }
        let isElsewhere = ["://", "file:", "link:", "workspace:", "git+"].contains { use.before.contains($0) }
        let version = isElsewhere ? nil : CurrentVersion.find(in: use.before, of: name)
        let found = Use(path: path, text: use.before, version: version)
        if !entries[index].uses.contains(found) { entries[index].uses.append(found) }
    }
}
