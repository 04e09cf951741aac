internal import Basics
internal import Editing

/// Manifests that are read line by line.
package enum LineManifests {
    // MARK: go.mod

    /// `require` lines and blocks, and the version of the language itself.
    static func updateGoModule(_ manifest: inout Manifest) throws(EditRefusal) {
        var block: Substring?
        for line in Lines.all(of: manifest.bytes) {
            let words = words(in: line, of: manifest, comment: "//")
            guard let first = words.first else { continue }
            if block != nil, first.text == ")" {
                block = nil
            } else if words.count == 2, words[1].text == "(" {
                block = first.text
            } else if block == "require" {
                try updateModule(&manifest, words[...], line)
            } else if block == nil, first.text == "require" {
                try updateModule(&manifest, words.dropFirst(), line)
            } else if block == nil, first.text == "go", words.count == 2,
                let package = manifest.wanted.index(of: "go", in: .go)
            {
                manifest.replace(words[1].range, package, with: manifest.version(of: package))
            }
        }
        if block != nil {
            throw EditRefusal(
                syntax: "not a valid go.mod: a block without ')'",
                at: SourcePosition(of: manifest.bytes.count, in: manifest.bytes))
        }
    }

    private static func updateModule(
        _ manifest: inout Manifest, _ words: ArraySlice<Word>, _ line: Range<Int>
    ) throws(EditRefusal) {
        guard words.count == 2, let name = words.first, let version = words.last, version.text.first == "v" else {
            throw EditRefusal(
                syntax: "not a valid go.mod: a requirement is a path and a version",
                at: SourcePosition(of: line.lowerBound, in: manifest.bytes))
        }
        let path = name.text.filter { $0 != "\"" && $0 != "`" }
        guard let package = manifest.wanted.index(of: path, in: .go) else { return }
        manifest.replace(
            version.range, package,
            with: VersionMark.applied(to: manifest.version(of: package), like: String(version.text)))
    }

    // MARK: .tool-versions

    /// The first version of a tool; the others are what it falls back to.
    static func updateToolVersions(_ manifest: inout Manifest) {
        for line in Lines.all(of: manifest.bytes) {
            let words = words(in: line, of: manifest, comment: "#")
            guard words.count >= 2, let package = manifest.wanted.index(of: String(words[0].text), in: .tool)
            else {
                continue
            }
            manifest.replace(
                words[1].range, package,
                with: VersionMark.applied(to: manifest.version(of: package), like: String(words[1].text)))
        }
    }

    // MARK: Gemfile

    /// The lines that name a gem: `gem "name", "~> 1.0"` with options behind them.
    static func updateGemfile(_ manifest: inout Manifest) {
        for line in Lines.all(of: manifest.bytes) {
            let strings = strings(in: line, of: manifest.bytes)
            let head = manifest.text(line).trimmed
            guard head.hasPrefix("gem ") || head.hasPrefix("gem("), let name = strings.first,
                let package = manifest.wanted.index(of: manifest.text(name), in: .gem)
            else { continue }
            updateGem(&manifest, package, name, Array(strings.dropFirst()), line)
        }
    }

    private static func updateGem(
        _ manifest: inout Manifest, _ package: Int, _ name: Range<Int>, _ strings: [Range<Int>], _ line: Range<Int>
    ) {
        // Versions stand before the first option.
        var (previous, versions) = (name.upperBound + 1, [Range<Int>]())
        for string in strings {
            let between = manifest.text(previous..<(string.lowerBound - 1))
            guard between.allSatisfy({ $0 == "," || $0 == " " }) else { break }
            versions.append(string)
            previous = string.upperBound + 1
        }
        let options = manifest.text(name.upperBound..<line.upperBound)
        if versions.isEmpty {
            guard !["git:", "github:", "path:", ":git ", ":github ", ":path "].contains(where: options.contains)
            else {
                return manifest.leave(package, options.trimmed, because: "comes from a repository or a directory")
            }
            let quote = manifest.bytes[name.upperBound] == UInt8(ascii: "'") ? "'" : "\""
            return manifest.insert(
                ", \(quote)\(manifest.version(of: package))\(quote)", at: name.upperBound + 1, package)
        }
        for version in versions {
            let before = manifest.text(version)
            manifest.replace(
                version, package, with: VersionRange.updating(before, to: manifest.version(of: package)))
        }
    }

    // MARK: Words and strings

    struct Word {
        let text: Substring
        let range: Range<Int>
    }

    /// What blanks separate, up to a comment.
    private static func words(in line: Range<Int>, of manifest: Manifest, comment: String) -> [Word] {
        var words: [Word] = []
        var position = line.lowerBound
        while position < line.upperBound {
            if Lines.isBlank(manifest.bytes[position]) {
                position += 1
                continue
            }
            if manifest.bytes[position..<line.upperBound].starts(with: comment.utf8) { break }
            let end =
                manifest.bytes[position..<line.upperBound].firstIndex(where: Lines.isBlank) ?? line.upperBound
            words.append(Word(text: Substring(manifest.text(position..<end)), range: position..<end))
            position = end
        }
        return words
    }

    /// What stands between quotes of either kind, up to a comment.
    package static func strings(in line: Range<Int>, of bytes: [UInt8]) -> [Range<Int>] {
        var strings: [Range<Int>] = []
        var position = line.lowerBound
        while position < line.upperBound, bytes[position] != UInt8(ascii: "#") {
            let quote = bytes[position]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                position += 1
                continue
            }
            guard let end = bytes[(position + 1)..<line.upperBound].firstIndex(of: quote) else { break }
            strings.append((position + 1)..<end)
            position = end + 1
        }
        return strings
    }
}
