#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// What is known of the place that output goes to.
package struct TerminalInfo: Sendable {
    package let isTerminal: Bool
    package let width: Int

    package init(isTerminal: Bool, width: Int) { (self.isTerminal, self.width) = (isTerminal, width) }

    /// Looks at a descriptor; a width in `COLUMNS` comes first.
    package static func of(_ descriptor: Int32, environment: [String: String]) -> TerminalInfo {
        let isTerminal = isatty(descriptor) == 1
        var size = winsize()
        let found = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
        let width = environment["COLUMNS"].flatMap { Int($0) } ?? (found > 0 ? found : 100)
        return TerminalInfo(isTerminal: isTerminal, width: max(40, width))
    }
}

/// When output is coloured.
package enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never

    package func usesColor(_ terminal: TerminalInfo, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto:
            terminal.isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        }
    }
}

/// Colours, or none.
package struct Palette: Sendable {
    package let isColored: Bool

    package init(isColored: Bool) { self.isColored = isColored }

    package func bold(_ text: String) -> String { paint(text, 1) }
    package func dim(_ text: String) -> String { paint(text, 2) }
    package func red(_ text: String) -> String { paint(text, 31) }
    package func green(_ text: String) -> String { paint(text, 32) }
    package func yellow(_ text: String) -> String { paint(text, 33) }
    package func cyan(_ text: String) -> String { paint(text, 36) }

    private func paint(_ text: String, _ code: Int) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Text from outside, made harmless for a terminal.
package enum SafeText {
    /// One line; control characters are shown as escapes.
    package static func line(_ text: String) -> String {
        String(text.unicodeScalars.flatMap { escaped($0, keepsNewLine: false) })
    }

    /// Several lines; everything but line breaks and tabs is shown as escapes.
    package static func block(_ text: String) -> String {
        String(text.unicodeScalars.flatMap { escaped($0, keepsNewLine: true) })
    }

    private static func escaped(_ scalar: Unicode.Scalar, keepsNewLine: Bool) -> [Character] {
        if keepsNewLine && (scalar == "\n" || scalar == "\t") { return [Character(scalar)] }
        let isControl = scalar.properties.generalCategory == .control || isBidirectionalControl(scalar)
        return isControl ? Array("\\u{\(String(scalar.value, radix: 16))}") : [Character(scalar)]
    }

    private static func isBidirectionalControl(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
}
