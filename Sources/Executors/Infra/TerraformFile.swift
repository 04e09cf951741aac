internal import Basics
internal import Editing
internal import Manifests
internal import Paths

/// A file of Terraform, while its versions are set.
struct TerraformFile {
    private let path: RepoPath
    private let bytes: [UInt8]
    private var edits: [ByteEdit] = []
    private var notes: ChangeNotes
    private(set) var left: [String] = []
    /// The wishes that the file has, or now has, fulfilled.
    private(set) var settled: Set<String> = []
    private(set) var changesProvider = false
    /// Its modules and providers by name, under `modules` and `providers`.
    private(set) var names: [String: Set<String>] = [:]

    init(_ path: RepoPath, _ bytes: [UInt8]) { (self.path, self.bytes, notes) = (path, bytes, ChangeNotes(path)) }

    var changes: [String] { notes.lines }

    var result: [UInt8] { ByteEdit.apply(edits, to: bytes) }

    mutating func update(_ wishes: InfraWishes) throws(EditRefusal) {
        let body = try HCLParser.parse(bytes)
        for block in body.blocks("module") {
            if let place = block.body["source"]?.text { names["modules", default: []].insert(text(place)) }
            updateModule(block, wishes.modules)
        }
        for terraform in body.blocks("terraform") {
            if let version = wishes.requiredVersion, let required = terraform.body["required_version"] {
                set(required, to: version, "terraform", "terraform")
            }
            for providers in terraform.body.blocks("required_providers") {
                for provider in providers.body.attributes {
                    names["providers", default: []].insert(provider.name)
                    updateProvider(provider, wishes.providers)
                }
            }
        }
        guard try HCLParser.parse(result).blocks.count == body.blocks.count else {
            throw EditRefusal("the result could not be read again")
        }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: Modules

    private mutating func updateModule(_ block: HCLBlock, _ wanted: [JSON.Member]) {
        guard let source = block.body["source"], let place = source.text else { return }
        let address = ModuleAddress(text(place))
        guard let module = wanted.first(where: { address.matches($0.name) || block.labels.first == $0.name }),
            let version = module.value.string
        else { return }
        let title = "module \(block.labels.first ?? module.name)"
        if let attribute = block.body["version"] {
            set(attribute, to: version, title, "modules " + module.name)
        } else if let ref = address.ref {
            let start = place.lowerBound + ref.lowerBound
            let old = text(start..<(place.lowerBound + ref.upperBound))
            let new = VersionMark.applied(to: version, like: old)
            note(title, old, new, "modules " + module.name)
            if old != new { edits.append(ByteEdit(start..<(place.lowerBound + ref.upperBound), new)) }
        } else if address.isLocal || address.isRepository {
            left.append("\(path): \(title) names no version, and was left")
        } else {
            let newLine = Lines.ending(of: bytes)
            let indent = Lines.indentation(at: source.range.lowerBound, in: bytes)
            let gap = alignment(of: source)
            edits.append(
                ByteEdit(
                    at: source.range.upperBound, inserting: "\(newLine)\(indent)version\(gap)= \"\(version)\""))
            note(title, "", version, "modules " + module.name)
        }
    }

    /// The blanks that set the equals sign of a `version` below that of a `source`.
    private func alignment(of source: HCLAttribute) -> String {
        let between = bytes[source.range].drop { $0.isNameByte }.prefix(while: Lines.isBlank).count
        return String(repeating: " ", count: max(1, between - 1))
    }

    // MARK: Providers

    private mutating func updateProvider(_ attribute: HCLAttribute, _ wanted: [JSON.Member]) {
        let source = attribute.object?["source"]?.text.map(text)
        func isWanted(_ name: String) -> Bool {
            let plain = name.hasPrefix("registry.terraform.io/") ? String(name.dropFirst(22)) : name
            let own = source.map { $0.hasPrefix("registry.terraform.io/") ? String($0.dropFirst(22)) : $0 }
            return plain == attribute.name || plain == own ?? "hashicorp/" + attribute.name
        }
        guard let provider = wanted.first(where: { isWanted($0.name) }), let version = provider.value.string else {
            return
        }
        let (title, key) = ("provider \(attribute.name)", "providers " + provider.name)
        if let found = attribute.object == nil ? attribute : attribute.object?["version"] {
            set(found, to: version, title, key)
        } else {
            left.append("\(path): \(title) names no version, and was left")
        }
    }

    // MARK: Versions

    private mutating func set(_ attribute: HCLAttribute, to version: String, _ title: String, _ key: String) {
        guard let range = attribute.text else {
            left.append("\(path): the version of \(title) is no plain text, and was left")
            return
        }
        let before = text(range)
        guard let after = VersionRange.updating(before, to: Self.fitted(version, to: before)) else {
            left.append("\(path): \(title) is written as '\(before)', and was left")
            return
        }
        note(title, before, after, key)
        if after != before { edits.append(ByteEdit(range, after)) }
    }

    /// `~> 5.0` with 5.80.0 is `~> 5.80`: how many numbers there are says what is allowed.
    private static func fitted(_ version: String, to constraint: String) -> String {
        let text = constraint.trimmed
        guard text.hasPrefix("~>"), !text.contains(",") else { return version }
        let count = VersionOrder.numbers(String(text.dropFirst(2)).trimmed).count
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = VersionOrder.isStable(version)
        return isPlain && count > 0 && parts.count > count ? parts.prefix(count).joined(separator: ".") : version
    }

    private mutating func note(_ title: String, _ before: String, _ after: String, _ key: String) {
        settled.insert(key)
        guard before != after else { return }
        if key.hasPrefix("providers ") { changesProvider = true }
        notes.add(title, before.isEmpty ? "without a version" : before, after)
    }
}

/// Where a module comes from.
private struct ModuleAddress {
    private let name: Substring
    /// Where the value of `?ref=` stands, in bytes from the start.
    let ref: Range<Int>?
    let isLocal: Bool
    let isRepository: Bool

    init(_ text: String) {
        isLocal = text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("/")
        isRepository =
            text.contains("::") || text.contains("://") || text.hasPrefix("github.com/") || text.contains("@")
        let query = text.firstIndex(of: "?") ?? text.endIndex
        name = text[..<query]
        if let mark = text[query...].firstRange(of: "ref=") {
            let value = text[mark.upperBound...].prefix { $0 != "&" }
            let start = text.utf8.distance(from: text.startIndex, to: mark.upperBound)
            ref = start..<(start + value.utf8.count)
        } else {
            ref = nil
        }
    }

    func matches(_ wanted: String) -> Bool {
        if name == wanted[...] { return true }
        if !isRepository { return name == "registry.terraform.io/\(wanted)" }
        // `owner/name` of a repository, whatever leads there and whichever directory of it is meant.
        var text = name
        if let mark = text.firstRange(of: "::") { text = text[mark.upperBound...] }
        if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
        if let inner = text.firstRange(of: "//") { text = text[..<inner.lowerBound] }
        let known = Ecosystem.swift.normalized(String(text))
        return known == Ecosystem.swift.normalized(wanted) || known.hasSuffix("/" + wanted.lowercased())
    }
}
