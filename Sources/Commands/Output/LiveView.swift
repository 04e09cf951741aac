internal import Basics
internal import CommandLine
internal import Glibc
internal import Synchronization

/// Shows which stages of a run are at work: on a terminal as lines that are drawn anew, elsewhere as a line for each.
final class LiveView: Sendable {
    enum Form: Sendable {
        case silent
        /// `endings`: whether it is told, too, how long each took.
        case lines(endings: Bool)
        case drawn
    }

    private struct Running {
        let stage: Stage
        let began: MonotonicTime
    }

    private struct State {
        var running: [Running] = []
        /// The last thing that a program said.
        var line: String?
        /// The widths of the lines that stand on the terminal.
        var drawn: [Int] = []
        var isTicking = false
        var isEnded = false
    }

    /// More stages than this are counted.
    private static let mostLines = 6
    private static let pause: useconds_t = 250_000

    private let form: Form
    private let palette: Palette
    private let times: TimeText
    private let isASCII: Bool
    private let state = Mutex(State())

    init(_ form: Form, _ palette: Palette, _ times: TimeText, isASCII: Bool) {
        (self.form, self.palette, self.times, self.isASCII) = (form, palette, times, isASCII)
        if case .drawn = form { Resumption.watch() }
    }

    /// Remembers what runs; a line to print where lines are printed.
    func take(_ change: StageChange) -> String? {
        switch form {
        case .silent: return nil
        case .lines(let endings): return change.stage.isBrief && !endings ? nil : line(change, endings: endings)
        case .drawn:
            note(change)
            return nil
        }
    }

    func progress(_ line: String) {
        guard case .drawn = form else { return }
        state.withLock { if !$0.running.isEmpty { $0.line = line } }
    }

    /// Does something while nothing is drawn.
    func pausing(_ body: () -> Void) {
        state.withLock { state in
            erase(&state)
            body()
        }
    }

    func end() {
        state.withLock { state in
            erase(&state)
            (state.isEnded, state.running) = (true, [])
        }
    }

    // MARK: Lines

    private func line(_ change: StageChange, endings: Bool) -> String? {
        switch change {
        case .began(let stage):
            state.withLock { $0.running.append(Running(stage: stage, began: .now)) }
            return palette.dim(times.timeOfDay(times.now)) + " " + SafeText.line(stage.name)
        case .ended(let stage, let outcome):
            guard let began = remove(stage), endings else { return nil }
            let took = DurationText.measured(.now - began)
            return palette.dim(times.timeOfDay(times.now)) + " " + SafeText.line(stage.name)
                + ": \(outcome ?? "done") after \(took)"
        }
    }

    private func remove(_ stage: Stage) -> MonotonicTime? {
        state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.stage == stage }) else { return nil }
            return state.running.remove(at: index).began
        }
    }

    // MARK: Drawing

    private func note(_ change: StageChange) {
        let startsTicking = state.withLock { state in
            switch change {
            case .began(let stage): state.running.append(Running(stage: stage, began: .now))
            case .ended(let stage, _): state.running.removeAll { $0.stage == stage }
            }
            state.line = nil
            draw(&state)
            guard !state.isTicking, !state.running.isEmpty else { return false }
            state.isTicking = true
            return true
        }
        if startsTicking { Workers.inBackground { self.tick() } }
    }

    /// Draws anew a few times a second, until nothing runs any more.
    private func tick() {
        while true {
            usleep(Self.pause)
            let goesOn = state.withLock { state in
                guard !state.isEnded, !state.running.isEmpty else {
                    state.isTicking = false
                    return false
                }
                draw(&state)
                return true
            }
            if !goesOn { return }
        }
    }

    private func draw(_ state: inout State) {
        let width = TerminalInfo.of(2, environment: [:]).width
        let lines = lines(state, width: width - 1)
        let text = erasure(state) + lines.map { $0.name + palette.dim($0.rest) + "\n" }.joined()
        state.drawn = lines.map { DisplayWidth.of($0.name + $0.rest) }
        Self.write(isASCII ? PlainSigns.replaced(text) : text)
    }

    private func lines(_ state: State, width: Int) -> [(name: String, rest: String)] {
        var lines = state.running.prefix(Self.mostLines).map { running in
            let elapsed = Self.elapsed(since: running.began)
            let name = "  " + SafeText.line(running.stage.name)
            return (name: DisplayWidth.fitted(name, to: width - elapsed.utf8.count), rest: elapsed)
        }
        if state.running.count > Self.mostLines {
            lines.append(("  and \(state.running.count - Self.mostLines) more", ""))
        }
        if let line = state.line {
            lines.append(("", DisplayWidth.fitted("  │ " + SafeText.line(line), to: width)))
        }
        return lines
    }

    /// Whole seconds, from the first on.
    private static func elapsed(since began: MonotonicTime) -> String {
        let seconds = (MonotonicTime.now - began).components.seconds
        if seconds < 1 { return "" }
        return seconds < 60 ? "  \(seconds) s" : "  \(seconds / 60) min \(seconds % 60) s"
    }

    private func erase(_ state: inout State) {
        guard !state.drawn.isEmpty else { return }
        Self.write(erasure(state))
        state.drawn = []
    }

    /// Back to the first drawn line, and everything below it cleared.
    ///
    /// Lines that were drawn on a wider terminal are several now. What was drawn before a person stopped the program
    /// is above what the shell said since, and stays there.
    private func erasure(_ state: State) -> String {
        guard !Resumption.happened(), !state.drawn.isEmpty else { return "" }
        let width = TerminalInfo.of(2, environment: [:]).width
        let rows = state.drawn.reduce(0) { $0 + max(1, ($1 + width - 1) / width) }
        return "\u{1B}[\(rows)A\r\u{1B}[J"
    }

    /// What cannot be drawn is no loss.
    private static func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}

/// Whether the program goes on after a person stopped it (Ctrl-Z, and `fg`).
private enum Resumption {
    fileprivate static let isNew = Atomic(false)

    static func watch() {
        _ = isNew.load(ordering: .relaxed)  // is there before a signal can come
        _ = signal(SIGCONT) { _ in Resumption.isNew.store(true, ordering: .relaxed) }
    }

    /// Says so once.
    static func happened() -> Bool { isNew.exchange(false, ordering: .relaxed) }
}
