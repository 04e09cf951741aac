internal import Analysis
internal import Basics

extension ClapOptions {
    /// The option that `Arg::new("x")`, `Arg::with_name("x")` or `arg!(…)` makes, with the calls chained to it.
    func built(_ place: Int) -> CommandOption? {
        var option = Building()
        var end: Int
        if code.isWord(place, "Arg"), code.isSign(place + 1, ":"), code.isSign(place + 2, ":"),
            code.isWord(place + 3, "new") || code.isWord(place + 3, "with_name"), code.isSign(place + 4, "(")
        {
            end = code.partner(place + 4)
        } else if code.isWord(place, "arg"), code.isSign(place + 1, "!"), code.isSign(place + 2, "(") {
            readMacro(code.inside(place + 2), &option)
            end = code.partner(place + 2)
        } else {
            return nil
        }
        while code.isSign(end + 1, "."), code.isWord(end + 2), code.isSign(end + 3, "(") {
            apply(code.text(end + 2), end + 3, &option)
            end = max(end + 3, code.partner(end + 3))
        }
        guard option.isKnown, !option.isHidden else { return nil }
        let names = [option.short.map { "-" + $0 }, option.long.map { "--" + $0 }].compactMap(\.self)
        return names.isEmpty ? nil : CommandOption(names, help: option.help)
    }

    private struct Building {
        var short: String?
        var long: String?
        var help: String?
        var isHidden = false
        /// Whether all names could be told.
        var isKnown = true
    }

    private func apply(_ method: String, _ open: Int, _ option: inout Building) {
        let argument = code.inside(open)
        switch method {
        case "short":
            option.short = values.text(argument)?.split(separator: "-").first.map(String.init)
            if option.short?.count != 1 { option.isKnown = false }
        case "long":
            option.long = values.text(argument).map { String($0.drop { $0 == "-" }) }
            if option.long?.isEmpty ?? true { option.isKnown = false }
        case "help": option.help = values.text(argument)
        case "hide", "hidden": option.isHidden = !code.isWord(open + 1, "false")
        default: return
        }
    }

    /// `-c --config <FILE> "Sets it"`, perhaps behind a name and a colon.
    private func readMacro(_ range: Range<Int>, _ option: inout Building) {
        var place = range.lowerBound
        while place < range.upperBound {
            if code.isString(place) {
                if place == range.upperBound - 1 || code.isSign(place + 1, ",") {
                    option.help = code.literal(place)
                }
            } else if code.isSign(place, "<") || code.isSign(place, "[") {
                let closing: Unicode.Scalar = code.isSign(place, "<") ? ">" : "]"
                place = (place..<range.upperBound).first { code.isSign($0, closing) } ?? range.upperBound
            } else if code.isSign(place, "-"), code.isSign(place + 1, "-") {
                option.long = joined(place + 2, range)
                while place + 1 < range.upperBound, touches(place + 1) { place += 1 }
            } else if code.isSign(place, "-"), code.isWord(place + 1) || code.isString(place + 1) {
                option.short = code.isString(place + 1) ? code.literal(place + 1) : code.text(place + 1)
                if option.short?.count != 1 { option.isKnown = false }
                place += 1
            }
            place += 1
        }
    }

    /// A name of words and dashes without a space.
    private func joined(_ start: Int, _ range: Range<Int>) -> String? {
        if code.isString(start) { return code.literal(start) }
        guard start < range.upperBound, code.isWord(start) else { return nil }
        var (name, place) = (code.text(start), start + 1)
        while place < range.upperBound, touches(place), code.isWord(place) || code.isSign(place, "-") {
            name += code.text(place)
            place += 1
        }
        return name
    }

    /// Whether no space stands before a token.
    private func touches(_ place: Int) -> Bool {
        place < code.count && code.tokens[place - 1].end == code.tokens[place].start
    }
}
