internal import Analysis
internal import Basics
internal import Editing

/// The `.package(url: …, from: "1.0.0")` calls of a `Package.swift`.
enum SwiftPackageManifest {
    static func update(_ manifest: inout Manifest) throws(EditRefusal) {
        let code = CodeMask(manifest.bytes, .swift)
        if let open = code.unclosed {
            throw EditRefusal(
                syntax: "not valid Swift: a string or comment without an end",
                at: SourcePosition(of: open, in: manifest.bytes))
        }
        for call in code.bytes.ranges(of: Array(".package(".utf8)) {
            guard let end = closingParenthesis(after: call.upperBound, in: code.bytes) else {
                throw EditRefusal(
                    syntax: "not valid Swift: a '(' without its ')'",
                    at: SourcePosition(of: call.upperBound - 1, in: manifest.bytes))
            }
            update(
                &manifest,
                code.strings.filter { call.upperBound <= $0.range.lowerBound && $0.range.upperBound <= end },
                from: call.upperBound)
        }
    }

    /// The `)` that belongs to the `(` right before an offset.
    private static func closingParenthesis(after offset: Int, in code: [UInt8]) -> Int? {
        var depth = 1
        for position in offset..<code.count {
            if code[position] == UInt8(ascii: "(") { depth += 1 }
            if code[position] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return position }
        }
        return nil
    }

    private static func update(_ manifest: inout Manifest, _ strings: [CodeString], from start: Int) {
        var location: String?
        var versions: [Range<Int>] = []
        for string in strings {
            let before = manifest.text(start..<string.range.lowerBound)
            let label = before.split { $0 == "," || $0 == "(" }.last.map { String($0).trimmed } ?? before.trimmed
            switch label {
            case "url:", "id:": location = manifest.text(string.content)
            case "name:", "path:", "branch:", "revision:", ".branch", ".revision": continue
            default: versions.append(string.content)
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
        guard manifest.replace(versions[0], package, with: version) else { return }
        manifest.append(ByteEdit(versions[1], String(bound.dropFirst(mark.count))))
    }
}
