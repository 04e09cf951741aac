internal import Basics
internal import CLinux
internal import Glibc

/// The same fence built by the program `bwrap`, for machines that let only that one make namespaces.
struct FenceBubblewrap {
    /// What `bwrap` is asked for: the parts that the plan may then count on.
    static let parts: UInt32 = 2 | 4 | 8 | 16 | 32 | 64

    let program: Subprocess
    /// The system call filter, read by `bwrap` from a descriptor; open until the program has started.
    let filter: Descriptor

    init(_ program: Subprocess, _ plan: FencePlan, at bubblewrap: String) throws(FenceError) {
        guard plan.fence.overlay == nil else {
            throw .unavailable(reasons: ["bubblewrap mounts no overlay that both root and others can use"])
        }
        let file = FenceArguments(plan).withFence(Self.filterFile)
        guard file >= 0 else { throw .failed(step: "the system call filter", path: nil, code: errno) }
        filter = Descriptor(file)
        var wrapped = program
        wrapped.executable = bubblewrap
        wrapped.passedDescriptors.append(file)
        wrapped.arguments =
            Self.options(plan) + (try Self.mounts(plan)) + [
                "--seccomp", "\(2 + wrapped.passedDescriptors.count)",
                "--chdir", program.workingDirectory ?? "/", "--", try Self.locate(program),
            ] + program.arguments
        self.program = wrapped
    }

    private static func locate(_ program: Subprocess) throws(FenceError) -> String {
        do throws(SpawnError) { return try ExecutableSearch.locate(program) } catch {
            throw .unsuitable(path: program.executable, reason: "there is no such program")
        }
    }

    private static func filterFile(_ fence: UnsafePointer<clinux_fence>) -> Int32 {
        var instructions = [UInt64](repeating: 0, count: Int(CLINUX_FILTER_MAXIMUM))
        let count = clinux_filter(fence, 0, &instructions, Int32(CLINUX_FILTER_MAXIMUM))
        return count < 0 ? -1 : clinux_memory_file(instructions, Int(count) * 8)
    }

    private static func options(_ plan: FencePlan) -> [String] {
        var options = [
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session",
            "--cap-drop", "ALL", "--dev", "/dev", "--proc", "/proc",
        ]
        if plan.deniesNetwork { options.append("--unshare-net") }
        if !plan.support.isRoot { options.append("--unshare-user") }
        return options
    }

    private static func mounts(_ plan: FencePlan) throws(FenceError) -> [String] {
        var options: [String] = []
        var sealed = ["--remount-ro", "/proc", "--remount-ro", "/"]
        for place in parentsFirst(plan.places) {
            switch place.kind {
            case .scratch: options += ["--perms", "1777", "--tmpfs", place.path]
            case .hidden where FileSystem.isDirectory(place.path):
                options += ["--tmpfs", place.path]
                sealed += ["--remount-ro", place.path]
            case .hidden where FileSystem.exists(place.path): options += ["--ro-bind", "/dev/null", place.path]
            case .hidden: break
            case .shown: options += ["--ro-bind-try", place.path, place.path]
            case .link: options += ["--symlink", place.target ?? "", place.path]
            case .writable where FileSystem.exists(place.path): options += ["--bind", place.path, place.path]
            case .writable: options += try opened(FencePath.nearestExisting(place.path), plan)
            case .creating: options += try opened(place.path, plan)
            }
        }
        return options + sealed
    }

    /// In the order in which they are mounted: what is opened in the stead of a missing place comes before what lies below.
    private static func parentsFirst(_ places: [FencePlan.Place]) -> [FencePlan.Place] {
        let mounted = places.enumerated().map { index, place in
            let path = place.kind == .writable ? FencePath.nearestExisting(place.path) : place.path
            return (path: path, index: index, place: place)
        }
        return mounted.sorted { left, right in
            left.path == right.path ? left.index < right.index : FencePath.isOrderedBefore(left.path, right.path)
        }.map(\.place)
    }

    /// A directory that takes new entries, the present ones bound read-only where nothing grants them.
    private static func opened(_ directory: String, _ plan: FencePlan) throws(FenceError) -> [String] {
        let covers = plan.places.contains {
            $0.kind == .writable && $0.path != directory && FencePath.isWithin(directory, $0.path)
        }
        guard !covers, let names = try? FileSystem.list(directory) else { return [] }
        guard names.count <= 1000 else {
            throw .unsuitable(path: directory, reason: "it has too many entries to keep each as it is")
        }
        let kept = names.map { directory + "/" + $0 }.filter { path in
            let isLink = (try? FileSystem.status(path))?.kind == .symlink
            return !isLink && !plan.places.contains { $0.path == path }
        }
        return ["--bind", directory, directory] + kept.flatMap { ["--ro-bind", $0, $0] }
    }
}
