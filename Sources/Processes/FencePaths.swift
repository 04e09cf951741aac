internal import Basics

/// A fence's paths, checked and in the form that the kernel will see.
struct FencePaths {
    let writable: [String]
    let creatable: [String]
    let readOnly: [String]
    /// What can be read, without what lies below something else of it; of everything, what lies in the root.
    let readable: [String]
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
        (readable, links) = Self.trails(of: shown)
        try refuseContradictions()
        for directory in [home, temporary] where !FileSystem.isDirectory(directory) {
            throw .unsuitable(path: directory, reason: "it is not a directory")
        }
    }

    /// Where those of the system lead, looked up once.
    private static let systemTrails: [String: (links: [FencePath.Link], real: String)] = Fence.systemPaths.reduce(
        into: [:]
    ) { trails, path in trails[path] = FencePath.trail(path) }

    /// Where paths lead, each once and parents first, and how.
    private static func trails(of paths: [String]) -> (real: [String], links: [FencePath.Link]) {
        var (real, links): (Set<String>, Set<FencePath.Link>) = ([], [])
        var directories: [String: Bool] = [:]
        for path in paths {
            let known = systemTrails[path]
            if known == nil, isDirect(path, &directories) {
                real.insert(path)
            } else if let trail = known ?? FencePath.trail(path), trail.real != "/" {
                real.insert(trail.real)
                links.formUnion(trail.links)
            }
        }
        return (outermost(of: real), links.sorted { FencePath.isOrderedBefore($0.path, $1.path) })
    }

    /// Whether a path is what it leads to, asked of its directory once for all that lies in it.
    private static func isDirect(_ path: String, _ directories: inout [String: Bool]) -> Bool {
        let directory = FencePath.parent(path)
        let name = path.utf8.dropFirst(directory.utf8.count + 1)
        guard directory != "/", !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
            return false
        }
        let isKnown = directories[directory]
        let isReached = isKnown ?? (FencePath.real(directory) == directory)
        if isKnown == nil { directories[directory] = isReached }
        return isReached && FencePath.isDirect(entry: path) == true
    }

    /// Those that lie below none of the others, sorted.
    private static func outermost(of paths: Set<String>) -> [String] {
        var kept: Set<String> = []
        // what lies side by side is asked once: nothing that comes later lies above it
        var last: (directory: String, isFree: Bool) = ("/", true)
        return paths.sorted(by: FencePath.isOrderedBefore).filter { path in
            let directory = FencePath.parent(path)
            if directory != last.directory {
                var above = directory
                while above != "/", !kept.contains(above) { above = FencePath.parent(above) }
                last = (directory, above == "/")
            }
            if last.isFree { kept.insert(path) }
            return last.isFree
        }
    }

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
