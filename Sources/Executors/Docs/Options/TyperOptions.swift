internal import Analysis
internal import Basics

/// The options of typer: parameters of commands, whether described by `typer.Option` or plain ones with a default.
struct TyperOptions {
    private let calls: PythonCalls
    private let values: PythonValues
    private(set) var found: [PlacedOption] = []
    /// The names of `typer.Typer()` objects.
    private var apps: Set<String> = []
    private var runs: Set<String> = []

    private var source: PythonSource { calls.source }

    init(_ calls: PythonCalls, _ values: PythonValues) {
        (self.calls, self.values) = (calls, values)
        guard calls.imports.values.contains(where: { $0 == "typer" || $0.hasPrefix("typer.") }) else { return }
        findApps()
        var isCommand = false
        for number in source.lines.indices {
            let line = source.range(ofLine: number)
            guard let first = line.first else { continue }
            if source.isSign(first, "@") {
                isCommand = isCommand || isCommandMark(first, line)
                continue
            }
            let start = source.isWord(first, "async") ? first + 1 : first
            if source.isWord(start, "def"), source.isSign(start + 2, "(") {
                let isRun = runs.contains(source.text(start + 1))
                for part in source.parts(source.inside(start + 2)) { read(part, isCommand: isCommand || isRun) }
            }
            isCommand = false
        }
    }

    private mutating func findApps() {
        for call in calls.calls(in: source.tokens.indices) {
            switch calls.qualified(call.name) {
            case "typer.Typer" where source.isSign(call.start - 1, "="): apps.insert(source.text(call.start - 2))
            case "typer.run": runs.insert(source.text(call.open + 1))
            default: continue
            }
        }
    }

    /// `@app.command(…)` or `@app.callback(…)`.
    private func isCommandMark(_ at: Int, _ line: Range<Int>) -> Bool {
        apps.contains(source.text(at + 1)) && source.isSign(at + 2, ".")
            && ["command", "callback"].contains(source.text(at + 3))
    }

    private mutating func read(_ parameter: Range<Int>, isCommand: Bool) {
        guard source.isWord(parameter.lowerBound), found.count < CommandOption.limit else { return }
        let name = source.text(parameter.lowerBound)
        let equals = source.first("=", in: parameter)
        let described = calls.calls(in: parameter).map { ($0, calls.qualified($0.name) ?? "") }
        if let (call, _) = described.first(where: { $0.1 == "typer.Option" || $0.1 == "typer.params.Option" }) {
            let isDefault = equals.map { call.start > $0 } ?? false
            if let option = option(call, name, parameter, skipsDefault: isDefault) {
                found.append(PlacedOption(place: call.start, option: option))
            }
            return
        }
        guard isCommand, equals != nil, !described.contains(where: { $0.1.hasSuffix(".Argument") }),
            !["Context", "CallbackParam"].contains(source.text((equals ?? 1) - 1))
        else { return }
        let option = CommandOption([implied(name, parameter)], help: nil)
        found.append(PlacedOption(place: parameter.lowerBound, option: option))
    }

    /// In the older form the first argument is the default.
    private func option(
        _ call: PythonCall, _ name: String, _ parameter: Range<Int>, skipsDefault: Bool
    ) -> CommandOption? {
        let arguments = calls.arguments(call)
        let label = { (name: String) in arguments.first { $0.label == name }?.value }
        if let hidden = label("hidden"), !source.isWord(hidden.lowerBound, "False") { return nil }
        let positional = arguments.prefix { $0.label == nil }.dropFirst(skipsDefault ? 1 : 0)
        let names = positional.compactMap { values.text($0.value) }
        guard names.count == positional.count else { return nil }
        let help = values.text(label("help"))
        return names.isEmpty
            ? CommandOption([implied(name, parameter)], help: help) : ClickOptions.option(names, help: help)
    }

    /// The name that typer makes of a parameter's.
    private func implied(_ name: String, _ parameter: Range<Int>) -> String {
        let plain = name.replacing("_", with: "-")
        let type = source.first("=", in: parameter) ?? parameter.upperBound
        var words = (parameter.lowerBound + 1..<type).prefix { !source.isSign($0, "(") }.map(source.text)
        words.removeAll { ["Optional", "Annotated", "typing", "Union", "None"].contains($0) }
        let isFlag = words.first { $0.first?.isLetter == true } == "bool"
        return isFlag ? "--\(plain) / --no-\(plain)" : "--\(plain)"
    }
}
