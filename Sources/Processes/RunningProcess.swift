internal import Basics
internal import CLinux
internal import Glibc

/// A started program and the supervisor above it; killed with its whole tree when the value goes away unfinished.
package final class RunningProcess {
    /// How it ended, once it has.
    package private(set) var ending: ProcessOutcome.Ending?
    let input: Descriptor
    let output: Descriptor
    let errors: Descriptor
    let report: Descriptor
    private let control: Descriptor
    let supervisor: pid_t
    private let executable: String
    private let plan: FencePlan?
    private let group: ControlGroup?
    private let network: FixedDescriptor?
    private var networkIsUnused = false
    /// Whether the supervisor ends by itself, with nobody left below it.
    private var isLeaving = false
    /// Whether what outlives the supervisor comes to this process.
    private let adopts: Bool
    /// What the program may use; `nil` where it has no fence.
    let meter: FenceMeter?

    /// Writing to a program that has gone must be an error, never the end of Leviathan.
    private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    package init(starting program: Subprocess) throws(SpawnError) {
        Self.ignoresBrokenPipes
        // an overlay's layers are not mounted twice
        if program.fence?.overlay != nil { Supervisors.settle() }
        let fenced = try FencedProgram(program)
        let path = try ExecutableSearch.locate(fenced.program)
        let pipes = try ProgramPipes(for: program)
        executable = program.executable
        plan = fenced.plan
        group = (plan?.fence.limits).flatMap(ControlGroup.make)
        adopts = plan.map { !$0.endsWithSupervisor } ?? false
        network = plan.flatMap(UnusedNetworks.take)
        supervisor = try Self.start(fenced, at: path, pipes, group, network)
        meter = (plan?.fence).flatMap { [group] in FenceMeter($0, group) }
        (input, output, errors) = (pipes.input.write, pipes.output.read, pipes.errors.read)
        (report, control) = (pipes.report.read, pipes.control.write)
        pipes.closeProgramEnds()
        for descriptor in [input, output, errors] { descriptor.makeNonBlocking() }
    }

    deinit {
        if ending == nil, !isLeaving { killAndReap() }
        if networkIsUnused, let network { UnusedNetworks.giveBack(network) }
        if isLeaving {
            Supervisors.leave(supervisor, group)
        } else if let group {
            ControlGroup.giveBack(group)
        }
    }

    package func terminate() { order(CLINUX_ORDER_TERMINATE) }

    package func kill() { order(CLINUX_ORDER_KILL) }

    /// Waits for the supervisor's report; everything that descends from the program is gone afterwards.
    package func waitForEnd() throws(SpawnError) -> ProcessOutcome.Ending {
        if let ending { return ending }
        var message = clinux_report()
        var last: clinux_report?
        while readReport(&message) {
            if last == nil || message.kind == Int32(CLINUX_ENDED.rawValue) && last?.kind == message.kind {
                last = message
            }
            if isLastWord(message) { break }
        }
        isLeaving = last.map(isLastWord) ?? false
        networkIsUnused = isLeaving && last?.detail == 1
        if !isLeaving { reap(endingOrphans: last == nil) }
        let result = try interpret(last)
        ending = result
        return result
    }

    /// Whether nobody is left but the supervisor, which has nothing more to do than to end.
    private func isLastWord(_ report: clinux_report) -> Bool {
        report.kind == Int32(CLINUX_ENDED.rawValue) && (plan?.endsWithSupervisor ?? false)
    }

    private func interpret(_ report: clinux_report?) throws(SpawnError) -> ProcessOutcome.Ending {
        guard let report else {
            ending = .signalled(SIGKILL)
            if plan != nil { throw SpawnError(executable: executable, fence: .lost) }
            return .signalled(SIGKILL)
        }
        switch report.kind {
        case Int32(CLINUX_STEP_DIRECTORY.rawValue):
            ending = .exited(127)
            throw SpawnError(
                executable: executable, operation: "enter the working directory of", code: report.value)
        case Int32(CLINUX_STEP_EXECUTE.rawValue):
            ending = .exited(127)
            throw SpawnError(executable: executable, operation: "run", code: report.value)
        case Int32(CLINUX_STEP_FENCE.rawValue):
            ending = .exited(127)
            let fault = FenceError.failed(
                step: FencePlan.stepName(report.step),
                path: plan?.path(ofStep: report.step, detail: report.detail), code: report.value)
            throw SpawnError(executable: executable, fence: fault)
        default:
            let value = clinux_exit_value(report.value)
            return value < 0 ? .signalled(-value) : .exited(value)
        }
    }

    private func readReport(_ message: inout clinux_report) -> Bool {
        let size = MemoryLayout<clinux_report>.size
        while true {
            let count = read(report.number, &message, size)
            if count < 0 && errno == EINTR { continue }
            return count == size
        }
    }

    private func order(_ order: clinux_order) {
        var byte = UInt8(order.rawValue)
        _ = write(control.number, &byte, 1)
    }

    private func killAndReap() {
        control.close()
        reap()
    }

    private func reap(endingOrphans: Bool = false) {
        var status: Int32 = 0
        while waitpid(supervisor, &status, 0) < 0 && errno == EINTR {}
        if endingOrphans, adopts { Supervisors.endOrphans() }
        Supervisors.forget(supervisor, adopted: adopts)
    }

    private static func start(
        _ fenced: FencedProgram, at path: String, _ pipes: ProgramPipes, _ group: ControlGroup?,
        _ network: FixedDescriptor?
    ) throws(SpawnError) -> pid_t {
        let program = fenced.program
        let arguments = CStringArray([program.executable] + program.arguments)
        let environment = CStringArray(
            program.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        let (passed, groups) = (program.passedDescriptors, group?.entries ?? [])
        defer { withExtendedLifetime((arguments, environment)) {} }
        let started = path.withCString { path in
            (program.workingDirectory ?? "").withCString { directory in
                withUnsafeNumbers(passed, groups) { passed, groups in
                    var plan = clinux_program()
                    plan.executable = path
                    plan.arguments = UnsafePointer(arguments.pointers)
                    plan.environment = UnsafePointer(environment.pointers)
                    plan.directory = program.workingDirectory == nil ? nil : directory
                    plan.standard = pipes.standard
                    plan.control = pipes.control.read.number
                    plan.report = pipes.report.write.number
                    plan.passed = passed.baseAddress
                    plan.passed_count = Int32(passed.count)
                    plan.groups = groups.baseAddress
                    plan.group_count = Int32(groups.count)
                    plan.network = network?.number ?? -1
                    return start(&plan, behind: fenced.plan)
                }
            }
        }
        guard started > 0 else { throw startError(program.executable, errno, isFenced: fenced.plan != nil) }
        return started
    }

    private static func withUnsafeNumbers<Result>(
        _ first: [Int32], _ second: [Int32],
        _ body: (UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Int32>) -> Result
    ) -> Result {
        first.withUnsafeBufferPointer { first in second.withUnsafeBufferPointer { body(first, $0) } }
    }

    private static func start(_ program: inout clinux_program, behind plan: FencePlan?) -> pid_t {
        guard let plan else { return Supervisors.start(adopting: false) { clinux_start(&program) } }
        let arguments = FenceArguments(plan)
        if plan.isWrapped { arguments.leaveOnlyLimits() }
        return arguments.withFence { fence in
            program.fence = fence
            return Supervisors.start(adopting: !plan.endsWithSupervisor) { clinux_start(&program) }
        }
    }

    private static func startError(_ executable: String, _ code: Int32, isFenced: Bool) -> SpawnError {
        guard isFenced else {
            return SpawnError(executable: executable, operation: "start a process for", code: code)
        }
        return SpawnError(executable: executable, fence: .failed(step: "making namespaces", path: nil, code: code))
    }
}

/// A NULL-terminated array of C strings.
private final class CStringArray {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointers = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}

/// Finds the file that a program's name stands for.
enum ExecutableSearch {
    static func locate(_ program: Subprocess) throws(SpawnError) -> String {
        if program.executable.contains("/") { return program.executable }
        let directories = (program.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        for directory in directories where directory.hasPrefix("/") {
            let candidate = "\(directory)/\(program.executable)"
            if access(candidate, X_OK) == 0 && !FileSystem.isDirectory(candidate) { return candidate }
        }
        throw SpawnError(executable: program.executable, operation: "find", code: ENOENT)
    }
}
