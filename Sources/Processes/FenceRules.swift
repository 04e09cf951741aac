internal import Basics

/// The fence in Landlock's words alone: it can only grant, and a grant holds for a whole subtree, so what lies around
/// a protected path is granted piece by piece.
struct FenceRules {
    private(set) var rules: [FencePlan.Rule] = []

    private static let devices = [
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
    ]
    private static let maximum = 100_000

    /// Where the mounts decide what is seen and written, Landlock repeats what may be read: a mask goes away when
    /// somebody outside replaces what lies below it.
    ///
    /// Of `directories` nothing is there but what may be read.
    init(
        aboveMounts places: [FencePlan.Place], _ directories: [String], workspace: String?
    ) throws(FenceError) {
        let masked = places.filter { $0.kind == .hidden || $0.kind == .scratch }.map(\.path)
        rules = [
            FencePlan.Rule(path: "/dev", access: .device), FencePlan.Rule(path: "/", access: .names),
            FencePlan.Rule(path: "/proc", access: .read),
        ]
        for (index, place) in places.enumerated() where place.kind == .shown {
            try grant(.read, place.path, without: Self.around(place.path, masked), place: index)
        }
        rules += directories.map { FencePlan.Rule(path: $0, access: .read) }
        if let workspace { try grant(.read, workspace, without: Self.around(workspace, masked)) }
    }

    init(_ fence: Fence, _ paths: FencePaths) throws(FenceError) {
        let unread = paths.hidden + ["/dev"]
        var shown = [paths.workingDirectory] + paths.essential + paths.readOnly
        switch fence.readable {
        case .everything:
            rules.append(FencePlan.Rule(path: "/", access: .names))
            try grant(.read, "/", without: unread)
            shown = shown.filter { path in paths.hidden.contains { FencePath.isWithin(path, $0) } }
        case .only: shown += paths.readable + paths.bundles.flatMap(\.paths) + ["/proc"]
        }
        let hidden = Set(paths.hidden)
        for path in shown where !hidden.contains(path) {
            try grant(.read, path, without: Self.around(path, unread))
        }
        for path in Self.devices { rules.append(FencePlan.Rule(path: path, access: .device)) }
        let unwritten = unread + paths.readOnly
        for path in [paths.home, paths.temporary] {
            try grant(.write, path, without: Self.around(path, unwritten))
        }
        for path in paths.writable where !paths.hidden.contains(path) {
            try grantWriting(path, paths, without: Self.around(path, unwritten))
        }
        for path in paths.creatable where !paths.hidden.contains(path) {
            try grant(.create, path, without: Self.around(path, unwritten))
        }
    }

    /// Without the protected paths that the path lies in: it is named, and so it counts more than they do.
    private static func around(_ path: String, _ carved: [String]) -> [String] {
        carved.filter { !FencePath.isWithin(path, $0) }
    }

    private mutating func grantWriting(
        _ path: String, _ paths: FencePaths, without carved: [String]
    ) throws(FenceError) {
        if try paths.floor(of: path) == path.utf8.count {
            try grant(.write, path, without: carved)
        } else {
            try grant(.create, FencePath.nearestExisting(path), without: carved)
        }
    }

    /// Grants a subtree, or what there is of it beside the protected paths.
    private mutating func grant(
        _ access: FencePlan.Access, _ path: String, without carved: [String], place: Int? = nil
    ) throws(FenceError) {
        if carved.contains(where: { FencePath.isWithin(path, $0) }) { return }
        let below = carved.filter { FencePath.isWithin($0, path) }
        guard rules.count < Self.maximum else {
            throw .unsuitable(path: path, reason: "too many files lie beside protected paths")
        }
        if below.isEmpty {
            rules.append(FencePlan.Rule(path: path, access: access, place: place))
            return
        }
        guard let names = try? FileSystem.list(path) else { return }
        for name in names {
            try grant(access, path == "/" ? "/" + name : path + "/" + name, without: below)
        }
    }
}
