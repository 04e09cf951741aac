internal import Basics
internal import Editing

/// A container image as it is named: `registry/name:tag@digest`.
package struct ImageReference {
    package let name: Substring
    package let tag: Substring?
    package let digest: Substring?

    package init(_ text: String) {
        let at = text.firstIndex(of: "@")
        digest = at.map { text[text.index(after: $0)...] }
        let front = text[..<(at ?? text.endIndex)]
        // A colon before a slash belongs to the registry's port.
        let lastPart = front.lastIndex(of: "/") ?? front.startIndex
        let colon = front[lastPart...].firstIndex(of: ":")
        name = front[..<(colon ?? front.endIndex)]
        tag = colon.map { front[front.index(after: $0)...] }
    }

    /// The image with another tag, its suffix such as `-slim` kept.
    ///
    /// `nil` where a digest would be left that is another image's.
    package func updating(to version: String) -> String? {
        let hasDigest = version.contains("@") || version.hasPrefix("sha256:")
        if digest != nil, !hasDigest { return tag.map(String.init) == version ? text : nil }
        if version.hasPrefix("sha256:") { return "\(name)" + (tag.map { ":\($0)" } ?? "") + "@" + version }
        return "\(name):" + Self.tag(version, like: tag.map(String.init), of: String(name))
    }

    private var text: String { "\(name)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// A version in the place of a tag: what stands behind its first word stays, and so does the variant of one
    /// without a version.
    ///
    /// `3.11-slim` with 3.12 is `3.12-slim`, `alpine` with 7.2 is `7.2-alpine`, and `lts-alpine` with 22 `22-alpine`.
    package static func tag(_ version: String, like old: String?, of name: String = "") -> String {
        guard let old, !version.contains("-"), version.first?.isNumber == true || version.first == "v" else {
            return version
        }
        let words = old.split(separator: "-", maxSplits: 1)
        let first = words.first.map(String.init) ?? ""
        if old.first?.isNumber == true || old.first == "v" || channels.contains(first) {
            return version + (words.count > 1 ? "-" + words[1] : "")
        }
        let isSystem = ["debian", "ubuntu", "buildpack-deps"].contains(name.split(separator: "/").last ?? "")
        return isVariant(first) && !isSystem ? "\(version)-\(old)" : version
    }

    /// Words that stand for a version.
    private static let channels: Set<String> = ["lts", "latest", "stable", "current", "mainline", "edge"]

    /// Words for what an image is built on, or what is in it.
    private static let variants = [
        "alpine", "slim", "bookworm", "bullseye", "buster", "trixie", "jammy", "noble", "focal", "fpm", "apache",
        "cli",
        "perl", "jre", "jdk", "management", "windowsservercore", "nanoserver",
    ]

    private static func isVariant(_ word: String) -> Bool {
        variants.contains {
            word == $0 || word.hasPrefix($0) && word.dropFirst($0.count).allSatisfy { $0.isNumber || $0 == "." }
        }
    }
}

/// Manifests that name container images.
enum ImageManifests {
    static func updateCompose(_ manifest: inout Manifest) {
        for service in manifest.members(at: ValuePath([.key("services")])) {
            guard let image = service.value["image"]?.string else { continue }
            let reference = ImageReference(image)
            guard let package = manifest.wanted.index(of: String(reference.name), in: .docker) else { continue }
            let path = service.path.appending(.key("image"))
            if image.contains("$") {
                manifest.leave(package, image, because: "is named by a variable: '\(image)'")
            } else {
                manifest.set(path, package, image, to: reference.updating(to: manifest.version(of: package)))
            }
        }
    }

    /// `FROM`, the images of `COPY --from`, and the arguments that stand for tags.
    static func updateDockerfile(_ manifest: inout Manifest) {
        var arguments: [String: Range<Int>] = [:]
        var stages: Set<String> = []
        for line in Lines.all(of: manifest.bytes) {
            let words = words(in: line, of: manifest.bytes)
            guard let command = words.first.map({ manifest.text($0).uppercased() }) else { continue }
            switch command {
            case "ARG":
                for word in words.dropFirst() {
                    let text = manifest.text(word)
                    guard let equals = text.firstIndex(of: "=") else { continue }
                    let start = word.lowerBound + text[...equals].utf8.count
                    arguments[String(text[..<equals])] = start..<word.upperBound
                }
            case "FROM":
                let rest = words.dropFirst().drop { manifest.text($0).hasPrefix("--") }
                if let image = rest.first, !stages.contains(manifest.text(image)) {
                    update(&manifest, image, arguments)
                }
                if rest.count == 3, let stage = rest.last { stages.insert(manifest.text(stage)) }
            case "COPY":
                let option = words.dropFirst().first { manifest.text($0).hasPrefix("--from=") }
                guard let option else { continue }
                let image = (option.lowerBound + 7)..<option.upperBound
                if !stages.contains(manifest.text(image)) { update(&manifest, image, arguments) }
            default: continue
            }
        }
    }

    private static func update(_ manifest: inout Manifest, _ range: Range<Int>, _ arguments: [String: Range<Int>])
    {
        let image = manifest.text(range)
        let reference = ImageReference(image)
        guard let package = manifest.wanted.index(of: String(reference.name), in: .docker) else { return }
        let version = manifest.version(of: package)
        guard let tag = reference.tag, tag.contains("$") else {
            guard reference.digest?.contains("$") != true else {
                return manifest.leave(package, image, because: "is named by a variable: '\(image)'")
            }
            manifest.replace(range, package, with: reference.updating(to: version))
            return
        }
        guard let name = variable(tag), let argument = arguments[name.name], reference.digest == nil else {
            return manifest.leave(package, image, because: "is named by a variable: '\(image)'")
        }
        let before = unquoted(argument, manifest)
        // `${VERSION}-slim` keeps its suffix outside of the argument.
        let wanted =
            name.suffix.isEmpty
            ? ImageReference.tag(version, like: manifest.text(before), of: String(reference.name)) : version
        let isFitting = name.suffix.isEmpty || !version.contains("-")
        manifest.replace(before, package, with: isFitting ? wanted : nil)
    }

    /// `$NAME` or `${NAME}` at the start of a tag, and what follows it.
    private static func variable(_ tag: Substring) -> (name: String, suffix: Substring)? {
        guard tag.first == "$" else { return nil }
        let rest = tag.dropFirst()
        if rest.first == "{" {
            guard let close = rest.firstIndex(of: "}") else { return nil }
            return (String(rest.dropFirst()[..<close]), rest[rest.index(after: close)...])
        }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return (String(name), rest[name.endIndex...])
    }

    private static func unquoted(_ range: Range<Int>, _ manifest: Manifest) -> Range<Int> {
        let first = manifest.bytes[range].first
        guard range.count >= 2, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"),
            manifest.bytes[range].last == first
        else { return range }
        return (range.lowerBound + 1)..<(range.upperBound - 1)
    }

    private static func words(in line: Range<Int>, of bytes: [UInt8]) -> [Range<Int>] {
        bytes[line].split(whereSeparator: Lines.isBlank).map { $0.startIndex..<$0.endIndex }
    }
}
