internal import Basics
internal import CLinux
internal import Glibc

/// A program as it will really be started, with the plan of its fence if it has one.
struct FencedProgram {
    let program: Subprocess
    let plan: FencePlan?
    private let filter: Descriptor?

    init(_ program: Subprocess) throws(SpawnError) {
        guard let fence = program.fence else {
            (self.program, plan, filter) = (program, nil, nil)
            return
        }
        do throws(FenceError) {
            let support = FenceSupport.current(tryingIn: fence.temporary).restricted(to: fence.means)
            guard support.level != .none else { throw .unavailable(reasons: support.explanations) }
            try Self.refuseWaysOut(program)
            var inside = program
            inside.environment["HOME"] = fence.home
            inside.environment["TMPDIR"] = fence.temporary
            // entered anew, by its path: the directory held open would lead around the mounts
            let directory = try FencePath.resolved(program.workingDirectory ?? Self.currentDirectory())
            let located = try? ExecutableSearch.locate(program)
            let plan = try FencePlan(
                fence, on: support, workingDirectory: directory,
                executable: located.flatMap { $0.hasPrefix("/") ? $0 : nil })
            self.plan = plan
            inside.workingDirectory = plan.seen(directory)
            if support.level == .bubblewrap, let bubblewrap = support.bubblewrap {
                let wrapped = try FenceBubblewrap(inside, plan, at: bubblewrap)
                (self.program, filter) = (wrapped.program, wrapped.filter)
            } else {
                (self.program, filter) = (inside, nil)
            }
        } catch {
            throw SpawnError(executable: program.executable, fence: error)
        }
    }

    /// What the program is lent must lead no further: a directory held open would be a way around every path that the fence
    /// closes, and a socket that is no end of a pair around the closed network.
    private static func refuseWaysOut(_ program: Subprocess) throws(FenceError) {
        var descriptors = program.passedDescriptors
        if case .inherited = program.input { descriptors.append(0) }
        if program.output == .inherited { descriptors.append(1) }
        if program.errors == .inherited { descriptors.append(2) }
        for descriptor in descriptors {
            let reason: String? =
                switch clinux_way_out(descriptor) {
                case CLINUX_OPEN_DIRECTORY: "an open directory cannot be passed on"
                case CLINUX_OPEN_SOCKET: "a socket cannot be passed on, only the end of a pair or a pipe"
                case CLINUX_CLOSED: "it is not open"
                default: nil
                }
            if let reason { throw .unsuitable(path: "/dev/fd/\(descriptor)", reason: reason) }
        }
    }

    private static func currentDirectory() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return "/" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension FenceSupport {
    /// Why no fence can be had, for an error.
    var explanations: [String] {
        let found = reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return (landlock == 0 && reasons["landlock"] == nil ? ["landlock: switched off"] : []) + found
    }
}
