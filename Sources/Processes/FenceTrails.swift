internal import Basics

/// Where the paths lead that a fence lets be read.
struct FenceTrails {
    /// Files in one directory, of which nothing else is there.
    struct Bundle {
        let directory: String
        let paths: [String]

        /// Fewer are put together one by one.
        static let smallest = 4
    }

    /// Directories, and what lies at the end of symlinks.
    private(set) var real: Set<String> = []
    /// The symlinks, parents first.
    private(set) var links: [FencePath.Link] = []
    /// Files that no symlink leads to, by their directory.
    private var direct: [String: [String]] = [:]

    init(_ paths: [String]) {
        var links: Set<FencePath.Link> = []
        // what lies side by side follows each other mostly
        var last = (directory: "", isReached: false, entries: [String]())
        for path in paths {
            if let trail = Self.system[path] {
                real.insert(trail.real)
                links.formUnion(trail.links)
                continue
            }
            if !FencePath.isEntry(path, of: last.directory) {
                if !last.entries.isEmpty { direct[last.directory, default: []] += last.entries }
                let directory = FencePath.parent(path)
                let isReached =
                    directory != "/" && (direct[directory] != nil || FencePath.real(directory) == directory)
                last = (directory, isReached, [])
            }
            let isReached = last.isReached && FencePath.isEntry(path, of: last.directory)
            switch isReached ? FencePath.kind(ofEntry: path) : .symlink {
            case .file: last.entries.append(path)
            case .other: real.insert(path)
            case .symlink:
                guard let trail = FencePath.trail(path), trail.real != "/" else { continue }
                real.insert(trail.real)
                links.formUnion(trail.links)
            case nil: continue
            }
        }
        if !last.entries.isEmpty { direct[last.directory, default: []] += last.entries }
        self.links = links.sorted { FencePath.isOrderedBefore($0.path, $1.path) }
    }

    /// Where those of the system lead, looked up once.
    private static let system: [String: (links: [FencePath.Link], real: String)] = Fence.systemPaths.reduce(
        into: [:]) { trails, path in
            if let trail = FencePath.trail(path), trail.real != "/" { trails[path] = trail }
        }

    /// What lies side by side in a directory that nothing else lies in or above, and what is left, without what lies below
    /// something else of it, sorted.
    ///
    /// `others`: what the fence is about besides; of these `emptied` may lie above, as what is below is put there anew.
    func parts(apartFrom others: [String], except emptied: [String]) -> (bundles: [Bundle], rest: [String]) {
        let named = Set(others)
        let covers = named.subtracting(emptied)
        var above: Set<String> = []
        for path in others + direct.keys {
            var parent = FencePath.parent(path)
            while parent != "/", above.insert(parent).inserted { parent = FencePath.parent(parent) }
        }
        var (bundles, rest) = ([Bundle](), real)
        for (directory, paths) in direct {
            let isApart =
                paths.count >= Bundle.smallest && !named.contains(directory) && !above.contains(directory)
                && !directory.hasPrefix("/dev/") && !emptied.contains(directory)
                && !Self.lies(directory, within: covers)
            if isApart {
                bundles.append(Bundle(directory: directory, paths: Self.sorted(paths)))
            } else {
                rest.formUnion(paths)
            }
        }
        return (bundles.sorted { FencePath.isOrderedBefore($0.directory, $1.directory) }, Self.outermost(of: rest))
    }

    /// Whether it or something above it is one of the paths.
    private static func lies(_ directory: String, within paths: Set<String>) -> Bool {
        var above = directory
        while above != "/" {
            if paths.contains(above) { return true }
            above = FencePath.parent(above)
        }
        return false
    }

    /// Each once.
    private static func sorted(_ paths: [String]) -> [String] {
        var last: String?
        return paths.sorted(by: FencePath.isOrderedBefore).filter { path in
            defer { last = path }
            return path != last
        }
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
}
