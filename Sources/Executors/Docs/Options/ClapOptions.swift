internal import Analysis
internal import Basics

/// The options of clap: fields with `#[arg(…)]`, `Arg::new(…)` and its chain, and `arg!(…)`.
struct ClapOptions {
    let code: CodeTokens
    let values: CodeValues

    static func found(in code: CodeTokens) -> [CommandOption] {
        guard (0..<code.count).contains(where: { code.isWord($0, "clap") || code.isWord($0, "structopt") }) else {
            return []
        }
        let reader = ClapOptions(code: code, values: CodeValues(code))
        var found: [(place: Int, option: CommandOption)] = []
        for place in 0..<code.count where found.count < CommandOption.limit {
            if code.isSign(place, "#"), code.isSign(place + 1, "["), code.isWord(place + 2, "derive") {
                found += reader.derived(place)
            } else if code.isWord(place), let option = reader.built(place) {
                found.append((place, option))
            }
        }
        return found.sorted { $0.place < $1.place }.map(\.option)
    }

    // MARK: Derived

    private static let derives: Set<String> = ["Parser", "Args", "Subcommand", "Clap", "StructOpt"]
    private static let attributes: Set<String> = ["arg", "clap", "structopt", "command"]

    /// The options of the type that `#[derive(…)]` stands before.
    private func derived(_ start: Int) -> [(place: Int, option: CommandOption)] {
        let list = code.inside(start + 3)
        guard list.contains(where: { code.isWord($0) && Self.derives.contains(code.text($0)) }) else { return [] }
        var place = code.partner(start + 1) + 1
        var style = NameStyle.kebab
        while code.isSign(place, "#"), code.isSign(place + 1, "[") {
            if let named = entries(place).first(where: { $0.key == "rename_all" }) {
                style = NameStyle(values.text(named.value))
            }
            place = code.partner(place + 1) + 1
        }
        let header = (place..<min(code.count, place + 8)).first {
            code.isWord($0, "struct") || code.isWord($0, "enum")
        }
        guard let header, let open = code.first(of: "{;", from: header), code.isSign(open, "{") else { return [] }
        var options: [(place: Int, option: CommandOption)] = []
        place = open + 1
        while place < code.partner(open) {
            guard code.isSign(place, "#"), code.isSign(place + 1, "[") else {
                place += 1
                continue
            }
            let (option, end) = field(place, style)
            if let option { options.append((place, option)) }
            place = end
        }
        return options
    }

    /// The option of a field from its first attribute on, and the place behind its name.
    private func field(_ start: Int, _ style: NameStyle) -> (CommandOption?, Int) {
        var (place, doc) = (start, "")
        var found: [(key: String, value: Range<Int>?)] = []
        while code.isSign(place, "#"), code.isSign(place + 1, "[") {
            doc += documentation(before: place)
            found += entries(place)
            place = code.partner(place + 1) + 1
        }
        doc += documentation(before: place)
        if code.isWord(place, "pub") {
            place += 1
            if code.isSign(place, "(") { place = code.partner(place) + 1 }
        }
        if code.isWord(place, "r"), code.isSign(place + 1, "#") { place += 2 }
        guard code.isWord(place), code.isSign(place + 1, ":"), !code.isSign(place + 2, ":") else {
            return (nil, max(place, start + 1))
        }
        return (option(code.text(place), found, doc, style), place + 1)
    }

    private func option(
        _ field: String, _ entries: [(key: String, value: Range<Int>?)], _ doc: String, _ style: NameStyle
    ) -> CommandOption? {
        var (names, help) = ([String](), Self.summary(doc))
        for (key, value) in entries {
            switch key {
            case "short":
                guard let short = value.map(values.text) ?? String(field.prefix(1)), short.count == 1 else {
                    return nil
                }
                names.insert("-" + short, at: 0)
            case "long":
                guard let long = value.map(values.text) ?? style.spelled(field), !long.isEmpty else { return nil }
                names.append("--" + long)
            case "help", "about": help = values.text(value)
            case "hide", "hidden":
                if !(value.map { code.isWord($0.lowerBound, "false") } ?? false) { return nil }
            default: continue
            }
        }
        return names.isEmpty ? nil : CommandOption(names, help: help)
    }

    /// The members of `#[arg(short, long = "x")]`; none of another attribute.
    private func entries(_ attribute: Int) -> [(key: String, value: Range<Int>?)] {
        guard Self.attributes.contains(code.text(attribute + 2)), code.isSign(attribute + 3, "(") else {
            return []
        }
        return values.arguments(attribute + 3).compactMap { part in
            let first = part.lowerBound
            guard code.isWord(first) else { return nil }
            let key = code.text(first)
            if part.count == 1 { return (key, nil) }
            if code.isSign(first + 1, "=") { return (key, first + 2..<part.upperBound) }
            return code.isSign(first + 1, "(") ? (key, code.inside(first + 1)) : nil
        }
    }

    // MARK: Documentation

    /// The lines of `///` between a token and the one before it.
    private func documentation(before place: Int) -> String {
        guard place > 0, place < code.count else { return "" }
        let gap = code.source[code.tokens[place - 1].end..<code.tokens[place].start]
        var text = ""
        for line in gap.split(separator: 10) {
            let words = String(decoding: line, as: UTF8.self).trimmed
            if words.hasPrefix("///"), !words.hasPrefix("////") {
                text += String(words.dropFirst(3)).trimmed + "\n"
            }
        }
        return text
    }

    /// The first paragraph, without its last stop, as clap shows it.
    private static func summary(_ doc: String) -> String? {
        let paragraph = doc.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.isEmpty }.prefix {
            !$0.isEmpty
        }
        let text = paragraph.joined(separator: " ")
        return text.hasSuffix(".") && !text.hasSuffix("..") ? String(text.dropLast()) : text
    }

    /// How the name of a field becomes that of an option.
    private enum NameStyle {
        case kebab, snake, verbatim, unknown

        init(_ name: String?) {
            switch name {
            case "kebab-case", "kebab_case": self = .kebab
            case "snake_case": self = .snake
            case "verbatim": self = .verbatim
            default: self = .unknown
            }
        }

        func spelled(_ field: String) -> String? {
            switch self {
            case .verbatim: field
            case .unknown: nil
            case .snake, .kebab:
                field.lowercased().split(separator: "_").joined(separator: self == .snake ? "_" : "-")
            }
        }
    }
}
