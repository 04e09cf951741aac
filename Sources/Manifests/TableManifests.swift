internal import Basics
internal import Editing

/// Manifests that are tables of names and versions.
package enum TableManifests {
    /// What other packages expect of their surroundings (`peerDependencies`) is not for this one to set.
    static func updatePackageJSON(_ manifest: inout Manifest) {
        for table in ["dependencies", "devDependencies", "optionalDependencies"] {
            for member in manifest.members(at: ValuePath([.key(table)])) {
                guard let package = manifest.wanted.index(of: member.name, in: .npm) else { continue }
                if let text = member.value.string, text.hasPrefix("catalog:") {
                    manifest.leave(package, text, because: catalogReason)
                } else {
                    manifest.setRange(at: member.path, package)
                }
            }
        }
        for path in [["overrides"], ["resolutions"], ["pnpm", "overrides"]] {
            updateOverrides(&manifest, at: ValuePath(path.map { .key($0) }), within: nil)
        }
    }

    /// Why a use is left whose version stands in a file of its own.
    package static let catalogReason = "takes its version from the catalog in pnpm-workspace.yaml"

    /// The versions that packages of a pnpm workspace name as `catalog:`.
    static func updateCatalogs(_ manifest: inout Manifest) {
        let named = manifest.members(at: ValuePath([.key("catalogs")])).map(\.path)
        for path in [ValuePath([.key("catalog")])] + named {
            for member in manifest.members(at: path) {
                guard let package = manifest.wanted.index(of: member.name, in: .npm) else { continue }
                manifest.setRange(at: member.path, package)
            }
        }
        updateOverrides(&manifest, at: ValuePath([.key("overrides")]), within: nil)
    }

    /// What is set for all packages alike would undo a change; what is set for one package alone is named.
    private static func updateOverrides(_ manifest: inout Manifest, at path: ValuePath, within owner: String?) {
        for member in manifest.members(at: path) {
            let (name, parent) = overridden(member.name)
            let owner = owner ?? parent
            if member.value.members != nil {
                updateOverrides(&manifest, at: member.path, within: owner ?? name)
            }
            guard let package = manifest.wanted.index(of: name, in: .npm) else { continue }
            let own = member.value["."]?.string
            // `$name` takes the version from the dependencies.
            guard let text = own ?? member.value.string, text.first != "$" else { continue }
            if let owner {
                manifest.leave(package, text, because: "is overridden with '\(text)' within '\(owner)'")
            } else {
                let place = own == nil ? member.path : member.path.appending(.key("."))
                manifest.set(
                    place, package, text, to: VersionRange.updating(text, to: manifest.version(of: package)))
            }
        }
    }

    /// The name in a key such as `**/react`, `react@^17` or `app>react`, and the package that it is overridden within.
    private static func overridden(_ key: String) -> (name: String, owner: String?) {
        var parts = key.split { $0 == ">" }.map { String($0).trimmed }
        if parts.count == 1 {
            parts = []
            for part in key.split(separator: "/") {
                if let last = parts.last, last.first == "@", !last.contains("/") {
                    parts[parts.count - 1] = last + "/" + part
                } else {
                    parts.append(String(part))
                }
            }
        }
        guard var name = parts.last, name != "." else { return (key, nil) }
        if let at = name.lastIndex(of: "@"), at != name.startIndex { name = String(name[..<at]) }
        let owners = parts.dropLast().filter { $0 != "**" }
        return (name, owners.isEmpty ? nil : owners.joined(separator: "/"))
    }

    static func updateCargo(_ manifest: inout Manifest) {
        let tables = ["dependencies", "dev-dependencies", "build-dependencies"]
        for table in tables { updateCrates(&manifest, at: ValuePath([.key(table)])) }
        updateCrates(&manifest, at: ValuePath([.key("workspace"), .key("dependencies")]))
        for target in manifest.members(at: ValuePath([.key("target")])) {
            for table in tables { updateCrates(&manifest, at: target.path.appending(.key(table))) }
        }
    }

    private static func updateCrates(_ manifest: inout Manifest, at path: ValuePath) {
        for member in manifest.members(at: path) {
            let name = member.value["package"]?.string ?? member.name
            guard let package = manifest.wanted.index(of: name, in: .cargo) else { continue }
            // The version stands in the workspace's own manifest.
            if member.value["workspace"] == true { continue }
            manifest.setRange(at: member.path, package)
        }
    }

    static func updatePreCommit(_ manifest: inout Manifest) {
        let repos = ValuePath([.key("repos")])
        var frozen = FrozenRevisions(manifest.bytes)
        for (index, repo) in (manifest.value["repos"]?.elements ?? []).enumerated() {
            guard let url = repo["repo"]?.string, let rev = revision(repo["rev"], index, manifest),
                let package = manifest.wanted.index(of: url, in: .preCommit)
            else { continue }
            manifest.locate(package, at: url)
            let path = repos.appending(.index(index)).appending(.key("rev"))
            let wanted = manifest.wanted.packages[package]
            if CurrentVersion.isCommit(rev), !CurrentVersion.isCommit(wanted.version) {
                freeze(&manifest, package, frozen.next(rev))
                continue
            }
            // A tag that was found is written as it is called there.
            let version = wanted.isLookedUp ? wanted.version : VersionMark.applied(to: wanted.version, like: rev)
            manifest.set(path, package, rev, to: version)
        }
    }

    /// The text of a revision; a commit of digits alone is read as a number, which does not hold them all.
    private static func revision(_ value: JSON?, _ index: Int, _ manifest: Manifest) -> String? {
        guard let value, value.string == nil else { return value?.string }
        let repos = manifest.value["repos"]?.elements ?? []
        let before = repos[..<index].count { $0["rev"] != nil }
        let texts = Lines.all(of: manifest.bytes).compactMap { line -> String? in
            let words = manifest.text(line).split { $0 == " " || $0 == "\t" || $0 == "\r" }.drop { $0 == "-" }
            return words.first == "rev:" ? words.dropFirst().first.map(String.init) : nil
        }
        let isPlain = texts.count == repos.count { $0["rev"] != nil } && before < texts.count
        return isPlain ? texts[before] : value.plainText
    }

    private static func freeze(
        _ manifest: inout Manifest, _ package: Int, _ old: FrozenRevision
    ) {
        let wanted = manifest.wanted.packages[package]
        let version = old.version.map {
            wanted.isLookedUp ? wanted.version : VersionMark.applied(to: wanted.version, like: $0)
        }
        if let version, version == old.version, wanted.commit == nil || wanted.commit == old.commit {
            return manifest.freeze(package, old, at: old)
        }
        manifest.freeze(package, old, at: wanted.commit.map { FrozenRevision($0, version: version) })
    }
}

/// The `v` that some write before versions and some do not.
package enum VersionMark {
    package static func applied(to version: String, like old: String) -> String {
        let hadMark = old.first == "v" && old.dropFirst().first?.isNumber == true
        let hasMark = version.first == "v" && version.dropFirst().first?.isNumber == true
        if hadMark, !hasMark, version.first?.isNumber == true, version.contains(".") { return "v" + version }
        return !hadMark && hasMark && old.first?.isNumber == true ? String(version.dropFirst()) : version
    }
}
