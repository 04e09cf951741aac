internal import Basics
internal import CLinux
internal import Glibc
internal import Synchronization

/// What the kernel offers for a fence, as trying it out showed.
struct FenceSupport: Sendable {
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

    func restricted(to means: Fence.Means) -> FenceSupport {
        var support = self
        if !means.namespaces {
            support.partBits = 0
            for (name, _) in Self.namespaceParts { support.reasons[name] = "switched off" }
        }
        support.landlock = min(landlock, means.landlock)
        if !means.bubblewrap { support.bubblewrap = nil }
        return support
    }

    private static let known = Mutex<FenceSupport?>(nil)

    /// What was found out before in this process, or now.
    ///
    /// Trying starts processes, and so it is done outside the lock: two threads may do it at the same time.
    static func current(tryingIn directory: String) -> FenceSupport {
        if let remembered { return remembered }
        let support = found(tryingIn: directory)
        // a passing shortage must not be remembered
        if support.level != .none { remember(support) }
        return support
    }

    /// What was found out before in this process.
    static var remembered: FenceSupport? { known.withLock { $0 } }

    static func remember(_ support: FenceSupport) { known.withLock { $0 = support } }

    static func found(tryingIn directory: String) -> FenceSupport {
        do throws(FileError) { return try FenceTrial(in: directory).findSupport() } catch {
            return FenceSupport(
                isRoot: geteuid() == 0,
                reasons: ["system call filter": "nothing could be tried: \(error.description)"])
        }
    }
}

/// Trying the parts of a fence in child processes.
private final class FenceTrial {
    private let directory: String
    private let lock: FileLock

    init(in parent: String) throws(FileError) {
        (directory, lock) = try OwnedDirectory.make(in: parent)
        try FileSystem.createDirectory(directory + "/open", permissions: 0o700)
    }

    deinit { OwnedDirectory.remove(directory, lock) }

    func findSupport() -> FenceSupport {
        var support = FenceSupport(isRoot: geteuid() == 0)
        support.landlock = Int(clinux_landlock_version())
        if support.landlock == 0 { support.reasons["landlock"] = "the kernel was built or started without it" }
        support.bubblewrap = Self.findBubblewrap()
        support.countsUsersApart = Self.isKernel(atLeast: (5, 14))
        let everything = FenceSupport.Part.allCases.reduce(UInt32(0)) { $0 | $1.rawValue }
        let whole = everything & ~(Self.hasOwnProcessLimits ? 0 : FenceSupport.Part.processLimit.rawValue)
        let user = FenceSupport.Part.user.rawValue
        for parts in support.isRoot ? [whole & ~user, whole] : [whole]
        where holds(parts, landlock: support.landlock) == nil {
            support.partBits = parts
            support.filter = true
            return support
        }
        findParts(&support)
        return support
    }

    /// Tries one part after another, for machines that do not offer all of them.
    private func findParts(_ support: inout FenceSupport) {
        if let fault = holds(0, landlock: support.landlock, expectsConfinement: support.landlock > 0) {
            if support.landlock > 0 && holds(0, landlock: 0, expectsConfinement: false) == nil {
                support.reasons["landlock"] = fault
                support.landlock = 0
            } else {
                support.reasons["system call filter"] = fault
                return
            }
        }
        support.filter = true
        let user = FenceSupport.Part.user.rawValue
        support.reasons["user namespace"] = holds(user, landlock: support.landlock, expectsConfinement: false)
        for base in support.isRoot ? [0, user] : [user] {
            var parts = base
            for (name, part) in FenceSupport.namespaceParts where part != .user {
                if part == .processFiles && parts & 6 != 6 {
                    support.reasons[name] = "needs namespaces for mounts and processes"
                    continue
                }
                let wanted = parts | part.rawValue
                if let fault = holds(wanted, landlock: support.landlock, expectsConfinement: wanted & 2 != 0) {
                    support.reasons[name] = fault
                } else {
                    support.reasons[name] = nil
                    parts = wanted
                }
            }
            if parts == base { continue }
            let limited = parts | FenceSupport.Part.processLimit.rawValue
            let isLimited =
                parts & 4 != 0 && Self.hasOwnProcessLimits
                && holds(limited, landlock: support.landlock, expectsConfinement: parts & 2 != 0) == nil
            support.partBits = isLimited ? limited : parts
            return
        }
    }

    /// Why these parts do not hold together; `nil` when they do.
    private func holds(_ parts: UInt32, landlock: Int, expectsConfinement: Bool = true) -> String? {
        var fence = Fence(home: directory + "/open", temporary: directory + "/open")
        fence.readOnly = [directory]
        let support = FenceSupport(partBits: parts, landlock: landlock, filter: true, isRoot: geteuid() == 0)
        guard let plan = try? FencePlan(fence, on: support, workingDirectory: directory) else { return "no plan" }
        let open = directory + "/open/file"
        let closed = expectsConfinement ? directory + "/file" : directory + "/missing/file"
        defer { for path in [open, closed] { unlink(path) } }
        var step: Int32 = 0
        let code = FenceArguments(plan).withFence { fence in
            open.withCString { open in
                closed.withCString { closed in
                    var trial = clinux_trial(open_file: open, closed_file: closed)
                    return Supervisors.trying { clinux_try(fence, &trial, &step) }
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
