/// When output is coloured.
package enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never

    /// What was asked for on the command line wins, then `NO_COLOR`, then `CLICOLOR_FORCE`, then what the
    /// terminal can do.
    package func usesColor(_ terminal: TerminalInfo, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: Self.isWelcome(terminal, environment)
        }
    }

    private static func isWelcome(_ terminal: TerminalInfo, _ environment: [String: String]) -> Bool {
        if !environment["NO_COLOR", default: ""].isEmpty { return false }
        if !["", "0"].contains(environment["CLICOLOR_FORCE", default: ""]) { return true }
        return terminal.isTerminal && !TerminalInfo.isDumb(environment) && environment["CLICOLOR"] != "0"
    }
}
