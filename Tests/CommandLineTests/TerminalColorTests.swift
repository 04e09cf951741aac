import CommandLine
import Processes
import Testing

@Suite struct TerminalColorTests {
    @Test(
        arguments: [
            (.auto, true, ["TERM": "xterm"], true), (.auto, true, [:], false), (.auto, true, ["TERM": ""], false),
            (.auto, false, [:], false), (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["NO_COLOR": "", "TERM": "xterm"], true), (.auto, true, ["TERM": "dumb"], false),
            (.auto, true, ["CLICOLOR": "0"], false), (.auto, false, ["CLICOLOR": "1"], false),
            (.auto, false, ["CLICOLOR_FORCE": "1"], true), (.auto, false, ["CLICOLOR_FORCE": "0"], false),
            (.auto, false, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
            (.always, false, ["NO_COLOR": "1", "TERM": "dumb"], true),
            (.never, true, ["CLICOLOR_FORCE": "1"], false),
        ] as [(ColorChoice, Bool, [String: String], Bool)])
    func coloursFollowTheRules(
        choice: ColorChoice, isTerminal: Bool, environment: [String: String], expected: Bool
    ) {
        let terminal = TerminalInfo(isTerminal: isTerminal, width: 80)
        #expect(choice.usesColor(terminal, environment: environment) == expected)
    }

    @Test func everyStyleIsReset() {
        let palette = Palette(isColored: true)
        for style in TextStyle.allCases {
            #expect(palette.paint("x", style) == "\u{1B}[\(style.rawValue)mx\u{1B}[0m")
            #expect(palette.paint("", style).isEmpty && Palette(isColored: false).paint("x", style) == "x")
        }
        #expect(palette.bold("x") == "\u{1B}[1mx\u{1B}[0m" && palette.cyan("x") == "\u{1B}[36mx\u{1B}[0m")
    }

    @Test(arguments: [
        ("72", 72), ("5", 20), ("0", 100), ("-3", 100), ("many", 100), ("", 100), ("99999999999", 10_000),
    ])
    func aDescriptorThatIsNoTerminalHasADefaultWidth(columns: String, width: Int) {
        // No test has so many files open.
        let found = TerminalInfo.of(9999, environment: ["COLUMNS": columns])
        #expect(found == TerminalInfo(isTerminal: false, width: width))
    }
}
