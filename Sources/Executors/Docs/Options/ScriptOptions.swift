internal import Analysis
internal import Basics

/// The options of commander and of yargs, in files that import them.
struct ScriptOptions {
    private let code: CodeTokens
    private let values: CodeValues

    static func found(in code: CodeTokens) -> [CommandOption] {
        let imports = ScriptImports(code)
        let reader = ScriptOptions(code: code, values: CodeValues(code))
        var found: [CommandOption] = []
        if imports.has(["commander", "@commander-js/extra-typings", "commander/esm.mjs"]) {
            found += reader.commander()
        }
        if imports.has(["yargs", "yargs/yargs"]) { found += reader.yargs() }
        return found
    }

    // MARK: commander

    private func commander() -> [CommandOption] {
        var found: [CommandOption] = []
        for place in 0..<code.count where code.isWord(place) && code.isSign(place + 1, "(") {
            guard found.count < CommandOption.limit else { break }
            let isMethod = code.isSign(place - 1, ".")
            let isCall = isMethod && (code.isWord(place, "option") || code.isWord(place, "requiredOption"))
            let isObject = code.isWord(place, "Option") && code.isWord(isMethod ? place - 3 : place - 1, "new")
            guard isCall || isObject else { continue }
            let arguments = values.arguments(place + 1)
            guard let flags = values.text(arguments.first), flags.hasPrefix("-"), !isHidden(place + 1) else {
                continue
            }
            found.append(CommandOption([flags], help: arguments.count > 1 ? values.text(arguments[1]) : nil))
        }
        return found
    }

    /// `new Option(…).default(1).hideHelp()`.
    private func isHidden(_ open: Int) -> Bool {
        var end = code.partner(open)
        while code.isSign(end + 1, "."), code.isWord(end + 2), code.isSign(end + 3, "("), end < code.count {
            if code.isWord(end + 2, "hideHelp") { return !code.isWord(end + 4, "false") }
            // The methods of a command begin the next option.
            if code.isWord(end + 2, "option") || code.isWord(end + 2, "addOption") { return false }
            end = max(end + 3, code.partner(end + 3))
        }
        return false
    }

    // MARK: yargs

    private struct Declared {
        var help: String?
        var aliases: [String] = []
        var isHidden = false
        var isDeclared = false
    }

    private func yargs() -> [CommandOption] {
        var order: [String] = []
        var declared: [String: Declared] = [:]
        func change(_ key: String, _ change: (inout Declared) -> Void) {
            if declared[key] == nil { order.append(key) }
            change(&declared[key, default: Declared()])
        }
        func declare(_ key: String, _ object: Range<Int>?) {
            guard !key.isEmpty, !key.hasPrefix("-") else { return }
            change(key) { entry in
                entry.isDeclared = true
                if let object { read(object, &entry) }
            }
        }
        for place in 0..<code.count where code.isWord(place) && code.isSign(place - 1, ".") {
            guard code.isSign(place + 1, "("), order.count < CommandOption.limit else { continue }
            let arguments = values.arguments(place + 1)
            guard let first = arguments.first else { continue }
            let second = arguments.count > 1 ? values.text(arguments[1]) : nil
            switch code.text(place) {
            case "option", "options":
                if code.isSign(first.lowerBound, "{") {
                    for member in members(first.lowerBound) { declare(member.key, member.value) }
                } else if let key = values.text(first) {
                    declare(key, arguments.count > 1 ? arguments[1] : nil)
                }
            case "describe":
                guard let key = values.text(first), let second else { continue }
                change(key) { ($0.help, $0.isDeclared) = (second, true) }
            case "alias":
                guard let key = values.text(first), let second else { continue }
                change(key) { $0.aliases.append(second) }
            case "hide":
                guard let key = values.text(first) else { continue }
                change(key) { $0.isHidden = true }
            default: continue
            }
        }
        return order.compactMap { key in declared[key].flatMap { option(key, $0) } }
    }

    /// With the short names first, as yargs shows them.
    private func option(_ key: String, _ entry: Declared) -> CommandOption? {
        guard entry.isDeclared, !entry.isHidden else { return nil }
        let names = [key] + entry.aliases.filter { $0 != key }
        let shown =
            names.filter { $0.count == 1 }.map { "-" + $0 } + names.filter { $0.count > 1 }.map { "--" + $0 }
        return CommandOption(shown, help: entry.help)
    }

    private func read(_ object: Range<Int>, _ entry: inout Declared) {
        guard code.isSign(object.lowerBound, "{") else { return }
        for (key, value) in members(object.lowerBound) {
            switch key {
            case "describe", "description", "desc": entry.help = values.text(value)
            case "hidden": entry.isHidden = !code.isWord(value.lowerBound, "false")
            case "alias":
                let parts =
                    code.isSign(value.lowerBound, "[") ? values.arguments(value.lowerBound) : [value]
                entry.aliases += parts.compactMap { values.text($0) }
            default: continue
            }
        }
    }

    /// The members of an object that have a plain key and a value.
    private func members(_ open: Int) -> [(key: String, value: Range<Int>)] {
        values.arguments(open).compactMap { part in
            let first = part.lowerBound
            guard code.isSign(first + 1, ":"), part.count > 2 else { return nil }
            let key = code.isString(first) ? code.literal(first) : code.isWord(first) ? code.text(first) : nil
            return key.map { ($0, first + 2..<part.upperBound) }
        }
    }
}
