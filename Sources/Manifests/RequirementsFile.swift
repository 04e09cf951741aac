internal import Basics
package import Editing

/// A file of requirements for `pip`, one on each line or on several that backslashes tie together.
package enum RequirementsFile {
    package static func update(_ manifest: inout Manifest) throws(EditRefusal) {
        for line in logicalLines(of: manifest.bytes) {
            guard let name = PythonRequirement.name(in: manifest.bytes[line]),
                let package = manifest.wanted.index(of: name, in: .pypi),
                let requirement = requirement(in: manifest.text(line))
            else { continue }
            let range = line.lowerBound..<(line.lowerBound + requirement.text.utf8.count)
            if requirement.value.isURL {
                manifest.leave(package, requirement.text, because: "comes from a URL")
                continue
            }
            let updated = requirement.value.updating(to: manifest.version(of: package))
            let isReplaced = manifest.replace(range, package, with: updated)
            if isReplaced, updated != requirement.text {
                try updateHashes(&manifest, of: package, in: range.upperBound..<line.upperBound)
            }
        }
    }

    /// The files that a file includes with `-r` and `-c`, as they are written.
    package static func includes(in bytes: [UInt8]) -> [String] {
        logicalLines(of: bytes).compactMap { line in
            let words = String(decoding: bytes[line], as: UTF8.self).split { $0 == " " || $0 == "\t" || $0 == "=" }
            guard words.count >= 2, ["-r", "-c", "--requirement", "--constraint"].contains(words[0]),
                !words[1].contains("://")
            else { return nil }
            return String(words[1])
        }
    }

    /// From the first character that says something to the last one, continuation lines included.
    private static func logicalLines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var position = bytes.textStart
        while position < bytes.count {
            let start = bytes[position...].firstIndex { !Lines.isSpace($0) } ?? bytes.count
            guard start < bytes.count else { break }
            var end = Lines.end(of: start, in: bytes)
            while end > start, bytes[end - 1] == UInt8(ascii: "\\"), let next = Lines.next(after: end, in: bytes) {
                end = Lines.end(of: next, in: bytes)
            }
            lines.append(start..<end)
            position = Lines.next(after: end, in: bytes) ?? bytes.count
        }
        return lines
    }

    /// The requirement at the start of a line, before its options, comment and continuation.
    private static func requirement(in line: String) -> (text: String, value: PythonRequirement)? {
        var end = line.endIndex
        for mark in [" --", " \\", "\\\n", "\\\r", " #", "\t#"] {
            if let range = line.firstRange(of: mark) { end = min(end, range.lowerBound) }
        }
        let text = String(line[..<end].reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        return PythonRequirement(text).map { (text, $0) }
    }

    /// Hashes of one version say nothing about another: new ones have to come with the task.
    private static func updateHashes(
        _ manifest: inout Manifest, of package: Int, in range: Range<Int>
    ) throws(EditRefusal) {
        let text = manifest.text(range)
        guard let first = text.firstRange(of: "--hash") else { return }
        let wanted = manifest.wanted.packages[package]
        let start = range.lowerBound + text.utf8.distance(from: text.startIndex, to: first.lowerBound)
        guard !wanted.hashes.isEmpty else {
            throw EditRefusal(
                "'\(wanted.title)' is pinned with hashes, which are those of the old version",
                at: SourcePosition(of: start, in: manifest.bytes),
                hint:
                    "give the new ones: {\(wanted.title): {version: \"\(wanted.version)\", hashes: [\"sha256:…\"]}}"
            )
        }
        // What stands between the first two hashes stands between the new ones too.
        let hashes = text.ranges(of: "--hash").map(\.lowerBound)
        var gap = " \\" + Lines.ending(of: manifest.bytes) + "    "
        if hashes.count > 1 {
            let between = text[hashes[0]..<hashes[1]]
            gap = String(between.drop { $0 != " " && $0 != "\\" && $0 != "\n" })
        }
        let end = range.lowerBound + text.utf8.distance(from: text.startIndex, to: endOfHashes(in: text))
        let new = wanted.hashes.map { "--hash=\($0)" }.joined(separator: gap)
        manifest.append(ByteEdit(start..<end, new))
    }

    private static func endOfHashes(in text: String) -> String.Index {
        guard let last = text.ranges(of: "--hash").last else { return text.endIndex }
        return text[last.lowerBound...].firstIndex {
            $0 == " " || $0 == "\\" || $0 == "\n" || $0 == "\r\n" || $0 == "\t"
        }
            ?? text.endIndex
    }
}
