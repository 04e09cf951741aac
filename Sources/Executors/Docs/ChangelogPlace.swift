internal import Basics
internal import Editing
internal import Manifests

/// Where a release goes in a changelog: the order of the releases that are there says it.
struct ChangelogPlace {
    private struct Heading {
        /// Where it begins, or the block of a task that it stands in.
        let start: Int
        let level: Int
        let title: String
        let version: String
        let isUnreleased: Bool
        let isOfTask: Bool

        init(_ title: String, level: Int, at start: Int, isOfTask: Bool) {
            (self.start, self.level, self.title, self.isOfTask) = (start, level, title, isOfTask)
            version = ChangelogPlace.version(in: title)
            isUnreleased = title.lowercased().contains("unreleased")
        }
    }

    private let headings: [Heading]
    /// Behind the last release, before the links that many keep at the end.
    private let end: Int

    init(_ bytes: [UInt8]) {
        var headings: [Heading] = []
        var (isFenced, block, links) = (false, Int?.none, Int?.none)
        var above: Range<Int>?
        for line in Lines.all(of: bytes) {
            let text = bytes[line]
            if text.starts(with: "```".utf8) || text.starts(with: "~~~".utf8) { isFenced.toggle() }
            if isFenced { continue }
            if text.starts(with: "<!-- leviathan:begin ".utf8) { block = line.lowerBound }
            if text.starts(with: "<!-- leviathan:end ".utf8) { block = nil }
            if Self.isLink(text) {
                links = links ?? line.lowerBound
            } else if !text.allSatisfy({ Lines.isSpace($0) }) {
                links = nil
            }
            if let (level, title) = Self.heading(line, below: above, in: bytes) {
                let start = text.first == UInt8(ascii: "#") ? line.lowerBound : above?.lowerBound
                headings.append(
                    Heading(title, level: level, at: block ?? start ?? line.lowerBound, isOfTask: block != nil))
            }
            above = line
        }
        // Releases stand under headings of the second level, unless all of them stand under those of another one.
        let releases = headings.filter { !$0.isOfTask && ($0.isUnreleased || !$0.version.isEmpty) }
        let level = releases.contains { $0.level == 2 } ? 2 : releases.map(\.level).min() ?? 2
        self.headings = headings.filter {
            $0.level == ($0.isOfTask ? 2 : level) || $0.isOfTask && $0.level == level
        }
        end = links ?? bytes.count
    }

    /// The level and the title of a heading that begins with its signs or is underlined.
    private static func heading(
        _ line: Range<Int>, below above: Range<Int>?, in bytes: [UInt8]
    ) -> (level: Int, title: String)? {
        let signs = bytes[line].prefix { $0 == UInt8(ascii: "#") }
        if (1...4).contains(signs.count), signs.count < line.count, bytes[signs.endIndex] == UInt8(ascii: " ") {
            return (signs.count, String(decoding: bytes[signs.endIndex..<line.upperBound], as: UTF8.self).trimmed)
        }
        guard let above, line.count > 2, let sign = bytes[line].first, "-=".utf8.contains(sign),
            bytes[line].allSatisfy({ $0 == sign || Lines.isSpace($0) }),
            let first = bytes[above].first, !Lines.isSpace(first), !"#<|-*".utf8.contains(first)
        else { return nil }
        return (sign == UInt8(ascii: "=") ? 1 : 2, String(decoding: bytes[above], as: UTF8.self).trimmed)
    }

    // MARK: Habits

    /// The text of a release with its headings as the releases that are there have them.
    func styled(_ body: String, version: String?, date: String?) -> String {
        let sample = headings.first { !$0.isOfTask && !$0.isUnreleased && !$0.version.isEmpty }
        let level = sample?.level ?? headings.first { !$0.isOfTask }?.level ?? 2
        var (lines, isFenced) = ([String](), false)
        for line in body.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" }) {
            if line.hasPrefix("```") { isFenced.toggle() }
            let signs = line.prefix { $0 == "#" }.count
            let isHeading = !isFenced && signs > 1 && line.dropFirst(signs).first == " "
            let marks = String(repeating: "#", count: max(1, signs + level - 2))
            lines.append(isHeading ? marks + line.dropFirst(signs) : String(line))
        }
        if let version, let sample, !lines.isEmpty {
            lines[0] = String(repeating: "#", count: level) + " " + Self.title(version, date, like: sample.title)
        }
        return lines.joined(separator: "\n")
    }

    /// `v1.3.0 (2026-01-31)` like `v1.2.0 (2025-01-31)`; a link that leads nowhere yet is left out.
    private static func title(_ version: String, _ date: String?, like sample: String) -> String {
        let title = VersionMark.applied(
            to: version, like: sample.drop { $0 == "[" }.prefix { $0 != " " }.description)
        guard let date else { return title }
        if sample.hasSuffix(")"), sample.contains("(") { return "\(title) (\(date))" }
        return title + (sample.contains(" — ") ? " — " : sample.contains(" – ") ? " – " : " - ") + date
    }

    /// Whether the file has a place of its own for what is not released.
    var hasUnreleased: Bool { headings.contains { $0.isUnreleased && !$0.isOfTask } }

    /// Where a release, or what is not released yet, goes; `nil` for a file without any headings.
    func place(for version: String?) -> Int? {
        guard let version else {
            guard let index = headings.firstIndex(where: { $0.isUnreleased && !$0.isOfTask }) else {
                return headings.first?.start
            }
            return index + 1 < headings.count ? headings[index + 1].start : end
        }
        let releases = headings.filter { !$0.isUnreleased && !$0.version.isEmpty }
        guard let first = releases.first, let last = releases.last else {
            return headings.isEmpty ? nil : hasUnreleased ? end : headings.first?.start
        }
        let isOldestFirst = VersionOrder.compare(first.version, last.version) < 0
        let next = releases.first { release in
            let order = VersionOrder.compare(release.version, version)
            return isOldestFirst ? order > 0 : order <= 0
        }
        return next?.start ?? end
    }

    /// `1.2.0` of `[1.2.0] - 2026-01-31`, `v1.2.0 (2026-01-31)` and the like; empty where there is none.
    fileprivate static func version(in title: String) -> String {
        for word in title.split(whereSeparator: { " []():,".contains($0) }) {
            let digits = word.first == "v" ? word.dropFirst() : word
            if digits.first?.isNumber == true, digits.contains(".") { return String(digits) }
        }
        return ""
    }

    /// Whether a line says where a link leads, as `[1.2.0]: https://…` does.
    private static func isLink(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "["), let close = line.firstIndex(of: UInt8(ascii: "]")) else {
            return false
        }
        return close + 1 < line.endIndex && line[close + 1] == UInt8(ascii: ":")
    }
}
