internal import Analysis
internal import Basics

/// An option, and the place of the token that declares it.
struct PlacedOption {
    let place: Int
    let option: CommandOption
}

/// The options of argparse and of optparse: calls on what the file shows to be a parser or one of its groups.
struct ArgparseOptions {
    private let calls: PythonCalls
    private let values: PythonValues
    /// The names that hold parsers, in the order of the text, as `parser` and `self.parser`.
    private var parsers: Set<String> = []
    /// Classes of this file that are parsers.
    private var classes: Set<String> = []
    private var program: String?
    private(set) var found: [PlacedOption] = []

    private static let types: Set<String> = [
        "argparse.ArgumentParser", "argparse._ArgumentGroup", "argparse._MutuallyExclusiveGroup",
        "argparse._ActionsContainer", "optparse.OptionParser", "optparse.OptionGroup", "optparse.OptionContainer",
        "django.core.management.base.CommandParser", "django.core.management.CommandParser",
    ]
    private static let makers: Set<String> = [
        "add_argument_group", "add_mutually_exclusive_group", "add_parser", "add_subparsers", "add_option_group",
    ]
    private static let modules = ["argparse", "optparse", "django.core.management"]

    private var source: PythonSource { calls.source }

    init(_ calls: PythonCalls, _ values: PythonValues) {
        (self.calls, self.values) = (calls, values)
        let isImported = calls.imports.values.contains { origin in
            Self.modules.contains { origin == $0 || origin.hasPrefix($0 + ".") }
        }
        guard isImported else { return }
        for number in source.lines.indices { read(source.range(ofLine: number)) }
    }

    private mutating func read(_ line: Range<Int>) {
        guard let first = line.first else { return }
        let start = source.isWord(first, "async") ? first + 1 : first
        if source.isWord(start, "class") { return readClass(line, start) }
        if source.isWord(start, "def") { return parameters(start) }
        let called = calls.calls(in: line)
        if let (name, value) = assignment(line) { assign(name, value, called) }
        for call in called where found.count < CommandOption.limit {
            if let option = option(call) { found.append(PlacedOption(place: call.start, option: option)) }
        }
    }

    // MARK: Parsers

    private mutating func readClass(_ line: Range<Int>, _ start: Int) {
        guard source.isSign(start + 2, "(") else { return }
        let bases = source.parts(source.inside(start + 2)).map { name(in: $0) }
        if bases.contains(where: isParserType) { classes.insert(source.text(start + 1)) }
    }

    private func isParserType(_ name: [String]) -> Bool {
        if name.count == 1, classes.contains(name[0]) { return true }
        return calls.qualified(name).map { Self.types.contains($0) } ?? false
    }

    /// The words of a name with dots, where a range begins with one.
    private func name(in range: Range<Int>) -> [String] {
        guard let first = range.first, source.isWord(first) else { return [] }
        var (name, place) = ([source.text(first)], first)
        while source.isSign(place + 1, "."), source.isWord(place + 2), place + 2 < range.upperBound {
            place += 2
            name.append(source.text(place))
        }
        return name
    }

    /// A parameter is a parser by its type, or, without one, by its name.
    private mutating func parameters(_ start: Int) {
        guard source.isSign(start + 2, "(") else { return }
        for part in source.parts(source.inside(start + 2)) {
            let name = source.text(part.lowerBound)
            let colon = source.first(":", in: part)
            let type = colon.map { self.name(in: $0 + 1..<part.upperBound) } ?? []
            let isParser = colon == nil ? Self.soundsLikeParser(name) : isParserType(type)
            if isParser { parsers.insert(name) } else { parsers.remove(name) }
        }
    }

    private static func soundsLikeParser(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return lowered.contains("parser") || lowered.contains("group")
    }

    /// `name = …`, `self.name: Type = …` or `with … as`, which is none.
    private func assignment(_ line: Range<Int>) -> (name: String, value: Range<Int>)? {
        let name = name(in: line)
        guard !name.isEmpty else { return nil }
        var next = line.lowerBound + name.count * 2 - 1
        if source.isSign(next, ":") { next = source.first("=", in: next..<line.upperBound) ?? next }
        guard source.isSign(next, "=") else { return nil }
        return (name.joined(separator: "."), next + 1..<line.upperBound)
    }

    private mutating func assign(_ name: String, _ value: Range<Int>, _ called: [PythonCall]) {
        guard let call = called.first(where: { $0.start == value.lowerBound }) else {
            parsers.remove(name)
            return
        }
        let origin = calls.qualified(call.name)
        if isParserType(call.name) || isMaker(call) {
            parsers.insert(name)
            let label = calls.arguments(call).first { $0.label == "prog" }
            if let label, isParserType(call.name) { program = values.text(label.value) }
        } else if origin == nil, Self.soundsLikeParser(name) {
            // A function of the project makes it.
            parsers.insert(name)
        } else {
            parsers.remove(name)
        }
    }

    private func isMaker(_ call: PythonCall) -> Bool {
        call.name.count > 1 && Self.makers.contains(call.name[call.name.count - 1])
            && parsers.contains(call.name.dropLast().joined(separator: "."))
    }

    // MARK: Options

    private func option(_ call: PythonCall) -> CommandOption? {
        guard let method = call.name.last, method == "add_argument" || method == "add_option",
            parsers.contains(call.name.dropLast().joined(separator: "."))
        else { return nil }
        let arguments = calls.arguments(call)
        let positional = arguments.prefix { $0.label == nil }
        let names = positional.map { values.text($0.value) }
        guard !names.isEmpty, names.allSatisfy({ $0?.hasPrefix("-") == true }) else { return nil }
        let labels = Dictionary(
            arguments.compactMap { argument in argument.label.map { ($0, argument.value) } }
        ) { first, _ in first }
        let help = labels["help"]
        if let help, isSuppressed(help) { return nil }
        return CommandOption(names.compactMap(\.self), help: values.text(help).flatMap { filled($0, labels) })
    }

    private func isSuppressed(_ value: Range<Int>) -> Bool {
        let last = source.text(value.upperBound - 1)
        return last == "SUPPRESS" || last == "SUPPRESS_HELP" || values.text(value) == "==SUPPRESS=="
    }

    /// The help with its places filled; `nil` where the file does not say with what.
    private func filled(_ help: String, _ labels: [String: Range<Int>]) -> String? {
        var (result, rest) = ("", help[...])
        while let mark = rest.firstIndex(of: "%") {
            result += rest[..<mark]
            rest = rest[mark...]
            if rest.hasPrefix("%%") {
                result += "%"
                rest = rest.dropFirst(2)
                continue
            }
            guard rest.hasPrefix("%("), let close = rest.firstIndex(of: ")"),
                let value = value(of: rest[rest.index(mark, offsetBy: 2)..<close], labels),
                let letter = rest[close...].dropFirst().first, "sdrf".contains(letter)
            else { return nil }
            result += value
            rest = rest[close...].dropFirst(2)
        }
        return result + rest
    }

    private func value(of name: Substring, _ labels: [String: Range<Int>]) -> String? {
        switch name {
        case "prog": return program
        case "default":
            guard let value = labels["default"] else { return labels["action"] == nil ? "None" : implied(labels) }
            if let text = values.text(value) { return text }
            let isPlain = value.allSatisfy {
                source.tokens[$0].kind == .number || source.isSign($0, "-")
                    || ["True", "False", "None"].contains(source.text($0))
            }
            return isPlain ? value.map(source.text).joined() : nil
        default: return nil
        }
    }

    /// What an option is when it is not given, by its action.
    private func implied(_ labels: [String: Range<Int>]) -> String? {
        switch values.text(labels["action"]) {
        case "store_true": "False"
        case "store_false": "True"
        case "store", "append", "count", "store_const": "None"
        default: nil
        }
    }
}
