internal import Basics

/// The `.package(url: …, from: "1.0.0")` calls of a `Package.swift`.
enum SwiftPackageManifest {
    static func update(_ manifest: inout Manifest) throws(EditRefusal) {
        let code = CodeScan(manifest.bytes)
        if let open = code.unclosed {
            throw EditRefusal(
                syntax: "not valid Swift: a string or comment without an end",
                at: SourcePosition(of: open, in: manifest.bytes))
        }
        for call in ByteSearch(".package(").ranges(in: manifest.bytes) where code.isCode(call.lowerBound) {
            guard let end = code.closingParenthesis(after: call.upperBound) else {
                throw EditRefusal(
                    syntax: "not valid Swift: a '(' without its ')'",
                    at: SourcePosition(of: call.upperBound - 1, in: manifest.bytes))
            }
            update(
                &manifest, code.strings.filter { $0.lowerBound > call.upperBound && $0.upperBound < end },
                from: call.upperBound)
        }
    }

    private static func update(_ manifest: inout Manifest, _ strings: [Range<Int>], from start: Int) {
        var location: String?
        var versions: [Range<Int>] = []
        for string in strings {
            let before = manifest.text(start..<(string.lowerBound - 1))
            let label = before.split { $0 == "," || $0 == "(" }.last.map { String($0).trimmed } ?? before.trimmed
            switch label {
            case "url:", "id:": location = manifest.text(string)
            case "name:", "path:", "branch:", "revision:", ".branch", ".revision": continue
            default: versions.append(string)
            }
        }
        guard let location, let package = manifest.wanted.index(of: location, in: .swift) else { return }
        manifest.locate(package, at: location)
        let wanted = manifest.version(of: package)
        let version = wanted.first == "v" ? String(wanted.dropFirst()) : wanted
        switch versions.count {
        case 1:
            let before = manifest.text(versions[0])
            manifest.replace(versions[0], package, with: before.first?.isNumber == true ? version : nil)
        case 2:
            updateRange(&manifest, versions, package, version)
        default: manifest.leave(package, location, because: "names no version")
        }
    }

    /// `"1.0.0"..<"2.0.0"`, or with three dots.
    private static func updateRange(
        _ manifest: inout Manifest, _ versions: [Range<Int>], _ package: Int, _ version: String
    ) {
        let between = manifest.text((versions[0].upperBound + 1)..<(versions[1].lowerBound - 1)).trimmed
        let (lower, upper) = (manifest.text(versions[0]), manifest.text(versions[1]))
        let mark = between == "..<" ? "<" : between == "..." ? "<=" : ""
        guard !mark.isEmpty, let bound = VersionRange.updating(mark + upper, to: version) else {
            return manifest.leave(package, lower, because: "is written as '\(lower)' and '\(upper)'")
        }
        manifest.replace(versions[0], package, with: version)
        manifest.append(ByteEdit(versions[1], String(bound.dropFirst(mark.count))))
    }
}

/// Which bytes of a source in the style of C are code, which are strings and which comments.
struct CodeScan {
    /// What stands between double quotes, without them.
    private(set) var strings: [Range<Int>] = []
    /// Strings with their quotes, and comments.
    private var others: [Range<Int>] = []
    /// Where a string or a comment begins that never ends.
    private(set) var unclosed: Int?
    private let bytes: [UInt8]

    /// `quotes` are the bytes that begin and end a string.
    init(_ bytes: [UInt8], quotes: String = "\"") {
        self.bytes = bytes
        let quotes = Set(quotes.utf8)
        var position = 0
        while position < bytes.count {
            let end: Int?
            if quotes.contains(bytes[position]) {
                let length = isTriple(at: position) ? 3 : 1
                end = endOfString(from: position, length)
                if let end { strings.append((position + length)..<(end - length)) }
            } else if let comment = JSONComment.end(at: position, in: bytes) {
                end = comment
            } else if bytes[position] == UInt8(ascii: "/"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "*")
            {
                end = nil
            } else {
                position += 1
                continue
            }
            guard let end else {
                unclosed = position
                return
            }
            others.append(position..<end)
            position = max(end, position + 1)
        }
    }

    private func isTriple(at position: Int) -> Bool {
        position + 2 < bytes.count && bytes[position + 1] == bytes[position]
            && bytes[position + 2] == bytes[position]
    }

    private func endOfString(from start: Int, _ length: Int) -> Int? {
        let quote = bytes[start]
        var position = start + length
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 2
                continue
            }
            if bytes[position] == quote, length == 1 || isTriple(at: position) { return position + length }
            if length == 1, bytes[position] == Lines.feed { return nil }
            position += 1
        }
        return nil
    }

    func isCode(_ offset: Int) -> Bool { !others.contains { $0.contains(offset) } }

    /// The `)` that belongs to the `(` right before an offset.
    func closingParenthesis(after offset: Int) -> Int? {
        var (position, depth) = (offset, 1)
        var skips = others.filter { $0.lowerBound >= offset }[...]
        while position < bytes.count {
            if let skip = skips.first, skip.lowerBound == position {
                position = skip.upperBound
                skips = skips.dropFirst()
                continue
            }
            if bytes[position] == UInt8(ascii: "(") { depth += 1 }
            if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return position }
            position += 1
        }
        return nil
    }
}
