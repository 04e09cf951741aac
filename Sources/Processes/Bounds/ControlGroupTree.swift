internal import Basics

/// Where the control groups of this process lie, of the first version and of the second.
struct ControlGroupTree: Sendable {
    /// A directory of the file system, and how far up it may be left.
    struct Place: Sendable, Hashable {
        let own: String
        let top: String
    }

    /// By controller.
    private(set) var first: [String: Place] = [:]
    private(set) var second: Place?

    static let current = ControlGroupTree(
        groups: KernelFile.text("/proc/self/cgroup") ?? "", mounts: KernelFile.text("/proc/self/mountinfo") ?? "")

    /// `groups`: lines of `/proc/self/cgroup`; `mounts`: of `/proc/self/mountinfo`.
    init(groups: String, mounts: String) {
        let mounts = mounts.split(separator: "\n").compactMap(Mount.init)
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty {
                second = mounts.first { $0.kind == "cgroup2" }?.place(of: parts[2])
            } else {
                for name in parts[1].split(separator: ",").map(String.init) {
                    let mount = mounts.first { $0.kind == "cgroup" && $0.controllers.contains(name) }
                    first[name] = mount?.place(of: parts[2])
                }
            }
        }
    }

    /// Those of the groups above us, this process's own included.
    var memoryCeilings: [Int] {
        var found: [Int] = []
        if let memory = first["memory"] {
            found += [KernelFile.number("hierarchical_memory_limit", in: memory.own + "/memory.stat")].compactMap(
                \.self)
        }
        if let second {
            var directory = second.own
            while directory.hasPrefix(second.top) {
                if let limit = KernelFile.number(directory + "/memory.max") { found.append(limit) }
                guard directory != second.top else { break }
                directory = FencePath.parent(directory)
            }
        }
        return found.filter { $0 > 0 }
    }

    /// Directories in which a group with a limit for this could be made, the nearer ones first.
    func parents(for controller: String) -> [(directory: String, isFirstVersion: Bool)] {
        if let place = first[controller] { return [(place.own, true)] }
        guard let second else { return [] }
        let above = second.own == second.top ? [] : [FencePath.parent(second.own)]
        return ([second.own] + above).filter { directory in
            let handed = KernelFile.text(directory + "/cgroup.subtree_control") ?? ""
            return handed.trimmed.split(separator: " ").contains { $0 == controller }
        }.map { ($0, false) }
    }
}

/// A mounted hierarchy of control groups.
private struct Mount {
    let kind: String
    let controllers: [String]
    private let root: String
    private let path: String

    init?(_ line: Substring) {
        guard let bar = line.firstRange(of: " - ") else { return nil }
        let fields = line[..<bar.lowerBound].split(separator: " ")
        let rest = line[bar.upperBound...].split(separator: " ")
        guard fields.count > 4, rest.count > 2 else { return nil }
        (kind, root, path) = (String(rest[0]), String(fields[3]), String(fields[4]))
        controllers = rest[2].split(separator: ",").map(String.init)
    }

    /// `nil` where the group lies outside of what is mounted.
    func place(of group: Substring) -> ControlGroupTree.Place? {
        let group = String(group)
        guard FencePath.isWithin(group, root) else { return nil }
        let below = group.dropFirst(root == "/" ? 0 : root.count)
        return ControlGroupTree.Place(own: below == "/" ? path : path + below, top: path)
    }
}
