internal import Basics
internal import Editing

/// Maven's `pom.xml`: dependencies, plugins and the parent, with versions of their own or in properties.
enum PomManifest {
    private static let owners: Set<String> = ["dependency", "plugin", "parent", "extension"]

    static func update(_ manifest: inout Manifest) throws(EditRefusal) {
        let root = try XMLElement.parse(manifest.bytes)
        var properties: [String: XMLElement] = [:]
        root.walk { element in
            if element.name == "properties" {
                for property in element.children {
                    properties[property.name] = properties[property.name] ?? property
                }
            }
        }
        var changed: Set<Int> = []
        root.walk { element in
            guard owners.contains(element.name), let artifact = element.text("artifactId", manifest.bytes) else {
                return
            }
            let isPlugin = element.name == "plugin"
            guard
                let group = element.text("groupId", manifest.bytes)
                    ?? (isPlugin ? "org.apache.maven.plugins" : nil),
                let package = manifest.wanted.index(of: group + ":" + artifact, in: .maven)
            else { return }
            guard let version = element.child("version") else {
                // The version stands in the dependencyManagement of this file or of a parent.
                return
            }
            update(&manifest, version, package, properties, &changed)
        }
    }

    private static func update(
        _ manifest: inout Manifest, _ element: XMLElement, _ package: Int, _ properties: [String: XMLElement],
        _ changed: inout Set<Int>
    ) {
        let range = element.trimmedText(manifest.bytes)
        let before = manifest.text(range)
        let version = manifest.version(of: package)
        guard before.hasPrefix("${"), before.hasSuffix("}") else {
            let isPlain = before.first?.isNumber == true || before.first?.isLetter == true
            return manifest.replace(range, package, with: isPlain && !before.contains("$") ? version : nil)
        }
        guard let property = properties[String(before.dropFirst(2).dropLast())], property.children.isEmpty else {
            return manifest.leave(
                package, before, because: "is named by a property that is defined elsewhere: '\(before)'")
        }
        let place = property.trimmedText(manifest.bytes)
        guard changed.insert(place.lowerBound).inserted else { return }
        manifest.replace(place, package, with: version)
    }
}

/// An element of an XML file, and where its content stands.
final class XMLElement {
    let name: String
    private(set) var children: [XMLElement] = []
    /// Between the tags.
    private(set) var content: Range<Int>

    private init(name: String, start: Int) { (self.name, content) = (name, start..<start) }

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func text(_ name: String, _ bytes: [UInt8]) -> String? {
        child(name).map { String(decoding: bytes[$0.trimmedText(bytes)], as: UTF8.self) }
    }

    /// The content without white space at its ends.
    func trimmedText(_ bytes: [UInt8]) -> Range<Int> {
        let start = bytes[content].firstIndex { !Lines.isSpace($0) } ?? content.upperBound
        let end = bytes[start..<content.upperBound].lastIndex { !Lines.isSpace($0) }.map { $0 + 1 } ?? start
        return start..<end
    }

    func walk(_ visit: (XMLElement) -> Void) {
        visit(self)
        for child in children { child.walk(visit) }
    }

    // MARK: Reading

    /// Reads the tags; comments, declarations and CDATA are passed over.
    static func parse(_ bytes: [UInt8]) throws(EditRefusal) -> XMLElement {
        func failure(_ problem: String, _ offset: Int) -> EditRefusal {
            EditRefusal(syntax: "not valid XML: \(problem)", at: SourcePosition(of: offset, in: bytes))
        }
        let document = XMLElement(name: "", start: 0)
        var open = [document]
        var position = 0
        while let tag = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
            if let end = try endOfOther(at: tag, in: bytes, failure) {
                position = end
                continue
            }
            guard let close = endOfTag(from: tag, in: bytes) else { throw failure("a tag without '>'", tag) }
            position = close + 1
            let isEnd = tag + 1 < bytes.count && bytes[tag + 1] == UInt8(ascii: "/")
            let nameBytes = bytes[(tag + (isEnd ? 2 : 1))..<close].prefix {
                !Lines.isSpace($0) && $0 != UInt8(ascii: "/")
            }
            let name = String(decoding: nameBytes, as: UTF8.self)
            guard !name.isEmpty else { throw failure("a tag without a name", tag) }
            if isEnd {
                guard open.count > 1, let element = open.popLast(), element.name == name else {
                    throw failure("'</\(name)>' closes what is not open", tag)
                }
                element.content = element.content.lowerBound..<tag
            } else {
                let element = XMLElement(name: name, start: position)
                open[open.count - 1].children.append(element)
                if bytes[close - 1] != UInt8(ascii: "/") { open.append(element) }
                guard open.count <= 200 else { throw failure("nested deeper than 200 levels", tag) }
            }
        }
        guard open.count == 1 else {
            throw failure("'<\(open[open.count - 1].name)>' is never closed", bytes.count)
        }
        guard let root = document.children.first, document.children.count == 1 else {
            throw failure("there is to be one element around all", 0)
        }
        return root
    }

    /// Behind a comment, declaration, instruction or CDATA; `nil` where a tag begins.
    private static func endOfOther(
        at start: Int, in bytes: [UInt8], _ failure: (String, Int) -> EditRefusal
    ) throws(EditRefusal) -> Int? {
        for (opening, closing) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")]
        where bytes[start...].starts(with: opening.utf8) {
            guard let end = bytes[(start + opening.utf8.count)...].firstRange(of: Array(closing.utf8)) else {
                throw failure("'\(opening)' without '\(closing)'", start)
            }
            return end.upperBound
        }
        return nil
    }

    /// The `>` of a tag, outside of its quoted values.
    private static func endOfTag(from start: Int, in bytes: [UInt8]) -> Int? {
        var quote: UInt8?
        for index in start..<bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index
            }
        }
        return nil
    }
}
