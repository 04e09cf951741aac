internal import Basics
internal import Editing
internal import XML

/// Maven's `pom.xml`: dependencies, plugins and the parent, with versions of their own or in properties.
enum PomManifest {
    private static let owners: Set<String> = ["dependency", "plugin", "parent", "extension"]

    static func update(_ manifest: inout Manifest) throws(EditRefusal) {
        let root = try XMLElement.read(manifest.bytes)
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
        let version = manifest.version(of: package, like: before)
        guard before.hasPrefix("${"), before.hasSuffix("}") else {
            manifest.replace(range, package, with: isPlain(before) ? version : nil)
            return
        }
        guard let property = properties[String(before.dropFirst(2).dropLast())], property.children.isEmpty else {
            return manifest.leave(
                package, before, because: "is named by a property that is defined elsewhere: '\(before)'")
        }
        let place = property.trimmedText(manifest.bytes)
        guard changed.insert(place.lowerBound).inserted else { return }
        let text = manifest.text(place)
        manifest.replace(place, package, with: isPlain(text) ? manifest.version(of: package, like: text) : nil)
    }

    /// A version, and no range such as `[1.0,2)` and nothing that is put together.
    private static func isPlain(_ text: String) -> Bool {
        (text.first?.isNumber == true || text.first?.isLetter == true) && !text.contains("$")
    }
}

extension XMLElement {
    fileprivate static func read(_ bytes: [UInt8]) throws(EditRefusal) -> XMLElement {
        do throws(XMLError) { return try parse(bytes) } catch {
            guard error.kind != .libraryMissing else {
                throw EditRefusal(error.problem, hint: "install libexpat, on Debian the package libexpat1")
            }
            throw EditRefusal(
                syntax: "not valid XML: \(error.problem)", at: SourcePosition(of: error.offset, in: bytes))
        }
    }

    fileprivate func text(_ name: String, _ bytes: [UInt8]) -> String? {
        child(name).map { String(decoding: bytes[$0.trimmedText(bytes)], as: UTF8.self) }
    }

    /// The content without white space at its ends.
    fileprivate func trimmedText(_ bytes: [UInt8]) -> Range<Int> {
        let start = bytes[content].firstIndex { !Lines.isSpace($0) } ?? content.upperBound
        let end = bytes[start..<content.upperBound].lastIndex { !Lines.isSpace($0) }.map { $0 + 1 } ?? start
        return start..<end
    }
}
