internal import Basics

extension CodeMask {
    /// Blanks the page around the code, up to the next `<?php` or `<?=`.
    mutating func skipPage() {
        let start = position
        while position < source.count, !starts(with: "<?php", at: position), !starts(with: "<?=", at: position) {
            position += 1
        }
        let length = starts(with: "<?php", at: position) ? 5 : 3
        position = min(position + length, source.count)
        replace(start..<position, with: 32)
    }

    /// `# …` and `// …`, which end with the line or with the code; `#[…]` is an attribute.
    mutating func skipPHPComment() -> Bool {
        let start = position
        if starts(with: "?>", at: position) {
            position += 2
            replace(start..<position, with: 32)
            skipPage()
            return true
        }
        let isHash = source[position] == UInt8(ascii: "#") && !starts(with: "#[", at: position)
        guard isHash || starts(with: "//", at: position) else { return false }
        while position < source.count, source[position] != 10, !starts(with: "?>", at: position) { position += 1 }
        replace(start..<position, with: 32)
        return true
    }

    mutating func skipPHPString(_ depth: Int) -> Bool {
        let byte = source[position]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            text(byte, isLong: false, hashes: 0, depth)
            lastCode = byte
            return true
        case UInt8(ascii: "<"):
            noteHeredoc()
            return false
        default: return false
        }
    }

    // MARK: C#

    /// `"…"`, `@"…"`, `$"…{code}…"` and `"""…"""`.
    mutating func skipCSharpString(_ depth: Int) -> Bool {
        let marks = source[position...].prefix(8).prefix { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "$") }
        let quote = marks.endIndex
        guard quote < source.count, source[quote] == UInt8(ascii: "\"") else { return false }
        let quotes = source[quote...].prefix { $0 == UInt8(ascii: "\"") }.count
        let (start, outer) = (position, isInterpolated)
        position = quote
        isInterpolated = marks.contains(UInt8(ascii: "$"))
        defer { isInterpolated = outer }
        if quotes >= 3, !marks.contains(UInt8(ascii: "@")) {
            rawString(quotes, start)
        } else if marks.contains(UInt8(ascii: "@")) {
            verbatimString(start)
        } else {
            text(UInt8(ascii: "\""), isLong: false, hashes: 0, depth)
        }
        lastCode = UInt8(ascii: "\"")
        return true
    }

    /// Ends with as many quotes as it began with.
    private mutating func rawString(_ quotes: Int, _ start: Int) {
        let first = position + quotes
        var end = first
        var run = 0
        while end < source.count {
            run = source[end] == UInt8(ascii: "\"") ? run + 1 : 0
            end += 1
            if run == quotes { break }
        }
        if run < quotes { noteUnclosed(at: start) }
        let last = run == quotes ? end - quotes : end
        fill(min(first, last)..<last)
        position = end
    }

    /// Only two quotes in it stand for one.
    private mutating func verbatimString(_ start: Int) {
        let first = position + 1
        var end = first
        while end < source.count {
            if source[end] == UInt8(ascii: "\"") {
                guard end + 1 < source.count, source[end + 1] == UInt8(ascii: "\"") else { break }
                end += 1
            }
            end += 1
        }
        let last = min(end, source.count)
        fill(first..<max(first, last))
        if last == source.count { noteUnclosed(at: start) }
        position = min(last + 1, source.count)
    }

    /// Whether code begins here in a string of such quotes: `#{`, `{$` or, in C#, `{`.
    func beginsField(_ quote: UInt8) -> Bool {
        switch language {
        case .ruby: quote != UInt8(ascii: "'") && starts(with: "#{", at: position)
        case .php: quote == UInt8(ascii: "\"") && starts(with: "{$", at: position)
        case .csharp:
            // Two braces stand for one.
            isInterpolated && source[position] == UInt8(ascii: "{") && !starts(with: "{{", at: position)
                && bracesBefore.isMultiple(of: 2)
        default: false
        }
    }

    private var bracesBefore: Int {
        source[max(0, position - 100)..<position].reversed().prefix { $0 == UInt8(ascii: "{") }.count
    }
}
