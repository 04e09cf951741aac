internal import Basics
internal import Glibc

/// What is known of the place that output goes to.
package struct TerminalInfo: Sendable, Equatable {
    package let isTerminal: Bool
    package let width: Int
    /// Lines; nil where it is no terminal, or one that does not say.
    package let height: Int?

    package init(isTerminal: Bool, width: Int, height: Int? = nil) {
        (self.isTerminal, self.width, self.height) = (isTerminal, width, height)
    }

    /// Whether the terminal is one that only prints, or nobody says which it is.
    package static func isDumb(_ environment: [String: String]) -> Bool {
        ["", "dumb", "unknown"].contains(environment["TERM", default: ""])
    }

    /// Whether letters beyond ASCII come out as they are: what `LC_ALL`, `LC_CTYPE` or `LANG` says first.
    package static func takesUnicode(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let letters = (locale ?? "").lowercased().filter { $0.isLetter || $0.isNumber }
        return letters.contains("utf8")
    }

    /// Looks at a descriptor; a width in `COLUMNS` comes first.
    package static func of(_ descriptor: Int32, environment: [String: String]) -> TerminalInfo {
        let isTerminal = isatty(descriptor) == 1
        var size = winsize()
        let isKnown = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        let asked = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let found = isKnown && size.ws_col > 0 ? Int(size.ws_col) : nil
        return TerminalInfo(
            isTerminal: isTerminal, width: min(max(asked ?? found ?? 100, 20), 10_000),
            height: isKnown && size.ws_row > 0 ? Int(size.ws_row) : nil)
    }
}
