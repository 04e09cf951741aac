internal import Basics

/// A fence's paths, checked and in the form that the kernel will see.
struct FencePaths {
    let writable: [String]
    let creatable: [String]
    let readOnly: [String]
    /// What can be read, without what lies below something else of it and without bundles; of everything, what lies in the root.
    let readable: [String]
    /// What can be read besides and lies side by side, apart from all else that the fence is about.
    let bundles: [FenceTrails.Bundle]
    /// The symlinks that lead there.
    let links: [FencePath.Link]
    let hidden: [String]
    let home: String
    let temporary: String
    let workingDirectory: String
    let mountPoint: String?
    /// What stays in sight below the places that are always hidden.
    let essential: [String]

    /// Hidden in every fence: sockets of daemons, tokens of containers.
    static let alwaysHidden = ["/run", "/var/run"]

    private static let essentials = [
        "/run/current-system", "/run/booted-system", "/run/opengl-driver", "/etc/resolv.conf",
    ]

    /// `executable`: what can be read in any case; `showsProcesses`: `/proc` is the machine's.
    init(
        _ fence: Fence, workingDirectory: String, executable: String? = nil, showsProcesses: Bool = true
    ) throws(FenceError) {
        if let overlay = fence.overlay {
            mountPoint = try FencePath.direct(overlay.mountPoint)
        } else {
            mountPoint = nil
        }
        home = try FencePath.resolved(fence.home)
        temporary = try FencePath.resolved(fence.temporary)
        self.workingDirectory = try FencePath.resolved(workingDirectory)
        hidden = try Self.map(fence.hidden + Self.alwaysHidden.filter(FileSystem.exists), FencePath.resolved)
        essential = try Self.map(Self.essentials.filter(FileSystem.exists), FencePath.resolved)
            .filter { path in Self.alwaysHidden.contains { FencePath.isWithin(path, $0) } }
        // what the overlay will show is not known yet; the kernel is asked to follow no symlink there
        let check = { [mountPoint] (path: String) throws(FenceError) -> String in
            let plain = try FencePath.plain(path)
            if let mountPoint, FencePath.isWithin(plain, mountPoint) { return plain }
            return try FencePath.direct(plain)
        }
        writable = try Self.map(fence.writable, check)
        creatable = try Self.map(fence.creatable, check)
        readOnly = try Self.map(fence.readOnly, check)
        let shown = fence.readable.paths + [executable].compactMap(\.self) + (showsProcesses ? ["/proc"] : [])
        let trails = FenceTrails(shown)
        let others =
            hidden + essential + writable + creatable + readOnly + trails.real + trails.links.map(\.path)
            + [home, temporary, self.workingDirectory] + [mountPoint].compactMap(\.self)
        let parts = trails.parts(apartFrom: others, except: hidden + Self.emptied)
        (bundles, readable, links) = (parts.bundles, parts.rest, trails.links)
        try refuseContradictions()
        for directory in [home, temporary] where !FileSystem.isDirectory(directory) {
            throw .unsuitable(path: directory, reason: "it is not a directory")
        }
    }

    /// What is emptied wherever it is: what lies below is put there anew.
    private static let emptied = ["/tmp", "/var/tmp"]

    private static func map(
        _ paths: [String], _ change: (String) throws(FenceError) -> String
    ) throws(FenceError) -> [String] {
        var changed: [String] = []
        for path in paths { changed.append(try change(path)) }
        return changed
    }

    private func refuseContradictions() throws(FenceError) {
        for path in writable + creatable {
            if let cover = readOnly.first(where: { FencePath.isWithin(path, $0) }) {
                throw .unsuitable(path: path, reason: "it lies within '\(cover)', which is read-only")
            }
        }
    }

    /// How far up the parent of something missing is looked for.
    func floor(of path: String) throws(FenceError) -> Int {
        if let mountPoint, FencePath.isWithin(path, mountPoint) { return mountPoint.utf8.count }
        let existing = FencePath.nearestExisting(path)
        guard existing != path else { return path.utf8.count }
        let isWorkedIn = FencePath.isWithin(existing, workingDirectory)
        let isTooWide =
            FencePath.parent(existing) == "/"
            || !isWorkedIn && (hidden + [home, temporary]).contains { FencePath.isWithin($0, existing) }
        guard !isTooWide else {
            throw .unsuitable(
                path: path, reason: "it does not exist, and '\(existing)' is too wide to open instead")
        }
        return existing.utf8.count
    }
}

extension Fence.Readable {
    fileprivate var paths: [String] {
        switch self {
        // `/proc` and `/dev` are the fence's own
        case .everything:
            ((try? FileSystem.list("/")) ?? []).filter { $0 != "proc" && $0 != "dev" }.map { "/" + $0 }
        case .only(let paths): paths
        }
    }
}
