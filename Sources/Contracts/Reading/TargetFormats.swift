internal import Model

extension Formats {
    static let repository = Format(
        "repository",
        [
            Field("url", .text, "Where the repository lies."),
            Field("default_branch", .text, "The branch that changes are made on."),
            Field("name", .text, "For people."),
            Field("description", .text, "For people."),
        ])

    static let delivery = Format(
        "delivery",
        [
            Field(
                "forge", .choice(DeliverySettings.Forge.allCases.map(\.rawValue)),
                "Which forge opens the pull request."),
            Field("api_url", .text, "For a self-hosted forge."),
            Field("remote", .text, "The git remote; origin by default."),
            Field("draft", .boolean, "Open pull requests as drafts."),
            Field("labels", .list(.text), "Labels of every pull request."),
            Field("reviewers", .list(.text), "Who is asked for a review."),
            Field("codeowners", .boolean, "Ask the owners of the touched paths."),
            Field(
                "sign", .choice(DeliverySettings.Signing.allCases.map(\.rawValue)), "auto follows commit.gpgsign."),
            Field("signoff", .boolean, "Add Signed-off-by."),
            Field("delete_branches", .boolean, "Delete branches of merged or closed pull requests."),
        ])

    static let identity = Format(
        "identity",
        [
            Field("name", .text, required: true, "The author's name."),
            Field("email", .text, required: true, "The author's address."),
        ])

    static let contract = Format(
        "contract.yaml",
        [
            Field("version", .integer(1...1), "The version of the format."),
            Field("target", .text, aliases: ["target_id"], "The target's short name."),
            Field("name", .text, "For people."),
            Field("description", .text, "For people."),
            Field("owner", .text, "Who answers for the target."),
            Field("repository", .mapping(repository), "Where it lies."),
            Field("repo_url", .text, "An older place of repository.url."),
            Field("default_branch", .text, "An older place of repository.default_branch."),
            Field("created_at", .date, "For people."),
            Field("delivery", .mapping(delivery), "How changes reach their reviewers."),
            Field("identity", .mapping(identity), "Who the commits are by."),
            Field("writeback", .boolean, "Whether finished tasks are marked in the backlog."),
            Field(
                "leviathan",
                .mapping(
                    Format(
                        "leviathan",
                        [
                            Field("max_open_prs", .integer(0...10000), "Open pull requests at one time."),
                            Field("rewrite_mode_threshold", .any, "Kept, and not acted on."),
                        ])), "An older place of some limits."),
            Field(
                "safety",
                .mapping(
                    Format(
                        "safety",
                        [
                            Field("output_mode", .text, "pr_only, and nothing else."),
                            Field("human_approval_required", .any, "Kept, and not acted on."),
                            Field("constraints", .any, "Kept, and not acted on."),
                        ])), "Part of the long form."),
            Field("scopes", .any, "Kept, and not acted on."),
            Field("scope", .any, "Kept, and not acted on."),
            Field("purpose", .any, "Kept, and not acted on."),
            Field("definition_of_done", .any, "Kept, and not acted on."),
            Field("quality_gates", .any, "Kept, and not acted on."),
            Field("versioning", .any, "Kept, and not acted on."),
        ])
}
