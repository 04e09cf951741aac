package import Basics
package import CommandLine
internal import Model

/// Data goes to standard output, everything else to standard error.
package struct Printer: Sendable {
    package let palette: Palette
    package let errorPalette: Palette
    package let width: Int
    /// The width at which prose is read well.
    var readable: Int { min(width, 80) }
    /// Whether a picture made of blocks says anything to whoever reads it.
    let drawsBars: Bool
    /// Whether a terminal is written to that may not know our own signs beyond ASCII.
    private let isASCII: (output: Bool, errors: Bool)
    package let isQuiet: Bool
    /// The first of the writes below that failed.
    let failure = OutputFailure()
    /// Takes a run's secrets out of what is printed.
    var redaction: (any SecretRedaction)?
    /// Shows what runs.
    private let live: LiveView
    /// Whether every line of a program was asked for.
    private let isVerbose: Bool
    /// Whether standard output is one.
    private let isTerminal: Bool
    /// Whether a person reads what is told, of whom nobody wants to keep it.
    let tellsPerson: Bool
    /// For what does not fit the terminal.
    private let pager: Pager?
    /// Whether a build service reads what is printed.
    private let isJob: Bool
    /// How moments in errors and warnings are shown.
    private let times: TimeText

    private static let jobVariables = ["CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", "JENKINS_URL"]

    init(_ arguments: ParsedArguments, environment: [String: String], times: TimeText) {
        self.times = times
        let isPlain = arguments.flag("plain")
        let choice = arguments.choice("color", ColorChoice.self) ?? (isPlain ? .never : .auto)
        let output = TerminalInfo.of(1, environment: environment)
        let errors = TerminalInfo.of(2, environment: environment)
        let isDumb = isPlain || TerminalInfo.isDumb(environment)
        palette = Palette(
            isColored: choice.usesColor(output, environment: environment),
            isolates: output.isTerminal && !isDumb && TerminalInfo.takesUnicode(environment))
        errorPalette = Palette(isColored: choice.usesColor(errors, environment: environment))
        // What goes to a file or to another program, or is read aloud, is not cut.
        width = !isPlain && (output.isTerminal || environment["COLUMNS"] != nil) ? output.width : .max
        drawsBars = !isPlain && !(output.isTerminal && isDumb)
        let takesUnicode = TerminalInfo.takesUnicode(environment)
        isASCII = (!takesUnicode && output.isTerminal, !takesUnicode && errors.isTerminal)
        isTerminal = output.isTerminal
        tellsPerson = errors.isTerminal && !isPlain
        pager = isDumb ? nil : Pager(height: output.height, environment: environment)
        isQuiet = arguments.flag("quiet")
        isVerbose = arguments.flag("verbose")
        isJob = Self.jobVariables.contains { environment[$0]?.isEmpty == false }
        let isDrawn = errors.isTerminal && !isDumb && !isJob && !isVerbose
        let isSilent = isQuiet || arguments.flag("json") && !isVerbose && !errors.isTerminal
        live = LiveView(
            isSilent ? .silent : isDrawn ? .drawn : .lines(endings: isVerbose), errorPalette, times,
            isASCII: isASCII.errors)
    }

    /// Text in which nothing acts on a service that reads the output of its jobs.
    package func data(_ text: String) {
        let text = isASCII.output ? PlainSigns.replaced(text) : text
        write(Array(ServiceCommands.broken(redacted(text)).utf8), to: 1)
    }

    /// Exactly these bytes, but for a run's secrets.
    package func data(_ bytes: [UInt8]) { write(redaction?.redacted(bytes) ?? bytes, to: 1) }

    /// What somebody else wrote, such as a patch: exact for whoever takes it on, and harmless in the output of a job.
    package func content(_ bytes: [UInt8]) {
        guard isJob else { return data(bytes) }
        data(String(decoding: bytes, as: UTF8.self))
    }

    /// A patch: the bytes themselves, unless a person looks at them.
    func patch(_ bytes: [UInt8]) {
        guard isTerminal else { return content(bytes) }
        let text = PatchView.text(bytes, palette)
        let shown = isASCII.output ? PlainSigns.replaced(redacted(text)) : redacted(text)
        live.pausing {}
        if pager?.show(shown) != true { data(text) }
    }

    package func json(_ value: JSON) { jsonText(value.text(.pretty) + "\n") }

    /// A value on a line of its own.
    package func jsonLine(_ value: JSON) { jsonText(value.text() + "\n") }

    package func jsonText(_ text: String) { data(Array(ServiceCommands.broken(json: text).utf8)) }

    /// Something for a person who watches.
    package func note(_ text: String) {
        let text = isASCII.errors ? PlainSigns.replaced(text) : text
        if !isQuiet { write(Array((ServiceCommands.broken(redacted(text)) + "\n").utf8), to: 2) }
    }

    /// How the work of another program goes.
    func progress(_ line: String) {
        if isVerbose { return note("  " + errorPalette.dim("│ ") + SafeText.line(line)) }
        live.progress(redacted(line))
    }

    /// A part of the run begins or ends.
    func stage(_ change: StageChange) {
        guard let line = live.take(change) else { return }
        note(line)
    }

    /// Lets nothing be drawn any more.
    func end() { live.end() }

    /// A question, which the answer follows on the same line.
    package func prompt(_ text: String) { write(Array(ServiceCommands.broken(text).utf8), to: 2) }

    /// An error with its causes and hint.
    package func error(_ error: any ExplainedError) { explain(error, as: errorPalette.red("error:")) }

    /// Something that ended nothing and that a person should know; said even where nothing else is.
    package func warning(_ warning: any ExplainedError) {
        explain(warning, as: errorPalette.yellow("warning:"))
    }

    private func explain(_ error: any ExplainedError, as mark: String) {
        let palette = errorPalette
        var text = mark + " " + SafeText.line(error.message(in: times)) + "\n"
        for cause in error.causes(in: times) { text += "  " + SafeText.line(cause) + "\n" }
        if let hint = error.hint { text += palette.cyan("hint:") + " " + SafeText.line(hint) + "\n" }
        write(Array(ServiceCommands.broken(redacted(text)).utf8), to: 2)
    }

    private func redacted(_ text: String) -> String { redaction?.redacted(text) ?? text }

    /// The same, where a run's secrets are not printed.
    func redacting(_ redaction: (any SecretRedaction)?) -> Printer {
        var printer = self
        printer.redaction = redaction
        return printer
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        live.pausing {
            do throws(FileError) {
                try FileSystem.writeAll(
                    bytes[...], to: descriptor, descriptor == 1 ? "standard output" : "standard error")
            } catch { failure.remember(error) }
        }
    }
}

extension ExplainedError {
    /// The error as `--json` shows it.
    func json(kind: String) -> JSON {
        ["kind": .string(kind), "message": .string(message), "causes": .strings(causes), "hint": .optional(hint)]
    }
}
