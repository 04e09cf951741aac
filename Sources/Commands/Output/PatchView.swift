internal import CommandLine

/// A patch for a person at a terminal: coloured, and nothing in it is obeyed by the terminal.
enum PatchView {
    static func text(_ patch: [UInt8], _ palette: Palette) -> String {
        let lines = String(decoding: patch, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.map { painted(SafeText.block(String($0)), palette) }.joined(separator: "\n")
    }

    private static func painted(_ line: String, _ palette: Palette) -> String {
        if ["diff ", "index ", "--- ", "+++ ", "new file ", "deleted file ", "rename ", "similarity "]
            .contains(where: line.hasPrefix)
        {
            return palette.bold(line)
        }
        switch line.utf8.first {
        case UInt8(ascii: "+"): return palette.green(line)
        case UInt8(ascii: "-"): return palette.red(line)
        case UInt8(ascii: "@"): return palette.cyan(line)
        default: return line
        }
    }
}
