internal import Basics
internal import Editing
internal import Manifests
internal import Paths

/// A YAML file that names container images: manifests of Kubernetes, values of Helm, kustomizations.
struct ImageManifest {
    private let path: RepoPath
    private let bytes: [UInt8]
    private var assignments: [Assignment] = []
    private var notes: ChangeNotes
    private(set) var left: [String] = []
    private(set) var settled: Set<String> = []

    private static let depthLimit = 60

    init(_ path: RepoPath, _ bytes: [UInt8]) { (self.path, self.bytes, notes) = (path, bytes, ChangeNotes(path)) }

    var changes: [String] { notes.lines }

    func result() throws(EditRefusal) -> [UInt8] {
        assignments.isEmpty ? bytes : try FileFormat.yaml.setting(assignments, in: bytes)
    }

    /// The images that a file names, wherever that is.
    static func names(in value: JSON, depth: Int = 0) -> Set<String> {
        guard depth < depthLimit else { return [] }
        var found: Set<String> = []
        for element in value.elements ?? [] { found.formUnion(names(in: element, depth: depth + 1)) }
        for member in value.members ?? [] {
            if let text = member.value.string, ["image", "repository"].contains(member.name) {
                found.insert(String(ImageReference(text).name))
            }
            found.formUnion(names(in: member.value, depth: depth + 1))
        }
        return found
    }

    mutating func update(_ images: [InfraWishes.Image]) throws(EditRefusal) {
        let value = try FileFormat.yaml.value(of: bytes)
        if path.name.lowercased().hasPrefix("kustomization.") {
            updateKustomization(value, images)
        } else {
            update(value, at: [], images)
        }
    }

    private mutating func update(_ value: JSON, at steps: [ValuePath.Step], _ images: [InfraWishes.Image]) {
        guard steps.count < Self.depthLimit else { return }
        for (index, element) in (value.elements ?? []).enumerated() {
            update(element, at: steps + [.index(index)], images)
        }
        guard let members = value.members else { return }
        // What these hold is text of some program's own.
        let isText = ["ConfigMap", "Secret"].contains(value["kind"]?.string ?? "") && value["apiVersion"] != nil
        if value["repository"]?.string != nil, value["tag"] != nil || value["digest"] != nil {
            updateParts(of: value, at: steps, images)
        }
        for member in members {
            let place = steps + [.key(member.name)]
            if isText, ["data", "stringData"].contains(member.name) { continue }
            if member.name == "image", let text = member.value.string {
                updateReference(text, at: place, images)
            } else {
                update(member.value, at: place, images)
            }
        }
    }

    private mutating func updateReference(
        _ text: String, at steps: [ValuePath.Step], _ images: [InfraWishes.Image]
    ) {
        let name = Ecosystem.docker.normalized(String(ImageReference(text).name))
        guard let image = images.first(where: { $0.name == name }) else { return }
        guard let updated = image.updating(text) else {
            let reason = ImageReference(text).digest == nil ? "named by a template" : image.lacksDigest
            left.append("\(path): '\(text)' is \(reason), and was left")
            return
        }
        set(steps, text, updated, image)
    }

    /// `repository`, `tag` and `digest` apart, as Helm's values have them.
    private mutating func updateParts(of value: JSON, at steps: [ValuePath.Step], _ images: [InfraWishes.Image]) {
        let repository = value["repository"]?.string ?? ""
        let full =
            (value["registry"]?.string).map { $0.isEmpty ? repository : "\($0)/\(repository)" } ?? repository
        let names = Set([repository, full].map(Ecosystem.docker.normalized))
        guard let image = images.first(where: { names.contains($0.name) }) else { return }
        let digest = value["digest"]?.string ?? ""
        guard digest.isEmpty || image.digest != nil else {
            left.append("\(path): '\(repository)' is \(image.lacksDigest), and was left")
            return
        }
        if let tag = image.tag {
            let old = value["tag"]?.plainText
            set(steps + [.key("tag")], old ?? "", ImageReference.tag(tag, like: old, of: repository), image)
        }
        if let wanted = image.digest { set(steps + [.key("digest")], digest, wanted, image) }
    }

    private mutating func updateKustomization(_ value: JSON, _ images: [InfraWishes.Image]) {
        for (index, entry) in (value["images"]?.elements ?? []).enumerated() {
            let names = [entry["name"], entry["newName"]].compactMap { $0?.string }.map(
                Ecosystem.docker.normalized)
            guard let image = images.first(where: { names.contains($0.name) }) else { continue }
            let steps: [ValuePath.Step] = [.key("images"), .index(index)]
            guard entry["digest"] == nil || image.digest != nil else {
                left.append("\(path): '\(image.title)' is \(image.lacksDigest), and was left")
                continue
            }
            // Kustomize takes either of them for what the other one says.
            if let digest = image.digest, image.tag == nil || entry["digest"] != nil {
                set(steps + [.key("digest")], entry["digest"]?.plainText ?? "", digest, image)
                if entry["newTag"] == nil { continue }
            }
            guard let tag = image.tag else { continue }
            let old = entry["newTag"]?.plainText
            set(steps + [.key("newTag")], old ?? "", ImageReference.tag(tag, like: old, of: image.name), image)
        }
    }

    private mutating func set(
        _ steps: [ValuePath.Step], _ before: String, _ after: String, _ image: InfraWishes.Image
    ) {
        settled.insert("images " + image.title)
        guard before != after else { return }
        assignments.append(Assignment(ValuePath(steps), .string(after)))
        notes.add("\(ValuePath(steps))", before, after)
    }
}
