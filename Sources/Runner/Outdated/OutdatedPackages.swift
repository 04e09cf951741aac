package import Basics
internal import Git
internal import Manifests
internal import Model
package import Paths

/// A package that could be raised.
package struct OutdatedPackage: Hashable, Sendable {
    package let ecosystem: String
    package let name: String
    /// The lowest that stands anywhere.
    package let current: String
    package let newest: String
    package let paths: [RepoPath]

    /// Which of its numbers would change: `major`, `minor` or `patch`.
    package var step: String {
        let (old, new) = (VersionOrder.numbers(current), VersionOrder.numbers(newest))
        for (index, word) in ["major", "minor"].enumerated()
        where (index < old.count ? old[index] : 0) != (index < new.count ? new[index] : 0) {
            return word
        }
        return "patch"
    }
}

/// A package of which nobody can tell whether it could be raised.
package struct UnknownPackage: Hashable, Sendable {
    package let ecosystem: String
    package let name: String
    package let current: String?
    package let reason: String
    /// Whether a registry was asked and did not answer as it should.
    package let isTrouble: Bool
}

/// What the registries say of every package that the manifests of a commit use.
package struct OutdatedPackages {
    package let outdated: [OutdatedPackage]
    /// How many have their newest version.
    package let current: Int
    package let unknown: [UnknownPackage]
    /// Manifests that could not be read.
    package let unread: [String]

    private static let mostManifests = 2000
    private static let mostPackages = 500
    private static let largestManifest = 4 << 20
    private static let atOnce = 8

    /// Reads the manifests of a base and asks the registries, a few at a time.
    package init(_ checkout: TargetCheckout, _ base: Base, _ context: Context) throws(StageError) {
        let registry = PackageRegistry(context, try MachineConfiguration.read(context))
        let inventory = try Self.inventory(checkout, base)
        let entries = Array(inventory.entries.prefix(Self.mostPackages))
        let answers = Workers.map(entries.count, atOnce: Self.atOnce) { index in
            Self.answer(entries[index], registry)
        }
        if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
        var (outdated, unknown, current) = ([OutdatedPackage](), [UnknownPackage](), 0)
        for answer in answers {
            switch answer {
            case .outdated(let package): outdated.append(package)
            case .unknown(let package): unknown.append(package)
            case .current: current += 1
            }
        }
        unknown += inventory.entries.dropFirst(Self.mostPackages).map {
            UnknownPackage(
                ecosystem: $0.ecosystem.rawValue, name: $0.name, current: $0.lowest,
                reason: "no more than \(Self.mostPackages) packages are looked up", isTrouble: false)
        }
        (self.outdated, self.unknown, self.current) = (outdated, unknown, current)
        unread = inventory.unread
    }

    private static func inventory(_ checkout: TargetCheckout, _ base: Base) throws(StageError) -> PackageInventory
    {
        var inventory = PackageInventory()
        var paths: [(path: RepoPath, blob: ObjectID)] = []
        do throws(GitError) {
            try checkout.repository.walk(tree: base.tree, under: nil) { path, entry in
                let isFile = entry.kind == .regular || entry.kind == .executable
                if isFile, ManifestKind.of(path) != nil { paths.append((path, entry.id)) }
                return paths.count < mostManifests ? .descend : .stop
            }
            for (path, blob) in paths {
                inventory.add(path, try checkout.repository.blob(blob, limit: largestManifest))
            }
        } catch { throw StageError(.invalid, error) }
        return inventory
    }

    private enum Answer: Sendable { case outdated(OutdatedPackage), unknown(UnknownPackage), current }

    private static func answer(_ entry: PackageInventory.Entry, _ registry: PackageRegistry) -> Answer {
        func unknown(_ reason: String, isTrouble: Bool = false) -> Answer {
            .unknown(
                UnknownPackage(
                    ecosystem: entry.ecosystem.rawValue, name: entry.name, current: entry.lowest, reason: reason,
                    isTrouble: isTrouble))
        }
        guard let current = entry.lowest else { return unknown("its manifest names no version") }
        do throws(PackageRegistry.Failure) {
            let versions = try registry.versions(of: entry.name, in: entry.ecosystem)
            guard let newest = versions.newest else { return unknown("the registry has no stable version of it") }
            guard VersionOrder.compare(newest, current) > 0 else { return .current }
            let behind = entry.uses.filter { use in
                use.version.map { VersionOrder.compare(newest, $0) > 0 } ?? false
            }
            var paths: [RepoPath] = []
            for use in behind where !paths.contains(use.path) { paths.append(use.path) }
            return .outdated(
                OutdatedPackage(
                    ecosystem: entry.ecosystem.rawValue, name: entry.name, current: current, newest: newest,
                    paths: paths))
        } catch { return unknown(error.reason, isTrouble: error.isTrouble) }
    }
}

extension PackageInventory.Entry {
    /// The lowest version that stands anywhere.
    fileprivate var lowest: String? { uses.compactMap(\.version).min { VersionOrder.compare($0, $1) < 0 } }
}
