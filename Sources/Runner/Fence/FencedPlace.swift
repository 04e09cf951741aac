internal import Basics
internal import Git
package import Processes

/// Private directories for programs that run behind a fence; gone, with all that they hold, when the value is closed.
package struct FencedPlace: ~Copyable {
    private let root: String
    private let surroundings: Surroundings

    package init(_ surroundings: Surroundings) throws(StageError) {
        self.surroundings = surroundings
        do throws(FileError) {
            let parent = surroundings.home + "/fenced"
            try FileSystem.createDirectory(parent, permissions: 0o700)
            let made = try FileSystem.createTemporaryDirectory(
                in: FileSystem.realPath(parent) ?? parent, prefix: Self.name(of: .current) + "-")
            for name in ["home", "tmp", "tree"] {
                try FileSystem.createDirectory("\(made)/\(name)", permissions: 0o700)
            }
            root = made
        } catch { throw StageError(.executor, error) }
    }

    deinit { try? FileSystem.removeTree(root) }

    /// Says whose a place is, so that it can be cleared away when its process has died.
    private static func name(of owner: ProcessIdentity) -> String { "\(owner.processID).\(owner.started)" }

    /// Removes what dead processes left; places of another machine's processes, or of no known one, stay.
    static func reclaim(_ surroundings: Surroundings) {
        let parent = surroundings.home + "/fenced"
        guard FileSystem.isDirectory(parent), let names = try? FileSystem.list(parent) else { return }
        for name in names {
            let owner = name.split(separator: "-").first?.split(separator: ".") ?? []
            guard owner.count == 2, let processID = Int(owner[0]) else { continue }
            let identity = ProcessIdentity(
                processID: processID, started: String(owner[1]), machine: ProcessIdentity.current.machine)
            if !identity.mayBeAlive { try? FileSystem.removeTree(parent + "/" + name) }
        }
    }

    /// Where files can be laid out for a program to work on.
    package var tree: String { root + "/tree" }

    /// A fence that grants the paths and keeps the user's secrets and git's metadata.
    package func fence(writable: [String], directory: String, network: Fence.Network) -> Fence {
        var fence = Fence(home: root + "/home", temporary: root + "/tmp")
        (fence.writable, fence.network) = (writable, network)
        fence.hidden = hidden(besides: writable)
        if let repository = try? Repository.discover(from: directory) {
            fence.readOnly = [repository.gitDirectory, (repository.workingDirectory ?? directory) + "/.git"]
                .compactMap { FileSystem.realPath($0) }
        }
        return fence
    }

    private func hidden(besides granted: [String]) -> [String] {
        let home = surroundings.environment["HOME"].flatMap { FileSystem.realPath($0) }
        let secrets = home.map { Fence.usualSecrets(in: $0) } ?? []
        let own = [surroundings.journalPath, surroundings.home + "/artifacts", surroundings.home + "/config.yaml"]
            .compactMap { FileSystem.realPath($0) }
        return (secrets + own).filter { !granted.contains($0) }
    }

    /// What programs that ran were kept by.
    static func isolation(_ surroundings: Surroundings, networkIsOpen: Bool) -> Isolation {
        let report = FenceProbe.probe(in: surroundings.home + "/fenced")
        return Isolation(level: report.level.rawValue, network: networkIsOpen ? "allowed" : "denied")
    }

    /// What a fenced program sees of the environment: what programs need to run, and what was asked for by name.
    package static func environment(_ all: [String: String], adding names: [String] = []) -> [String: String] {
        let usual: Set<String> = [
            "PATH", "LANG", "LANGUAGE", "TERM", "COLORTERM", "TZ", "USER", "LOGNAME", "NO_COLOR", "CI",
        ]
        return all.filter { name, _ in usual.contains(name) || name.hasPrefix("LC_") || names.contains(name) }
    }

    /// The path as a fence takes it: absolute, and through no symlink; its last part need not exist.
    package static func resolved(_ path: String, in directory: String) -> String? {
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        if let real = FileSystem.realPath(whole) { return real }
        let trimmed = whole.hasSuffix("/") ? String(whole.dropLast()) : whole
        guard let slash = trimmed.lastIndex(of: "/"),
            let parent = FileSystem.realPath(String(trimmed[..<slash]) + "/")
        else { return nil }
        let name = trimmed[trimmed.index(after: slash)...]
        return name.isEmpty || name == "." || name == ".." ? nil : parent + "/" + name
    }
}

/// How programs of an attempt were kept from harm.
package struct Isolation: Hashable, Sendable {
    package let level: String
    package let network: String
}
