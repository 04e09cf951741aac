internal import Basics
internal import Model
internal import YAML

/// `contract.yaml` while it is read.
struct ContractDraft: Sendable {
    var target = TargetDescription(id: "")
    var limits = LimitsDraft()
    var identityName: String?
    var identityEmail: String?
    var verbatim: [JSON.Member] = []

    var finished: TargetDescription {
        var target = target
        target.limits = limits.finished
        target.verbatim = .object(verbatim)
        if let name = identityName, let email = identityEmail {
            target.identity = TargetDescription.Identity(name: name, email: email)
        }
        if target.id.isEmpty { target.id = derivedID }
        return target
    }

    /// From the name, or the last part of the repository's URL.
    private var derivedID: String {
        if let name = target.name { return Self.slug(name) }
        let last = target.repositoryURL?.split { $0 == "/" || $0 == ":" }.last ?? ""
        return Self.slug(last.hasSuffix(".git") ? String(last.dropLast(4)) : String(last))
    }

    private static func slug(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "repository" : words.joined(separator: "-")
    }
}

enum ContractFormat {
    static let record = RecordFormat<ContractDraft>("the contract", fields)

    private static let fields: [Field<ContractDraft>] = {
        var fields: [Field<ContractDraft>] = [.version()]
        fields += identity + delivery
        fields += LimitsFormat.all.map {
            $0.lifted(to: \.limits, under: ["limits", "leviathan"])
        }
        return fields + [outputMode] + kept
    }()

    private static let identity: [Field<ContractDraft>] = [
        Field("target", \.target.id, .text, also: ["target_id"], "The name of the target, unique in one journal."),
        Field("name", \.target.name, .text, also: ["repository.name"], "Its name for people."),
        Field("description", \.target.details, .prose, also: ["repository.description"], "What it is."),
        Field("owner", \.target.owner, .text, "Who answers for it."),
        Field(
            "repository.url", \.target.repositoryURL, .text, also: ["repo_url"],
            "Where it is cloned from, for targets without a checkout."),
        Field(
            "repository.default_branch", \.target.defaultBranch, .text, also: ["default_branch"],
            "The branch that changes are proposed to."),
        Field("identity.name", \.identityName, .text, "The author of commits."),
        Field("identity.email", \.identityEmail, .text, "The author's address."),
        Field("created_at", \.target.createdAt, .instant, "When the target was set up."),
    ]

    private static let delivery: [Field<ContractDraft>] = [
        Field(
            "delivery.forge", \.target.delivery.forge, .choice(), standard: "auto",
            "Who takes pull requests; `git` only pushes, `none` stops before that."),
        Field("delivery.api_url", \.target.delivery.apiURL, .text, "The API of a self-hosted forge."),
        Field(
            "delivery.remote", \.target.delivery.remote, .text, standard: "origin", "The remote that is pushed to."
        ),
        Field(
            "delivery.draft", \.target.delivery.draft, .flag, standard: "false", "Open pull requests as drafts."),
        Field("delivery.labels", \.target.delivery.labels, .list(of: .word), "Labels of every pull request."),
        Field("delivery.reviewers", \.target.delivery.reviewers, .list(of: .word), "Who is asked for a review."),
        Field(
            "delivery.codeowners", \.target.delivery.reviewersFromCodeowners, .flag, standard: "false",
            "Ask the owners of the touched paths for a review."),
        Field(
            "delivery.sign", \.target.delivery.signing, .choice(), standard: "auto",
            "`auto` follows the user's commit.gpgsign."),
        Field(
            "delivery.signoff", \.target.delivery.signsOff, .flag, standard: "false",
            "Add a Signed-off-by trailer."),
        Field(
            "delivery.delete_merged_branches", \.target.delivery.deletesMergedBranches, .flag, standard: "false",
            "Delete branches whose pull request is merged or closed."),
        Field(
            "writeback", \.target.writesBack, .flag, standard: "true",
            "Whether a proposal marks its task completed."),
    ]

    private static let outputMode = Field<ContractDraft>(
        "safety.output_mode", expected: "pr_only", schema: ["enum": ["pr_only"]],
        "Always `pr_only`: changes leave as pull requests and in no other way."
    ) { entry, draft, context in
        keep(entry, &draft)
        if entry.value.scalarText != "pr_only" {
            context.report(
                .unsupportedOutputMode, "Leviathan proposes changes and does nothing else", at: entry.value.span,
                hint: "write pr_only")
        }
    }

    private static let kept: [Field<ContractDraft>] = [
        "purpose", "definition_of_done", "safety.human_approval_required", "safety.constraints", "scope", "scopes",
        "quality_gates", "versioning", "leviathan.rewrite_mode_threshold",
    ].map { path in
        Field(path, expected: "anything", schema: [:], "Kept and shown; nothing acts on it.") { entry, draft, _ in
            keep(entry, &draft)
        }
    }

    private static func keep(_ entry: YAMLEntry, _ draft: inout ContractDraft) {
        draft.verbatim.append(.init(entry.key.scalarText ?? "", entry.value.json))
    }
}
