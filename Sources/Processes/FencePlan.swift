internal import Basics
internal import CLinux

/// A fence spelled out for one program on one machine.
struct FencePlan {
    enum PlaceKind: Int32 {
        case writable = 1
        case creating = 2
        case shown = 3
        case hidden = 4
        case scratch = 5
        case link = 6
    }

    struct Place {
        let path: String
        let kind: PlaceKind
        let floor: Int
        /// What a link holds.
        var target: String?
    }

    enum Access: Int32 {
        case names = 1
        case read = 2
        case write = 3
        case create = 4
        case device = 5
    }

    struct Rule {
        let path: String
        let access: Access
        /// Which of the places it grants as a whole.
        var place: Int?
    }

    let fence: Fence
    let support: FenceSupport
    /// The directory that is worked in, and where it is seen too.
    private(set) var workspace: (directory: String, stablePath: String)?
    /// Whether `bwrap` builds it.
    let isWrapped: Bool
    /// Where the fence's own root is put together.
    let staging: String
    /// Ordered, parents first; empty without a mount namespace.
    var places: [Place] = []
    /// What can be read besides, and is put together at once.
    private(set) var bundles: [FenceTrails.Bundle] = []
    var rules: [Rule] = []

    /// `executable`: what can be read in any case.
    init(
        _ fence: Fence, on support: FenceSupport, workingDirectory: String, executable: String? = nil
    ) throws(FenceError) {
        var support = support
        isWrapped = support.level == .bubblewrap
        if isWrapped { support.partBits = FenceBubblewrap.parts }
        (self.fence, self.support) = (fence, support)
        let paths = try FencePaths(
            fence, workingDirectory: workingDirectory, executable: executable,
            showsProcesses: !support.holds(.processFiles))
        staging = paths.temporary
        if let directory = fence.workspace, let path = Self.stablePath(on: self.support) {
            workspace = (try FencePath.direct(directory), path)
        }
        if support.holds(.mount) {
            places = try FenceMounts(fence, paths).ordered
            bundles = isWrapped ? [] : paths.bundles
            if isWrapped {
                places += paths.bundles.flatMap(\.paths).map { path in
                    Place(path: path, kind: .shown, floor: path.utf8.count)
                }
            }
            guard support.landlock > 0 else { return }
            rules = try FenceRules(
                aboveMounts: places, paths.bundles.map(\.directory), workspace: workspace?.directory
            ).rules
        } else if support.landlock > 0 {
            guard fence.overlay == nil else {
                throw .unavailable(reasons: ["an overlay needs a mount namespace"])
            }
            rules = try FenceRules(fence, paths).rules
        }
    }

    /// The first that this machine has no use for itself.
    static func stablePath(on support: FenceSupport) -> String? {
        guard support.holds(.mount), support.level != .bubblewrap else { return nil }
        return ["/workspace", "/leviathan-workspace"].first { path in
            do throws(FileError) { return try FileSystem.status(path) == nil } catch { return false }
        }
    }

    /// How the program sees a directory.
    func seen(_ directory: String) -> String {
        guard let workspace, FencePath.isWithin(directory, workspace.directory) else { return directory }
        return workspace.stablePath + directory.dropFirst(workspace.directory.count)
    }

    /// Whether the kernel ends everything behind the fence with the supervisor: it is the first of its process namespace.
    var endsWithSupervisor: Bool { support.holds(.process) }

    var deniesNetwork: Bool { fence.network == .denied }

    /// Only where the fence has a network of its own its sockets can be told from those of others.
    var deniesUnixSockets: Bool {
        fence.unixSockets == .denied || isWrapped || !support.holds(.mount)
            || !seesOnlyItsOwn && support.landlock < Self.socketVersion
    }

    /// Where Landlock knows no paths of sockets, each connection is made for the program.
    var asksToConnect: Bool { !deniesUnixSockets && support.landlock < Self.socketVersion }

    private var seesOnlyItsOwn: Bool {
        deniesNetwork && support.holds(.network) && support.holds(.process) && support.holds(.processFiles)
    }

    /// The first version of Landlock that holds back connecting by a path.
    private static let socketVersion = 9

    static func stepName(_ step: Int32) -> String {
        switch clinux_fence_step(UInt32(step)) {
        case CLINUX_FENCE_NAMESPACES: "making namespaces"
        case CLINUX_FENCE_USER: "mapping the user"
        case CLINUX_FENCE_MOUNTS: "making everything read-only"
        case CLINUX_FENCE_OVERLAY: "mounting the overlay"
        case CLINUX_FENCE_PLACE: "mounting a path"
        case CLINUX_FENCE_DEVICES: "making a private /dev"
        case CLINUX_FENCE_PROC: "mounting a private /proc"
        case CLINUX_FENCE_LOOPBACK: "raising the loopback"
        case CLINUX_FENCE_LIMITS: "setting limits"
        case CLINUX_FENCE_LANDLOCK: "Landlock"
        case CLINUX_FENCE_CAPABILITIES: "giving up privileges"
        case CLINUX_FENCE_FILTER: "the system call filter"
        case CLINUX_FENCE_ROOT: "making a root with the workspace in it"
        default: "an unknown step"
        }
    }

    /// The path that a failed step was about.
    func path(ofStep step: Int32, detail: Int32) -> String? {
        let index = Int(detail)
        switch clinux_fence_step(UInt32(step)) {
        case CLINUX_FENCE_PLACE:
            let paths = places.map(\.path) + bundles.map(\.directory)
            return paths.indices.contains(index) ? paths[index] : nil
        case CLINUX_FENCE_OVERLAY: return fence.overlay?.mountPoint
        default: return nil
        }
    }
}
