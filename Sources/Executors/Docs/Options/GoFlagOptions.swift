internal import Analysis
internal import Basics

/// The options of Go's own `flag`, of pflag and of cobra: calls on their packages and flag sets.
struct GoFlagOptions {
    private enum Library { case flag, pflag }

    private let code: CodeTokens
    private let values: CodeValues
    /// The local names of the packages that declare options.
    private var packages: [String: Library] = [:]
    private var importsCobra = false
    /// The names that hold sets of flags, in the order of the text.
    private var sets: [String: Library] = [:]
    private var found: [(name: String, option: CommandOption)] = []
    private var hidden: Set<String> = []

    static func found(in code: CodeTokens) -> [CommandOption] {
        var reader = GoFlagOptions(code)
        guard !reader.packages.isEmpty || reader.importsCobra else { return [] }
        reader.read()
        return reader.found.filter { !reader.hidden.contains($0.name) }.map(\.option)
    }

    private init(_ code: CodeTokens) {
        (self.code, values) = (code, CodeValues(code))
        for place in 0..<code.count where code.isWord(place, "import") {
            if code.isString(place + 1) || code.isString(place + 2) {
                readImport(code.isString(place + 1) ? place + 1 : place + 2)
            }
            guard code.isSign(place + 1, "(") else { continue }
            for inner in code.inside(place + 1).prefix(2000) where code.isString(inner) { readImport(inner) }
        }
    }

    private mutating func readImport(_ place: Int) {
        let path = code.literal(place) ?? ""
        let isNamed = code.isWord(place - 1) && !code.isWord(place - 1, "import")
        let local = isNamed ? code.text(place - 1) : path.split(separator: "/").last.map(String.init) ?? ""
        switch path {
        case "flag": packages[local] = .flag
        case "github.com/spf13/pflag", "github.com/ogier/pflag": packages[local] = .pflag
        case "github.com/spf13/cobra": importsCobra = true
        default: return
        }
    }

    // MARK: Reading

    private mutating func read() {
        for place in 0..<code.count where code.isWord(place) && found.count < CommandOption.limit {
            readSet(place)
            guard code.isSign(place - 1, "."), code.isSign(place + 1, "(") else { continue }
            let method = code.text(place)
            if method == "MarkHidden" || method == "MarkDeprecated" {
                if let name = values.text(values.arguments(place + 1).first) { hidden.insert(name) }
            } else if let library = receiver(before: place - 1) {
                declare(method, place + 1, library)
            }
        }
    }

    /// `fs := flag.NewFlagSet(…)`, `flags := cmd.Flags()`, and a parameter or member `fs *flag.FlagSet`.
    private mutating func readSet(_ place: Int) {
        if code.isSign(place + 1, "*"), let library = packages[code.text(place + 2)], code.isSign(place + 3, "."),
            code.isWord(place + 4, "FlagSet")
        {
            sets[code.text(place)] = library
        }
        let start = code.isSign(place + 1, ":") ? place + 2 : place + 1
        guard code.isSign(start, "="), !code.isSign(start + 1, "=") else { return }
        let line = code.line(start)
        let value = start + 1..<min(code.count, start + 60)
        let end = value.first { code.line($0) > line } ?? value.upperBound
        if let library = packages[code.text(start + 1)], code.isSign(start + 2, "."),
            code.isWord(start + 3, "NewFlagSet") || code.isWord(start + 3, "CommandLine")
        {
            sets[code.text(place)] = library
        } else {
            sets[code.text(place)] = endsInFlags(end) ? .pflag : nil
        }
    }

    /// Whether a call of cobra that gives a set of flags ends here.
    private func endsInFlags(_ end: Int) -> Bool {
        importsCobra && code.isSign(end - 1, ")") && code.isSign(end - 2, "(") && code.isSign(end - 4, ".")
            && ["Flags", "PersistentFlags", "LocalFlags"].contains(code.text(end - 3))
    }

    /// What the method behind this dot is called on.
    private func receiver(before dot: Int) -> Library? {
        if endsInFlags(dot) { return .pflag }
        let name = code.text(dot - 1)
        guard code.isWord(dot - 1) else { return nil }
        if code.isSign(dot - 2, ".") {
            if name == "CommandLine" { return packages[code.text(dot - 3)] }
            return sets[name]
        }
        return sets[name] ?? packages[name]
    }

    // MARK: Declarations

    private static let types: Set<String> = {
        let plain = [
            "Bool", "String", "Int", "Int8", "Int16", "Int32", "Int64", "Uint", "Uint8", "Uint16", "Uint32",
            "Uint64", "Float32", "Float64", "Duration", "IP", "IPMask", "IPNet", "BytesHex", "BytesBase64", "Text",
            "StringArray", "StringToString", "StringToInt", "StringToInt64", "Time",
        ]
        let lists = [
            "Bool", "String", "Int", "Int32", "Int64", "Uint", "Float32", "Float64", "Duration", "IP", "IPNet",
        ]
        return Set(plain + lists.map { $0 + "Slice" })
    }()

    private mutating func declare(_ method: String, _ open: Int, _ library: Library) {
        guard let shape = Self.shape(method), library == .pflag || !shape.hasShorthand else { return }
        let arguments = values.arguments(open)
        guard arguments.count == shape.count, let name = values.text(arguments[shape.name]), !name.isEmpty else {
            return
        }
        var names = [(library == .flag ? "-" : "--") + name]
        if shape.hasShorthand {
            guard let short = values.text(arguments[shape.name + 1]) else { return }
            if !short.isEmpty { names.insert("-" + short, at: 0) }
        }
        let usage = values.text(arguments[shape.usage])?.filter { $0 != "`" }
        found.append((name, CommandOption(names, help: usage)))
    }

    private struct Shape {
        let count: Int
        let name: Int
        let usage: Int
        let hasShorthand: Bool
    }

    /// Where name and usage stand among the arguments of `StringVarP` and its like.
    private static func shape(_ method: String) -> Shape? {
        var base = method[...]
        if base == "VarPF" { return Shape(count: 4, name: 1, usage: 3, hasShorthand: true) }
        let hasShorthand = base.hasSuffix("P") && base != "IP" && !types.contains(String(base))
        if hasShorthand { base = base.dropLast() }
        let extra = hasShorthand ? 1 : 0
        if base == "Var" { return Shape(count: 3 + extra, name: 1, usage: 2 + extra, hasShorthand: hasShorthand) }
        if base == "Func" || base == "BoolFunc" {
            return Shape(count: 3 + extra, name: 0, usage: 1 + extra, hasShorthand: hasShorthand)
        }
        let isVariable = base.hasSuffix("Var")
        if isVariable { base = base.dropLast(3) }
        let first = isVariable ? 1 : 0
        if base == "Count" {
            return Shape(
                count: first + 2 + extra, name: first, usage: first + 1 + extra, hasShorthand: hasShorthand)
        }
        guard types.contains(String(base)) else { return nil }
        return Shape(count: first + 3 + extra, name: first, usage: first + 2 + extra, hasShorthand: hasShorthand)
    }
}
