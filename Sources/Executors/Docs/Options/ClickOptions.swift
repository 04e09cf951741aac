internal import Analysis
internal import Basics

/// The options of click: `@click.option("-n", "--name", help="…")`.
enum ClickOptions {
    private static let declarations: Set<String> = [
        "click.option", "rich_click.option", "asyncclick.option", "click.Option", "click.core.Option",
        "click.decorators.option",
    ]

    static func found(in calls: PythonCalls, _ values: PythonValues) -> [PlacedOption] {
        let source = calls.source
        return calls.calls(in: source.tokens.indices).compactMap { call in
            guard let origin = calls.qualified(call.name), declarations.contains(origin) else { return nil }
            let arguments = calls.arguments(call)
            let label = { (name: String) in arguments.first { $0.label == name }?.value }
            if let hidden = label("hidden"), !source.isWord(hidden.lowerBound, "False") { return nil }
            // click.Option takes its names as one list.
            var positional = arguments.prefix { $0.label == nil }.map(\.value)
            if let list = positional.first, source.isSign(list.lowerBound, "[") {
                positional = source.parts(source.inside(list.lowerBound))
            }
            let names = positional.compactMap { values.text($0) }
            guard names.count == positional.count else { return nil }
            guard let option = option(names, help: values.text(label("help"))) else { return nil }
            return PlacedOption(place: call.start, option: option)
        }
    }

    /// The option of these declarations, of which those without a dash name the parameter.
    static func option(_ declarations: [String], help: String?) -> CommandOption? {
        let names = declarations.filter { $0.trimmed.hasPrefix("-") || $0.contains("/") }
        guard !names.isEmpty else { return nil }
        var (on, off) = ([String](), [String]())
        for name in names {
            // `--shout/--no-shout` turns on and off, ` /--no-x` only off; `/f` is an option of its own.
            let sides = name.hasPrefix("/") ? [name[...]] : name.split(separator: "/", maxSplits: 1)
            let parts = sides.map { String($0).trimmed }
            if !parts[0].isEmpty { on.append(parts[0]) }
            if parts.count > 1 { off.append(parts[1]) }
        }
        let both = [on, off].filter { !$0.isEmpty }.map { $0.joined(separator: ", ") }.joined(separator: " / ")
        return CommandOption([both], help: help.map(shown))
    }

    /// Without the marks that click takes for its own; behind `\f` nothing is shown.
    private static func shown(_ help: String) -> String {
        let text = help.firstIndex(of: "\u{0C}").map { String(help[..<$0]) } ?? help
        return text.replacing("\u{8}", with: " ")
    }
}
