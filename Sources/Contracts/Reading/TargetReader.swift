internal import Basics
internal import Model
internal import YAML

/// Reads `contract.yaml`.
struct TargetReader {
    private let sink: DiagnosticSink

    init(_ sink: DiagnosticSink) { self.sink = sink }

    func read(_ bytes: [UInt8], fallbackID: String) -> TargetDescription {
        var target = TargetDescription(id: fallbackID)
        guard let root = Document.root(of: bytes, sink),
            let reader = MappingReader(root, as: Formats.contract, sink)
        else { return target }
        _ = reader.integer("version")
        target.id = reader.text("target") ?? fallbackID
        let repository = reader.mapping("repository", as: Formats.repository)
        target.name = reader.text("name") ?? repository?.text("name")
        target.details = reader.text("description") ?? repository?.text("description")
        target.owner = reader.text("owner")
        target.repositoryURL = reader.agreed(
            "repository", repository?.text("url"), "repo_url", reader.text("repo_url"))
        target.defaultBranch = reader.agreed(
            "repository", repository?.text("default_branch"), "default_branch", reader.text("default_branch"))
        target.createdAt = reader.date("created_at")
        target.delivery = reader.mapping("delivery", as: Formats.delivery)?.delivery() ?? DeliverySettings()
        target.identity = reader.mapping("identity", as: Formats.identity).flatMap { identity in
            guard let name = identity.text("name"), let email = identity.text("email") else { return nil }
            return TargetDescription.Identity(name: name, email: email)
        }
        target.writesBack = reader.boolean("writeback") ?? true
        readOlderParts(reader, into: &target)
        return target
    }

    private func readOlderParts(_ reader: MappingReader, into target: inout TargetDescription) {
        if case .mapping(let format)? = Formats.contract.field(spelled: "leviathan")?.kind {
            target.limits.maxOpenPullRequests = reader.mapping("leviathan", as: format)?.integer("max_open_prs")
        }
        if case .mapping(let format)? = Formats.contract.field(spelled: "safety")?.kind,
            let safety = reader.mapping("safety", as: format), let mode = safety.text("output_mode"),
            mode != "pr_only"
        {
            sink.report(
                .unsupportedOutputMode, "'output_mode' is '\(mode.printable)'; Leviathan only opens pull requests",
                at: safety.place(of: "output_mode"), hint: "write 'output_mode: pr_only'")
        }
        let kept = Formats.contract.fields.filter { if case .any = $0.kind { true } else { false } }
        target.verbatim = .object(
            kept.compactMap { field in
                reader[field.name].map { JSON.Member(field.name, $0.value.json) }
            })
    }
}

extension MappingReader {
    fileprivate func delivery() -> DeliverySettings {
        var delivery = DeliverySettings()
        delivery.forge = choice("forge", DeliverySettings.Forge.self) ?? .auto
        delivery.apiURL = text("api_url")
        delivery.remote = text("remote") ?? "origin"
        delivery.draft = boolean("draft") ?? false
        delivery.labels = strings("labels") ?? []
        delivery.reviewers = strings("reviewers") ?? []
        delivery.reviewersFromCodeowners = boolean("codeowners") ?? false
        delivery.signing = choice("sign", DeliverySettings.Signing.self) ?? .auto
        delivery.signsOff = boolean("signoff") ?? false
        delivery.deletesMergedBranches = boolean("delete_branches") ?? false
        return delivery
    }
}
