internal import Basics
internal import Editing
internal import Manifests

/// Where a release goes in a changelog: the order of the releases that are there says it.
struct ChangelogPlace {
    private struct Heading {
        /// Where it begins, or the block of a task that it stands in.
        let start: Int
        let version: String
        let isUnreleased: Bool
        let isOfTask: Bool
    }

    private let headings: [Heading]
    /// Behind the last release, before the links that many keep at the end.
    private let end: Int

    init(_ bytes: [UInt8]) {
        var headings: [Heading] = []
        var (isFenced, block, links) = (false, Int?.none, Int?.none)
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
            guard text.starts(with: "## ".utf8) else { continue }
            let title = String(decoding: text.dropFirst(3), as: UTF8.self).trimmed
            headings.append(
                Heading(
                    start: block ?? line.lowerBound, version: Self.version(in: title),
                    isUnreleased: title.lowercased().contains("unreleased"), isOfTask: block != nil))
        }
        self.headings = headings
        end = links ?? bytes.count
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
    private static func version(in title: String) -> String {
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
