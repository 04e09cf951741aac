internal import Basics
internal import Editing

/// A requirement as PEP 508 has it: `name[extra] >=1.0 ; marker`.
struct PythonRequirement {
    let name: String
    /// What stands before the versions: the name with its extras.
    private let head: Substring
    /// The versions with the blanks around them.
    private let range: Substring
    /// From the `;` of the marker on.
    private let tail: Substring
    let isURL: Bool

    /// The name that a line of bytes begins with; `nil` where it begins with none.
    static func name(in bytes: ArraySlice<UInt8>) -> String? {
        let name = bytes.drop(while: Lines.isBlank).prefix { $0.isNameByte || $0 == UInt8(ascii: ".") }
        guard let first = name.first, first != UInt8(ascii: "-") else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// `nil` for a text that begins with no name.
    init?(_ text: String) {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let name = start.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard let first = name.first, first.isLetter || first.isNumber else { return nil }
        var rest = text[name.endIndex...]
        let gap = rest.prefix { $0 == " " }
        if rest[gap.endIndex...].first == "[" {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            rest = rest[rest.index(after: close)...]
        }
        head = text[..<rest.startIndex]
        range = rest.prefix { $0 != ";" && $0 != "#" }
        tail = rest[range.endIndex...]
        isURL = range.contains("@") || range.contains("/")
        self.name = String(name)
        if !isURL,
            !range.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || " \t<>=!~.,*+-_()".contains($0)) })
        {
            return nil
        }
    }

    /// The requirement with a version; `nil` where only a person can say how.
    func updating(to version: String) -> String? {
        let before = range.prefix { " \t(".contains($0) }
        let inner = range[before.endIndex...]
        let after = inner.reversed().prefix { " \t)".contains($0) }.reversed()
        let versions = inner.dropLast(after.count)
        if versions.isEmpty { return head + "==" + version + range + tail }
        // A bare version is none in Python.
        guard let first = versions.first, "<>=!~".contains(first) else { return nil }
        guard let updated = VersionRange.updating(String(versions), to: version) else { return nil }
        return head + before + updated + String(after) + tail
    }
}

/// Python's structured manifests.
enum PythonManifests {
    /// PEP 621, PEP 735, poetry, PDM, uv and hatch.
    static func updateProject(_ manifest: inout Manifest) {
        let lists: [[String]] = [
            ["project", "dependencies"], ["build-system", "requires"], ["tool", "uv", "dev-dependencies"],
        ]
        for list in lists { updateList(&manifest, at: ValuePath(list.map(ValuePath.Step.key))) }
        let groups: [[String]] = [
            ["project", "optional-dependencies"], ["dependency-groups"], ["tool", "pdm", "dev-dependencies"],
        ]
        for group in groups { updateLists(&manifest, below: ValuePath(group.map(ValuePath.Step.key))) }
        for environment in manifest.members(at: ValuePath(["tool", "hatch", "envs"].map(ValuePath.Step.key))) {
            updateList(&manifest, at: environment.path.appending(.key("dependencies")))
        }
        let poetry = ValuePath([.key("tool"), .key("poetry")])
        updateTable(&manifest, at: poetry.appending(.key("dependencies")), exactMark: "")
        updateTable(&manifest, at: poetry.appending(.key("dev-dependencies")), exactMark: "")
        for group in manifest.members(at: poetry.appending(.key("group"))) {
            updateTable(&manifest, at: group.path.appending(.key("dependencies")), exactMark: "")
        }
    }

    static func updatePipfile(_ manifest: inout Manifest) {
        for table in ["packages", "dev-packages"] {
            updateTable(&manifest, at: ValuePath([.key(table)]), exactMark: "==")
        }
    }

    static func updateSetupConfig(_ manifest: inout Manifest) {
        let options = ValuePath([.key("options")])
        for key in ["install_requires", "setup_requires", "tests_require"] {
            updateList(&manifest, at: options.appending(.key(key)))
        }
        updateLists(&manifest, below: ValuePath([.key("options.extras_require")]))
    }

    private static func updateLists(_ manifest: inout Manifest, below path: ValuePath) {
        for member in manifest.members(at: path) { updateList(&manifest, at: member.path) }
    }

    /// A list of requirements; in `setup.cfg` one of them may stand alone.
    private static func updateList(_ manifest: inout Manifest, at path: ValuePath) {
        guard let value = manifest.value.value(at: path.steps[...]) else { return }
        if let text = value.string { return update(&manifest, text, at: path) }
        for (index, element) in (value.elements ?? []).enumerated() {
            if let text = element.string { update(&manifest, text, at: path.appending(.index(index))) }
        }
    }

    private static func update(_ manifest: inout Manifest, _ text: String, at path: ValuePath) {
        guard let name = PythonRequirement.name(in: Array(text.utf8)[...]),
            let package = manifest.wanted.index(of: name, in: .pypi), let requirement = PythonRequirement(text)
        else { return }
        if requirement.isURL { return manifest.leave(package, text, because: "comes from a URL") }
        manifest.set(path, package, text, to: requirement.updating(to: manifest.version(of: package)))
    }

    /// A table of names with a range each, or with a table that holds one.
    private static func updateTable(_ manifest: inout Manifest, at path: ValuePath, exactMark: String) {
        for member in manifest.members(at: path) {
            guard let package = manifest.wanted.index(of: member.name, in: .pypi) else { continue }
            let places = (member.value.elements ?? []).indices.map { member.path.appending(.index($0)) }
            for place in places.isEmpty ? [member.path] : places {
                manifest.setRange(at: place, package, exactMark: exactMark)
            }
        }
    }
}

extension Manifest {
    /// The members of an object, with the way to each.
    func members(at path: ValuePath) -> [(name: String, path: ValuePath, value: JSON)] {
        (value.value(at: path.steps[...])?.members ?? []).map {
            ($0.name, path.appending(.key($0.name)), $0.value)
        }
    }

    /// A range at a path, or below it in a member `version`.
    mutating func setRange(at path: ValuePath, _ package: Int, exactMark: String = "") {
        guard let found = value.value(at: path.steps[...]) else { return }
        let hasTable = found.members != nil
        guard let text = hasTable ? found["version"]?.string : found.string else {
            return leave(package, found.text(), because: "names no version")
        }
        let place = hasTable ? path.appending(.key("version")) : path
        set(place, package, text, to: VersionRange.updating(text, to: version(of: package), exactMark: exactMark))
    }
}
