internal import Basics
internal import Contracts
internal import Editing
internal import Manifests
internal import Model

/// What a task wants of its infrastructure's files.
struct InfraWishes {
    struct Image {
        let title: String
        let name: String
        let tag: String?
        let digest: String?

        /// What has to be said of an image that is pinned.
        var lacksDigest: String {
            "pinned to a digest: give the new one with the tag, as {\(title): {tag: \"\(tag ?? "…")\", digest: \"sha256:…\"}}"
        }

        /// The reference with the tag and digest that are wanted; `nil` where one of them would be the old one's.
        func updating(_ text: String) -> String? {
            let reference = ImageReference(text)
            guard reference.digest == nil || digest != nil, !text.contains("$"), !text.contains("{{") else {
                return nil
            }
            let tag =
                tag.map {
                    ImageReference.tag($0, like: reference.tag.map(String.init), of: String(reference.name))
                }
                ?? reference.tag.map(String.init)
            return reference.name + (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0 } ?? "")
        }
    }

    let modules: [JSON.Member]
    let providers: [JSON.Member]
    let requiredVersion: String?
    let images: [Image]
    let formats: Bool

    init(_ job: Job) throws(ExecutorError) {
        let inputs = try job.inputs(InfraInputs.declaration)
        modules = try Self.versions(inputs, "modules")
        providers = try Self.versions(inputs, "providers")
        if let version = inputs["terraform"] { try Self.check(version, "terraform") }
        requiredVersion = inputs["terraform"]?.string
        formats = inputs["format"] == true
        var images: [Image] = []
        for member in inputs["images"]?.members ?? [] { images.append(try Self.image(member)) }
        self.images = images
        guard !modules.isEmpty || !providers.isEmpty || requiredVersion != nil || !images.isEmpty || formats else {
            throw ExecutorError("infra", "inputs says nothing to change")
        }
    }

    private static func versions(_ inputs: InputValues, _ key: String) throws(ExecutorError) -> [JSON.Member] {
        guard let value = inputs[key] else { return [] }
        guard let members = value.members, members.count <= 1000 else {
            throw ExecutorError("infra", "inputs.\(key) is \(value.kindName), not a mapping of versions")
        }
        for member in members { try check(member.value, "\(key).\(member.name)") }
        return members
    }

    private static func check(_ value: JSON, _ key: String) throws(ExecutorError) {
        guard let text = value.string else {
            throw ExecutorError(
                "infra", "inputs.\(key) is \(value.kindName), not text",
                hint: "put it into quotes: as a number, 1.10 would be 1.1")
        }
        let digits = text.first == "v" ? text.dropFirst() : text[...]
        guard digits.first?.isNumber == true, isPlain(text) else {
            throw ExecutorError(
                "infra", "'\(text.prefix(80))' is no version that inputs.\(key) can be set to",
                hint: "name one version, without an operator; each file keeps its own")
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 200 && text.utf8.allSatisfy { $0.isNameByte || ".+".utf8.contains($0) }
    }

    private static func image(_ member: JSON.Member) throws(ExecutorError) -> Image {
        let fields = InputValues(member.value, InfraInputs.image)
        var tag = fields["tag"]?.string ?? member.value.string
        var digest = fields["digest"]?.string
        if let text = tag, text.hasPrefix("sha256:") { (tag, digest) = (nil, text) }
        let isSound =
            digest.map { $0.hasPrefix("sha256:") && $0.utf8.count == 71 && isPlain(String($0.dropFirst(7))) }
            ?? true
        guard tag != nil || digest != nil, tag.map({ isPlain($0) && !$0.isEmpty }) ?? true, isSound else {
            throw ExecutorError(
                "infra", "inputs.images.\(member.name) is no tag and no digest",
                hint: "write it as \"1.27.0\" in quotes, or as {tag: \"1.27.0\", digest: \"sha256:…\"}")
        }
        return Image(
            title: member.name, name: Ecosystem.docker.normalized(member.name), tag: tag, digest: digest)
    }
}
