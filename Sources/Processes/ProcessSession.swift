internal import Basics
internal import Glibc

/// One run of a program from its start to its end: feeds it, listens to it, and ends it when its time is up.
struct ProcessSession {
    private let running: RunningProcess
    private let onLine: ((Subprocess.OutputStream, String) -> Void)?
    private let started: MonotonicTime
    private let deadline: MonotonicTime?
    private var remainingInput: ArraySlice<UInt8>
    private var output: CapturedOutput
    private var errors: CapturedOutput
    private var outputRedaction: (any RedactingStream)?
    private var errorRedaction: (any RedactingStream)?
    private var outputLines: LineSplitter
    private var errorLines: LineSplitter
    private var teardown: [Subprocess.TeardownStep]
    private var stepDeadline: MonotonicTime?
    private var forcedEnding: ProcessOutcome.Ending?
    private let executable: String
    private var excess: FenceExcess?
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(
        _ running: RunningProcess, program: Subprocess,
        onLine: ((Subprocess.OutputStream, String) -> Void)?
    ) {
        let started = MonotonicTime.now
        (self.running, self.onLine, self.started) = (running, onLine, started)
        executable = program.executable
        deadline = program.timeout.map { started + $0 }
        if case .bytes(let bytes) = program.input { remainingInput = bytes[...] } else { remainingInput = [] }
        output = CapturedOutput(limit: program.captureLimit)
        errors = CapturedOutput(limit: program.captureLimit)
        outputRedaction = program.redaction?.stream()
        errorRedaction = program.redaction?.stream()
        outputLines = LineSplitter(limit: program.lineLimit)
        errorLines = LineSplitter(limit: program.lineLimit)
        teardown = program.teardown + [.kill]
        if remainingInput.isEmpty { running.input.close() }
    }

    mutating func complete(cancellation: Cancellation?) throws(SpawnError) -> ProcessOutcome {
        while true {
            var watched = pollDescriptors(cancellation)
            _ = poll(&watched, nfds_t(watched.count), pollTimeout())
            if watched[0].revents != 0 { feed() }
            if watched[1].revents != 0 { listen(.output) }
            if watched[2].revents != 0 { listen(.errors) }
            if watched[3].revents != 0 { break }
            stopWhenTooMuch()
            stopWhenDue(isCancelled: cancellation?.isCancelled ?? false)
        }
        let ending = try waitForEnd()
        while running.output.isOpen, listen(.output) {}
        while running.errors.isOpen, listen(.errors) {}
        if let rest = outputRedaction?.finish() { keep(rest[...], from: .output) }
        if let rest = errorRedaction?.finish() { keep(rest[...], from: .errors) }
        if let onLine {
            outputLines.finish { onLine(.output, $0) }
            errorLines.finish { onLine(.errors, $0) }
        }
        if forcedEnding == nil || forcedEnding == .timedOut, let excess = excess ?? running.meter?.finalExcess() {
            throw SpawnError(executable: executable, fence: .exceeded(excess))
        }
        return ProcessOutcome(
            ending: forcedEnding ?? ending, output: output, errors: errors, duration: .now - started)
    }

    /// Where memory ran out the supervisor may have been the first to go.
    private func waitForEnd() throws(SpawnError) -> ProcessOutcome.Ending {
        do throws(SpawnError) { return try running.waitForEnd() } catch {
            guard error.fence == .lost, let excess = running.meter?.finalExcess() else { throw error }
            throw SpawnError(executable: executable, fence: .exceeded(excess))
        }
    }

    private func pollDescriptors(_ cancellation: Cancellation?) -> [pollfd] {
        let stop = forcedEnding == nil ? cancellation?.descriptor ?? -1 : -1
        return [
            pollfd(fd: running.input.number, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: running.output.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: running.errors.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: running.report.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
    }

    private func pollTimeout() -> Int32 {
        let look = excess == nil ? running.meter?.due : nil
        let next = [forcedEnding == nil ? deadline : nil, stepDeadline, look].compactMap(\.self).min()
        guard let next else { return -1 }
        let milliseconds = (next - .now).milliseconds + 1
        return Int32(clamping: max(0, milliseconds))
    }

    private mutating func feed() {
        let count = remainingInput.withUnsafeBytes { write(running.input.number, $0.baseAddress, $0.count) }
        if count > 0 { remainingInput = remainingInput.dropFirst(count) }
        let failed = count < 0 && errno != EAGAIN && errno != EINTR
        if failed || remainingInput.isEmpty { running.input.close() }
    }

    /// Reads what is there; returns whether there may be more.
    @discardableResult
    private mutating func listen(_ stream: Subprocess.OutputStream) -> Bool {
        let source = stream == .output ? running.output : running.errors
        let count = read(source.number, &buffer, buffer.count)
        if count < 0 && errno == EINTR { return true }
        if count < 0 && errno == EAGAIN { return false }
        guard count > 0 else {
            source.close()
            return false
        }
        let bytes = buffer[..<count]
        switch stream {
        case .output: keep(outputRedaction?.add(bytes)[...] ?? bytes, from: stream)
        case .errors: keep(errorRedaction?.add(bytes)[...] ?? bytes, from: stream)
        }
        return true
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>, from stream: Subprocess.OutputStream) {
        switch stream {
        case .output:
            output.append(bytes)
            if let onLine { outputLines.add(bytes) { onLine(.output, $0) } }
        case .errors:
            errors.append(bytes)
            if let onLine { errorLines.add(bytes) { onLine(.errors, $0) } }
        }
    }

    /// Ends everybody at once: whoever takes too much is not asked to tidy up.
    private mutating func stopWhenTooMuch() {
        guard excess == nil, let found = running.meter?.excess(below: Int(running.supervisor)) else { return }
        excess = found
        running.kill()
        (teardown, stepDeadline) = ([], nil)
    }

    private mutating func stopWhenDue(isCancelled: Bool) {
        if forcedEnding == nil {
            if isCancelled {
                forcedEnding = .cancelled
            } else if let deadline, MonotonicTime.now >= deadline {
                forcedEnding = .timedOut
            } else {
                return
            }
        } else if let stepDeadline, MonotonicTime.now < stepDeadline {
            return
        }
        guard !teardown.isEmpty else { return }
        switch teardown.removeFirst() {
        case .terminate(let grace):
            running.terminate()
            stepDeadline = .now + grace
        case .kill:
            running.kill()
            teardown = []
            stepDeadline = nil
        }
    }
}
