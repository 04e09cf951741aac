internal import Analysis
internal import Basics
internal import Editing
internal import Paths

/// Gradle's build files, in Groovy or Kotlin, and its version catalogs.
enum GradleManifest {
    /// `"group:name:1.0"`, `group: 'g', name: 'n', version: '1.0'` and `id("plugin") version "1.0"`.
    static func update(_ manifest: inout Manifest) {
        let code = CodeMask(manifest.bytes, manifest.path.name.hasSuffix(".kts") ? .kotlin : .groovy)
        // Behind a quote that is never closed, nobody can say what is a string.
        let strings = code.strings.filter { $0.range.lowerBound < code.unclosed ?? .max }
        for (index, string) in strings.enumerated() {
            let parts = manifest.text(string.content).split(separator: ":", omittingEmptySubsequences: false)
            if parts.count >= 3, let package = manifest.wanted.index(of: parts[0] + ":" + parts[1], in: .maven) {
                let start = string.content.lowerBound + parts[0].utf8.count + parts[1].utf8.count + 2
                let version = parts[2].prefix { $0 != "@" }
                update(&manifest, start..<(start + version.utf8.count), package, strings)
            } else if label(of: string, manifest) == "version" {
                updateLabelled(&manifest, index, strings)
            }
        }
    }

    /// A version that stands apart from its name: the strings before it say whose it is.
    private static func updateLabelled(_ manifest: inout Manifest, _ index: Int, _ strings: [CodeString]) {
        let string = strings[index]
        let line = Lines.start(of: string.range.lowerBound, in: manifest.bytes)
        let before = strings[..<index].filter { $0.range.lowerBound >= line }
        var names: [String: String] = [:]
        for other in before { names[label(of: other, manifest)] = manifest.text(other.content) }
        let plugin = names["id"] ?? names["kotlin"].map { "org.jetbrains.kotlin." + $0 }
        let library = names["group"].flatMap { group in names["name"].map { group + ":" + $0 } }
        guard let name = library ?? plugin, let package = manifest.wanted.index(of: name, in: .maven) else {
            return
        }
        update(&manifest, string.content, package, strings)
    }

    /// The word before a string, apart from colons, equals signs and parentheses.
    private static func label(of string: CodeString, _ manifest: Manifest) -> String {
        let line = Lines.start(of: string.range.lowerBound, in: manifest.bytes)
        let marks = manifest.text(line..<string.range.lowerBound).reversed().drop { " :=(\t".contains($0) }
        return String(marks.prefix { $0.isLetter }.reversed())
    }

    private static func update(
        _ manifest: inout Manifest, _ range: Range<Int>, _ package: Int, _ strings: [CodeString]
    ) {
        let before = manifest.text(range)
        let version = manifest.version(of: package, like: before)
        guard before.first == "$" else {
            let isPlain = before.first?.isNumber == true && !before.contains(",") && !before.contains("$")
            manifest.replace(range, package, with: isPlain ? version : nil)
            return
        }
        let name = before.filter { !"${}".contains($0) }
        guard let place = definition(of: name, manifest, strings) else {
            return manifest.leave(
                package, before, because: "is named by a variable that is defined elsewhere: '\(before)'")
        }
        manifest.replace(place, package, with: manifest.version(of: package, like: manifest.text(place)))
    }

    /// The string of `name = "1.0"` in the same file.
    private static func definition(of name: String, _ manifest: Manifest, _ strings: [CodeString]) -> Range<Int>? {
        let key = name.split(separator: ".").last.map(String.init) ?? name
        let definition = strings.first { string in
            let line = Lines.start(of: string.range.lowerBound, in: manifest.bytes)
            let before = manifest.text(line..<string.range.lowerBound).trimmed
            guard before.hasSuffix("=") else { return false }
            return before.dropLast().split { " .\t:".contains($0) }.last.map { $0 == key } ?? false
        }
        return definition?.content
    }

    // MARK: Catalogs

    /// `libs.versions.toml`: versions beside a library or plugin, or in a table of their own.
    static func updateCatalog(_ manifest: inout Manifest) {
        for table in ["libraries", "plugins"] {
            for member in manifest.members(at: ValuePath([.key(table)])) {
                updateEntry(&manifest, member.path, member.value)
            }
        }
    }

    private static func updateEntry(_ manifest: inout Manifest, _ path: ValuePath, _ value: JSON) {
        if let text = value.string {
            guard let colon = text.lastIndex(of: ":"),
                let package = manifest.wanted.index(of: String(text[..<colon]), in: .maven)
            else { return }
            let old = String(text[text.index(after: colon)...])
            return manifest.set(
                path, package, text, to: text[...colon] + manifest.version(of: package, like: old))
        }
        let parts = value["group"]?.string.flatMap { group in value["name"]?.string.map { group + ":" + $0 } }
        guard let name = value["module"]?.string ?? parts ?? value["id"]?.string,
            let package = manifest.wanted.index(of: name, in: .maven)
        else { return }
        var place = path.appending(.key("version"))
        if let reference = value["version"]?["ref"]?.string {
            place = ValuePath([.key("versions"), .key(reference)])
        }
        guard let before = manifest.value.value(at: place.steps[...])?.string else {
            return manifest.leave(package, value.text(), because: "names no version")
        }
        manifest.set(place, package, before, to: manifest.version(of: package, like: before))
    }
}
