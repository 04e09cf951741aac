internal import Basics

/// What the mount namespace is made of, parents first.
struct FenceMounts {
    private(set) var ordered: [FencePlan.Place] = []
    private let fence: Fence
    private let paths: FencePaths
    private var kinds: [String: FencePlan.PlaceKind] = [:]
    /// What symlinks hold.
    private var targets: [String: String] = [:]

    private static let scratch = ["/tmp", "/var/tmp", "/dev/shm"]
    private static let maximum = 4096

    init(_ fence: Fence, _ paths: FencePaths) throws(FenceError) {
        (self.fence, self.paths) = (fence, paths)
        for path in paths.readable where !path.hasPrefix("/dev/") { kinds[path] = .shown }
        for path in Self.scratch {
            if let path = FencePath.real(path), path != "/" { kinds[path] = .scratch }
        }
        for path in paths.hidden where !FencePath.isSymlink(path) { kinds[path] = .hidden }
        for path in paths.writable.sorted(by: FencePath.isOrderedBefore) where kinds[path] == nil {
            if nearestPlace(above: path) != .writable { kinds[path] = .writable }
        }
        for path in paths.creatable where kinds[path] != .hidden { kinds[path] = .creating }
        for path in paths.readOnly { kinds[path] = .shown }
        for path in [paths.home, paths.temporary] { kinds[path] = .writable }
        showWhatMasksCover()
        forgetWhatIsNotThere()
        pinProtectedPaths()
        addLinks()
        try order()
    }

    /// What is granted for reading, or worked in, stays in sight below a mask.
    private mutating func showWhatMasksCover() {
        let candidates =
            [paths.workingDirectory, paths.mountPoint].compactMap(\.self) + paths.readable + paths.essential
        for path in candidates where kinds[path] == nil {
            if !isInSight(path) { kinds[path] = .shown }
        }
    }

    /// Masks for what nothing shows.
    private mutating func forgetWhatIsNotThere() {
        for (path, kind) in kinds where kind == .hidden && !isInSight(path) { kinds[path] = nil }
    }

    /// Symlinks that are not in sight by themselves.
    private mutating func addLinks() {
        for link in paths.links where kinds[link.path] == nil && !isInSight(link.path) {
            (kinds[link.path], targets[link.path]) = (.link, link.target)
        }
    }

    /// Whether a place above lets the path be seen.
    private func isInSight(_ path: String) -> Bool {
        switch nearestPlace(above: path) {
        case nil, .hidden, .scratch, .link: false
        case .writable, .creating, .shown: true
        }
    }

    /// A directory above a protected path must not be renamed away, which mount points cannot be.
    private mutating func pinProtectedPaths() {
        var known: [String: String?] = [:]
        for (path, kind) in kinds where kind == .shown || kind == .hidden {
            let directory = FencePath.parent(path)
            let wide = known[directory] ?? granted(above: path)
            known[directory] = .some(wide)
            guard let wide else { continue }
            for directory in FencePath.between(path, wide) where kinds[directory] == nil && mayExist(directory) {
                kinds[directory] = .writable
            }
        }
    }

    /// What an overlay will show is not known yet, and found out when it is mounted.
    private func mayExist(_ path: String) -> Bool {
        FileSystem.exists(path) || paths.mountPoint.map { FencePath.isWithin(path, $0) } ?? false
    }

    private func granted(above path: String) -> String? {
        var candidate = FencePath.parent(path)
        while candidate != "/" {
            switch kinds[candidate] {
            case .writable: return candidate
            case nil: candidate = FencePath.parent(candidate)
            default: return nil
            }
        }
        return nil
    }

    private func nearestPlace(above path: String) -> FencePlan.PlaceKind? {
        var candidate = FencePath.parent(path)
        while candidate != "/" {
            if let kind = kinds[candidate] { return kind }
            candidate = FencePath.parent(candidate)
        }
        return nil
    }

    private mutating func order() throws(FenceError) {
        guard kinds.count + paths.bundles.reduce(0, { $0 + $1.paths.count }) <= Self.maximum else {
            throw .unsuitable(
                path: paths.workingDirectory, reason: "more than \(Self.maximum) paths are granted apart")
        }
        for (path, kind) in kinds.sorted(by: { FencePath.isOrderedBefore($0.key, $1.key) }) {
            let floor = kind == .writable ? try paths.floor(of: path) : path.utf8.count
            ordered.append(FencePlan.Place(path: path, kind: kind, floor: floor, target: targets[path]))
        }
    }
}
