package import Basics
internal import Git
package import Model

/// Registers a repository: by its URL, which git clones, or by the directory of a checkout that a person keeps.
package struct TargetAddition {
    private let place: String
    private let name: String?
    private let group: String?
    /// The branch that counts, where it is not the remote's own default.
    package var branch: String?
    private let context: Context
    private let registry: TargetRegistry

    /// `name` is what it is called; else it is called as its contract says.
    package init(place: String, name: String?, group: String?, _ context: Context) {
        (self.place, self.name, self.group, self.context) = (place, name, group, context)
        registry = TargetRegistry(context)
    }

    /// What cannot be read is not registered.
    package func run(_ controls: HomeControls) throws -> TargetRegistration {
        if let group { try demand(group: group) }
        var target = try described()
        target.group = group
        try registry.add(target)
        do {
            let directory = try TargetClone(target, context).ready()
            try checkName(&target, directory)
        } catch {
            try registry.remove(target)
            try TargetClone(target, context).remove()
            throw error
        }
        try controls.registered(target)
        return target
    }

    /// A directory is a checkout that a person keeps; anything else is for git to clone.
    private func described() throws -> TargetRegistration {
        let isCheckout = try FileSystem.isDirectory(place) && TargetCheckout.isInOne(place)
        guard isCheckout else {
            if Self.isPath(place) { try demandRepository() }
            let last = place.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? place
            let plain = last.hasSuffix(".git") ? String(last.dropLast(4)) : last
            var target = TargetRegistration(
                name: name ?? plain, repositoryURL: FileSystem.realPath(place) ?? place)
            target.defaultBranch = branch
            return target
        }
        let checkout = try TargetCheckout.open(place)
        let remote = try checkout.remote(preferring: "origin")
        let url = remote.flatMap { checkout.repository.writtenURL(ofRemote: $0) } ?? checkout.root
        let called = name ?? checkout.fallbackTarget(remote: remote)
        var target = TargetRegistration(name: called, repositoryURL: url)
        target.checkout = FileSystem.realPath(checkout.root) ?? checkout.root
        return target
    }

    /// Whether the place is one of this machine, and no address that git would take to another one.
    private static func isPath(_ place: String) -> Bool {
        place.hasPrefix("/") || place.hasPrefix(".") || place.hasPrefix("~") || !place.contains(":")
    }

    /// A repository without a checkout, or a bundle, is for git to clone like any other remote.
    private func demandRepository() throws(StageError) {
        let hint = "name the directory of a checkout, a bare repository, or a URL that git can clone"
        guard FileSystem.exists(place) else { throw StageError(.invalid, "there is no '\(place)'", hint: hint) }
        let isRepository = ["/objects", "/.git"].contains { FileSystem.exists(place + $0) }
        guard !FileSystem.isDirectory(place) || isRepository else {
            throw StageError(.invalid, "'\(place)' is no git repository", hint: hint)
        }
    }

    /// Limits and records go by the contract's own name, and so must the registration.
    private func checkName(_ target: inout TargetRegistration, _ directory: String) throws {
        let reading = try TargetReading.read(directory, fetches: false, context)
        guard reading.target != target.name else { return }
        guard name == nil else {
            throw StageError(
                .invalid, "its contract calls the target '\(reading.target)', not '\(target.name)'",
                hint: "leave out --name, or change 'target' in contract.yaml")
        }
        var renamed = target
        renamed.name = reading.target
        try registry.remove(target)
        let (old, new) = (registry.directory(of: target), registry.directory(of: renamed))
        try registry.add(renamed)
        if target.checkout == nil { try FileSystem.replace(new, by: old) }
        target = renamed
    }

    private func demand(group: String) throws {
        let names = try MachineConfiguration.read(context).groups.map(\.name)
        guard !names.contains(group) else { return }
        throw StageError(
            .invalid, "config.yaml has no group '\(group)'",
            hint: Suggestion.nearest(to: group, among: names).map { "did you mean '\($0)'?" }
                ?? "add it under 'groups:' in \(MachineConfiguration.path(context))")
    }
}

extension TargetRegistry {
    /// A registration for programs.
    package func json(_ target: TargetRegistration) -> JSON {
        [
            "target": .string(target.name), "repository": .string(target.repositoryURL),
            "group": .optional(target.group), "enabled": .bool(target.enabled),
            "checkout": .optional(target.checkout), "directory": .string(directory(of: target)),
        ]
    }
}
