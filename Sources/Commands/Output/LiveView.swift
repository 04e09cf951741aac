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
        /// How many lines stand on the terminal.
        var drawn = 0
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
        let width = TerminalInfo.of(2, environment: [:]).width - 1
        var lines = state.running.prefix(Self.mostLines).map { running in
            let elapsed = Self.elapsed(since: running.began)
            let name = DisplayWidth.fitted(
                "  " + SafeText.line(running.stage.name), to: width - elapsed.utf8.count)
            return name + palette.dim(elapsed)
        }
        if state.running.count > Self.mostLines {
            lines.append("  and \(state.running.count - Self.mostLines) more")
        }
        if let line = state.line {
            lines.append(palette.dim(DisplayWidth.fitted("  │ " + SafeText.line(line), to: width)))
        }
        let text = Self.erasure(state.drawn) + lines.map { $0 + "\n" }.joined()
        state.drawn = lines.count
        Self.write(isASCII ? PlainSigns.replaced(text) : text)
    }

    /// Whole seconds, from the first on.
    private static func elapsed(since began: MonotonicTime) -> String {
        let seconds = (MonotonicTime.now - began).components.seconds
        if seconds < 1 { return "" }
        return seconds < 60 ? "  \(seconds) s" : "  \(seconds / 60) min \(seconds % 60) s"
    }

    private func erase(_ state: inout State) {
        guard state.drawn > 0 else { return }
        Self.write(Self.erasure(state.drawn))
        state.drawn = 0
    }

    /// Back to the first drawn line, and everything below it cleared.
    private static func erasure(_ lines: Int) -> String { lines == 0 ? "" : "\u{1B}[\(lines)A\r\u{1B}[J" }

    /// What cannot be drawn is no loss.
    private static func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
