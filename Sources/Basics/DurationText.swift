/// Durations as people write them: `90s`, `15m`, `1h30m`, `2d`.
package enum DurationText {
    private static let units: [(name: Character, seconds: Int64)] = [
        ("d", 86400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// `nil` for anything that is not one or more number-unit pairs; a bare number is no duration.
    package static func parse(_ text: some StringProtocol) -> Duration? {
        var total: Int64 = 0
        var number: Int64?
        for character in text {
            if let digit = character.wholeNumberValue, character.isASCII {
                let next = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !next.overflow, next.partialValue < 1_000_000_000 else { return nil }
                number = next.partialValue + Int64(digit)
            } else if let count = number, let unit = units.first(where: { $0.name == character }) {
                total += count * unit.seconds
                number = nil
            } else {
                return nil
            }
        }
        return number == nil && !text.isEmpty ? .seconds(total) : nil
    }

    /// The shortest text that reads back as the same whole seconds.
    package static func text(_ duration: Duration) -> String {
        var rest = duration.components.seconds
        if rest == 0 { return "0s" }
        var text = ""
        for unit in units where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.name)"
            rest %= unit.seconds
        }
        return text
    }

    /// A measured time for people: `12 ms`, `3.4 s`, `2m 5s`, `3h 20m`, `2d 4h`.
    package static func measured(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if milliseconds < 60000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
        let minutes = milliseconds / 60000
        if minutes < 60 { return "\(minutes)m \(milliseconds / 1000 % 60)s" }
        return minutes < 48 * 60
            ? "\(minutes / 60)h \(minutes % 60)m" : "\(minutes / 1440)d \(minutes / 60 % 24)h"
    }
}

/// Sizes as people write them: `500KB`, `2MB`, `1GiB`; a bare number is bytes.
package enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("GIB", 1 << 30), ("MIB", 1 << 20), ("KIB", 1 << 10),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000), ("G", 1_000_000_000), ("M", 1_000_000),
        ("K", 1000),
        ("B", 1),
    ]

    package static func parse(_ text: String) -> Int? {
        let spelling = text.uppercased()
        let unit = units.first { spelling.hasSuffix($0.name) }
        let digits = spelling.dropLast(unit?.name.count ?? 0).reversed().drop { $0 == " " }.reversed()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(String(digits))
        else { return nil }
        let product = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        return product.overflow ? nil : product.partialValue
    }

    /// The size for people: `812 B`, `4 KB`, `2.5 MB`.
    package static func text(_ bytes: Int) -> String {
        for (name, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)] where bytes >= size {
            let tenths = bytes * 10 / size
            return tenths.isMultiple(of: 10) ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
        }
        return "\(bytes) B"
    }
}
