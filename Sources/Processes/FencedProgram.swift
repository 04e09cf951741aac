internal import Basics
internal import Glibc

/// A program as it will really be started, with the plan of its fence if it has one.
struct FencedProgram {
    let program: Subprocess
    let plan: FencePlan?

    init(_ program: Subprocess) throws(SpawnError) {
        guard let fence = program.fence else {
            (self.program, plan) = (program, nil)
            return
        }
        do throws(FenceError) {
            let ground = FenceGround.current(tryingIn: fence.temporary).restricted(to: fence.means)
            guard ground.level != .none else { throw .unavailable(reasons: ground.explanations) }
            var inside = program
            inside.environment["HOME"] = fence.home
            inside.environment["TMPDIR"] = fence.temporary
            // entered anew, by its path: the directory held open would lead around the mounts
            let directory = try FencePath.resolved(program.workingDirectory ?? Self.currentDirectory())
            inside.workingDirectory = directory
            plan = try FencePlan(fence, on: ground, workingDirectory: directory)
            self.program = inside
        } catch {
            throw SpawnError(executable: program.executable, fence: error)
        }
    }

    private static func currentDirectory() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return "/" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension FenceGround {
    /// Why no fence can be had, for an error.
    var explanations: [String] {
        let found = reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return (landlock == 0 && reasons["landlock"] == nil ? ["landlock: switched off"] : []) + found
    }
}
