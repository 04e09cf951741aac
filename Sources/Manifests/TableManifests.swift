internal import Basics
internal import Editing

/// Manifests that are tables of names and versions.
enum TableManifests {
    /// What other packages expect of their surroundings (`peerDependencies`) is not for this one to set.
    static func updatePackageJSON(_ manifest: inout Manifest) {
        for table in ["dependencies", "devDependencies", "optionalDependencies"] {
            for member in manifest.members(at: ValuePath([.key(table)])) {
                guard let package = manifest.wanted.index(of: member.name, in: .npm) else { continue }
                manifest.setRange(at: member.path, package)
            }
        }
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
        for (index, repo) in (manifest.value["repos"]?.elements ?? []).enumerated() {
            guard let url = repo["repo"]?.string, let rev = repo["rev"]?.plainText,
                let package = manifest.wanted.index(of: url, in: .preCommit)
            else { continue }
            manifest.locate(package, at: url)
            let path = repos.appending(.index(index)).appending(.key("rev"))
            let wanted = manifest.wanted.packages[package]
            // A tag that was found is written as it is called there.
            let version = wanted.isLookedUp ? wanted.version : VersionMark.applied(to: wanted.version, like: rev)
            manifest.set(path, package, rev, to: version)
        }
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
