internal import Basics

/// What a file `.gitmodules` calls the submodules at their paths.
///
/// Only what git itself writes is understood: sections `[submodule "NAME"]`, and lines `path = …` in them.
enum SubmoduleNames {
    private static let limit = 10_000

    static func byPath(in text: String) -> [String: String] {
        var names: [String: String] = [:]
        var current: String?
        for raw in text.split(whereSeparator: \.isNewline).prefix(limit) {
            let line = raw.trimmingBlanks
            if line.hasPrefix("[") {
                current = section(line)
            } else if let current, let path = value(of: "path", in: line) {
                names[path] = current
            }
        }
        return names
    }

    private static func section(_ line: Substring) -> String? {
        guard line.lowercased().hasPrefix("[submodule"), let open = line.firstIndex(of: "\""),
            let close = line.lastIndex(of: "\""), open < close
        else { return nil }
        return unescaped(line[line.index(after: open)..<close])
    }

    private static func value(of key: String, in line: Substring) -> String? {
        guard let sign = line.firstIndex(of: "="), line[..<sign].trimmingBlanks.lowercased() == key else {
            return nil
        }
        let value = line[line.index(after: sign)...].trimmingBlanks
        guard value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") else { return String(value) }
        return unescaped(value.dropFirst().dropLast())
    }

    private static func unescaped(_ text: Substring) -> String {
        var (result, isEscaped) = ("", false)
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start }
        return start[...last]
    }
}
