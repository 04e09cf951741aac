internal import Basics
internal import Editing

/// The options that a program declares, as far as its source or its usage text shows them.
enum CommandLineOptions {
    struct Option: Equatable {
        let name: String
        let help: String
    }

    private static let limit = 2000

    static func found(in text: String) -> [Option] {
        let bytes = Array(text.utf8)
        var options: [(place: Int, option: Option)] = []
        for (index, mark) in calls.enumerated() {
            for range in bytes.ranges(of: Array(mark.utf8)).prefix(limit) {
                let isGo = index >= firstGoCall
                if let option = declared(from: range.upperBound, in: bytes, isGo: isGo) {
                    options.append((range.lowerBound, option))
                }
            }
        }
        if options.isEmpty { return usage(in: text) }
        return options.sorted { $0.place < $1.place }.map(\.option)
    }

    /// argparse, click and typer, commander and yargs, optparse; then Go's flags.
    private static let calls = [
        "add_argument(", "add_option(", ".option(", "click.option(", "typer.Option(", "flag.String(", "flag.Bool(",
        "flag.Int(", "flag.Duration(", "flag.Float64(", "flag.StringVar(", "flag.BoolVar(", "flag.IntVar(",
        "flag.DurationVar(",
    ]
    private static let firstGoCall = 5

    /// The strings of a call: those that begin with a dash name the option, and the last one tells of it.
    private static func declared(from start: Int, in bytes: [UInt8], isGo: Bool) -> Option? {
        let end = closing(from: start, in: bytes)
        var strings = strings(in: start..<end, of: bytes)
        if isGo {
            guard let name = strings.first else { return nil }
            return Option(name: "-" + name.text, help: strings.count > 1 ? strings[strings.count - 1].text : "")
        }
        let names = strings.prefix { $0.text.hasPrefix("-") }.map(\.text)
        guard !names.isEmpty else { return nil }
        strings.removeFirst(names.count)
        let labelled = strings.firstIndex {
            label(before: $0.place, in: bytes).contains { $0 == "help" || $0 == "describe" }
        }
        // Texts that stand side by side are one in Python.
        let help = labelled.map { first in
            strings[first...].enumerated().prefix { offset, string in
                offset == 0 || label(before: string.place, in: bytes).isEmpty
            }.map(\.element.text).joined()
        }
        let plain = strings.first.flatMap { label(before: $0.place, in: bytes).isEmpty ? $0.text : nil }
        return Option(name: names.joined(separator: ", "), help: help ?? plain ?? "")
    }

    private struct Text {
        let text: String
        let place: Int
    }

    /// The parenthesis that closes a call, strings passed over.
    private static func closing(from start: Int, in bytes: [UInt8]) -> Int {
        var (position, depth, quote) = (start, 1, UInt8(0))
        let last = min(bytes.count, start + 4000)
        while position < last {
            let byte = bytes[position]
            if quote != 0 {
                if byte == UInt8(ascii: "\\") { position += 1 } else if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") {
                quote = byte
            } else if byte == UInt8(ascii: "(") {
                depth += 1
            } else if byte == UInt8(ascii: ")") {
                depth -= 1
                if depth == 0 { return position }
            }
            position += 1
        }
        return last
    }

    private static func strings(in range: Range<Int>, of bytes: [UInt8]) -> [Text] {
        var strings: [Text] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let quote = bytes[position]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") else {
                position += 1
                continue
            }
            var (end, text) = (position + 1, [UInt8]())
            while end < range.upperBound, bytes[end] != quote {
                if bytes[end] == UInt8(ascii: "\\"), end + 1 < range.upperBound { end += 1 }
                text.append(bytes[end])
                end += 1
            }
            strings.append(Text(text: String(decoding: text, as: UTF8.self), place: position))
            position = end + 1
        }
        return strings
    }

    /// The word that labels a string, as in `help="…"` and `describe: "…"`.
    private static func label(before place: Int, in bytes: [UInt8]) -> [String] {
        var end = place
        while end > 0, Lines.isSpace(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: "(") { end -= 1 }
        guard end > 0, bytes[end - 1] == UInt8(ascii: "=") || bytes[end - 1] == UInt8(ascii: ":") else {
            return []
        }
        end -= 1
        while end > 0, Lines.isBlank(bytes[end - 1]) { end -= 1 }
        let start = bytes[..<end].lastIndex { !$0.isNameByte }.map { $0 + 1 } ?? 0
        return [String(decoding: bytes[start..<end], as: UTF8.self)]
    }

    /// Lines of a usage text: `  -v, --verbose   Say more`.
    private static func usage(in text: String) -> [Option] {
        var options: [Option] = []
        for line in text.split(whereSeparator: \.isNewline) where options.count < limit {
            let words = String(line).trimmed
            let second = words.dropFirst().first
            guard words.hasPrefix("-"), let second, second.isLetter || second == "-" else { continue }
            let gap = words.firstRange(of: "  ") ?? words.firstRange(of: "\t")
            let name = gap.map { String(words[..<$0.lowerBound]) } ?? words
            guard name != "---", name.count <= 80, name.contains(where: \.isLetter) else { continue }
            options.append(Option(name: name, help: gap.map { String(words[$0.upperBound...]).trimmed } ?? ""))
        }
        return options
    }
}
