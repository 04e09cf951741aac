internal import Basics
internal import CLinux
internal import Glibc
internal import Synchronization

/// What the kernel offers for a fence, as trying it out showed.
struct FenceGround: Sendable {
    enum Part: UInt32, CaseIterable {
        case user = 1
        case mount = 2
        case process = 4
        case network = 8
        case ipc = 16
        case names = 32
        case processFiles = 64
        case processLimit = 128
    }

    static let namespaceParts: [(String, Part)] = [
        ("user namespace", .user), ("mount namespace", .mount), ("process namespace", .process),
        ("network namespace", .network), ("ipc namespace", .ipc), ("host name namespace", .names),
        ("private /proc", .processFiles),
    ]

    var partBits: UInt32 = 0
    var landlock = 0
    var filter = false
    var isRoot = false
    /// Whether a user's processes are counted apart in each user namespace, as since Linux 5.14.
    var countsUsersApart = false
    var bubblewrap: String?
    /// By name, why a part does not hold.
    var reasons: [String: String] = [:]

    func holds(_ part: Part) -> Bool { partBits & part.rawValue != 0 }

    var level: FenceReport.Level {
        guard filter else { return .none }
        if landlock > 0 { return holds(.mount) ? .namespacesAndLandlock : .landlock }
        // without a /proc of its own, a program could read what others keep in their environment
        if holds(.mount) && holds(.processFiles) { return .namespaces }
        return bubblewrap == nil ? .none : .bubblewrap
    }

    func restricted(to means: Fence.Means) -> FenceGround {
        var ground = self
        if !means.namespaces {
            ground.partBits = 0
            for (name, _) in Self.namespaceParts { ground.reasons[name] = "switched off" }
        }
        ground.landlock = min(landlock, means.landlock)
        if !means.bubblewrap { ground.bubblewrap = nil }
        return ground
    }

    private static let known = Mutex<FenceGround?>(nil)

    /// What was found out before in this process, or now.
    static func current(tryingIn directory: String) -> FenceGround {
        known.withLock { known in
            if let known { return known }
            let ground = found(tryingIn: directory)
            // a passing shortage must not be remembered
            if ground.level != .none { known = ground }
            return ground
        }
    }

    /// What was found out before in this process.
    static var remembered: FenceGround? { known.withLock { $0 } }

    static func remember(_ ground: FenceGround) { known.withLock { $0 = ground } }

    static func found(tryingIn directory: String) -> FenceGround {
        FenceTrial(in: directory).map { $0.findGround() }
            ?? FenceGround(
                isRoot: geteuid() == 0,
                reasons: ["system call filter": "nothing could be tried: '\(directory)' is not writable"])
    }
}

/// Trying the parts of a fence in child processes.
private final class FenceTrial {
    private let directory: String

    init?(in parent: String) {
        guard let resolved = FencePath.real(parent),
            let directory = try? FileSystem.createTemporaryDirectory(in: resolved, prefix: ".fence-"),
            mkdir(directory + "/open", 0o700) == 0
        else { return nil }
        self.directory = directory
    }

    deinit { try? FileSystem.removeTree(directory) }

    func findGround() -> FenceGround {
        var ground = FenceGround(isRoot: geteuid() == 0)
        ground.landlock = Int(clinux_landlock_version())
        if ground.landlock == 0 { ground.reasons["landlock"] = "the kernel was built or started without it" }
        ground.bubblewrap = Self.findBubblewrap()
        ground.countsUsersApart = Self.isKernel(atLeast: (5, 14))
        let everything = FenceGround.Part.allCases.reduce(UInt32(0)) { $0 | $1.rawValue }
        let whole = everything & ~(Self.hasOwnProcessLimits ? 0 : FenceGround.Part.processLimit.rawValue)
        let user = FenceGround.Part.user.rawValue
        for parts in ground.isRoot ? [whole & ~user, whole] : [whole]
        where holds(parts, landlock: ground.landlock) == nil {
            ground.partBits = parts
            ground.filter = true
            return ground
        }
        findParts(&ground)
        return ground
    }

    /// Tries one part after another, for machines that do not offer all of them.
    private func findParts(_ ground: inout FenceGround) {
        if let fault = holds(0, landlock: ground.landlock, expectsConfinement: ground.landlock > 0) {
            if ground.landlock > 0 && holds(0, landlock: 0, expectsConfinement: false) == nil {
                ground.reasons["landlock"] = fault
                ground.landlock = 0
            } else {
                ground.reasons["system call filter"] = fault
                return
            }
        }
        ground.filter = true
        let user = FenceGround.Part.user.rawValue
        ground.reasons["user namespace"] = holds(user, landlock: ground.landlock, expectsConfinement: false)
        for base in ground.isRoot ? [0, user] : [user] {
            var parts = base
            for (name, part) in FenceGround.namespaceParts where part != .user {
                if part == .processFiles && parts & 6 != 6 {
                    ground.reasons[name] = "needs namespaces for mounts and processes"
                    continue
                }
                let wanted = parts | part.rawValue
                if let fault = holds(wanted, landlock: ground.landlock, expectsConfinement: wanted & 2 != 0) {
                    ground.reasons[name] = fault
                } else {
                    ground.reasons[name] = nil
                    parts = wanted
                }
            }
            if parts == base { continue }
            let limited = parts | FenceGround.Part.processLimit.rawValue
            let isLimited =
                parts & 4 != 0 && Self.hasOwnProcessLimits
                && holds(limited, landlock: ground.landlock, expectsConfinement: parts & 2 != 0) == nil
            ground.partBits = isLimited ? limited : parts
            return
        }
    }

    /// Why these parts do not hold together; `nil` when they do.
    private func holds(_ parts: UInt32, landlock: Int, expectsConfinement: Bool = true) -> String? {
        var fence = Fence(home: directory + "/open", temporary: directory + "/open")
        fence.readOnly = [directory]
        let ground = FenceGround(partBits: parts, landlock: landlock, filter: true, isRoot: geteuid() == 0)
        guard let plan = try? FencePlan(fence, on: ground, workingDirectory: directory) else { return "no plan" }
        let open = directory + "/open/file"
        let closed = expectsConfinement ? directory + "/file" : directory + "/missing/file"
        defer { for path in [open, closed] { unlink(path) } }
        var step: Int32 = 0
        let code = FenceArguments(plan).withFence { fence in
            open.withCString { open in
                closed.withCString { closed in
                    var trial = clinux_trial(open_file: open, closed_file: closed)
                    return clinux_try(fence, &trial, &step)
                }
            }
        }
        return code == 0 ? nil : "\(FencePlan.stepName(step)): \(SystemError.text(code))"
    }

    /// Since Linux 6.14 the largest process id belongs to the process namespace; before, to the whole machine.
    private static var hasOwnProcessLimits: Bool { isKernel(atLeast: (6, 14)) }

    private static func isKernel(atLeast version: (Int, Int)) -> Bool {
        guard let text = try? FileSystem.read("/proc/sys/kernel/osrelease", limit: 256) else { return false }
        let numbers = String(decoding: text, as: UTF8.self).split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= version
    }

    private static func findBubblewrap() -> String? {
        ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"].first { access($0, X_OK) == 0 }
    }
}
