extension ProtectedPlace {
    /// What steers bots that change, approve or merge.
    static let bots: [[ProtectedPlace]] = [
        at(
            ".github/dependabot.yml", ".github/dependabot.yaml", for: "Dependabot", .bot,
            "https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference"
        ),
        at(
            "renovate.json", "renovate.json5", "renovate.jsonc", ".github/renovate.json", ".github/renovate.json5",
            ".github/renovate.jsonc", ".gitlab/renovate.json", ".gitlab/renovate.json5", ".gitlab/renovate.jsonc",
            ".renovaterc", ".renovaterc.json", ".renovaterc.json5", for: "Renovate", .bot,
            "https://docs.renovatebot.com/configuration-options/"),
        at(
            ".scala-steward.conf", ".github/.scala-steward.conf", ".config/.scala-steward.conf",
            for: "Scala Steward", .bot,
            "https://github.com/scala-steward-org/scala-steward/blob/main/docs/repo-specific-configuration.md"),
        at(".pyup.yml", for: "PyUp", .bot, "https://pyup.io/docs/configuration/"),
        at(".snyk", for: "Snyk", .bot, "https://docs.snyk.io/manage-risk/policies/the-.snyk-file"),
        at(
            ".whitesource", for: "Mend", .bot,
            "https://docs.mend.io/platform/latest/configure-the-whitesource-file"),
        at("greenkeeper.json", for: "Greenkeeper", .bot, "https://greenkeeper.io/docs.html"),
        at(
            ".mergify.yml", ".mergify/", ".github/mergify.yml", for: "Mergify", .bot,
            "https://docs.mergify.com/configuration/file-format/"),
        at(
            ".kodiak.toml", ".github/.kodiak.toml", for: "Kodiak", .bot,
            "https://kodiakhq.com/docs/config-reference"),
        at(
            "bors.toml", ".github/bors.toml", for: "Bors", .bot, "https://bors.tech/documentation/getting-started/"
        ),
        at(".bulldozer.yml", for: "Bulldozer", .bot, "https://github.com/palantir/bulldozer"),
        at(".policy.yml", for: "Policy Bot", .bot, "https://github.com/palantir/policy-bot"),
        at(".github/settings.yml", for: "Settings", .bot, "https://github.com/repository-settings/app"),
        at(".allstar/", for: "Allstar", .bot, "https://github.com/ossf/allstar"),
        at(".asf.yaml", for: "Apache infrastructure", .bot, "https://github.com/apache/infrastructure-asfyaml"),
        at(
            "**/owners", "owners_aliases", for: "Prow owners", .bot,
            "https://www.kubernetes.dev/docs/guide/owners/"),
        at(
            ".dependabot/", for: "Dependabot", .bot,
            "https://docs.github.com/en/code-security/dependabot/working-with-dependabot"),
        at(
            ".renovaterc.jsonc", for: "Renovate", .bot,
            "https://docs.renovatebot.com/config-presets/"),
        at(
            "updatecli.yaml", "updatecli.yml", "updatecli.d/", ".updatecli/", "updatecli-compose.yaml",
            for: "Updatecli", .bot,
            "https://www.updatecli.io/docs/core/configuration/"),
        at(
            ".depfu.yml", for: "Depfu", .bot,
            "https://docs.depfu.com/article/5-how-to-configure-depfu"),
        at(
            ".aviator/", for: "Aviator", .bot,
            "https://docs.aviator.co/mergequeue/configuration-file"),
        at(
            ".cm/", for: "gitStream", .bot,
            "https://docs.gitstream.cm/cm-file/"),
        at(
            ".pullapprove.yml", for: "PullApprove", .bot,
            "https://docs.pullapprove.com/"),
        at(
            "reviewpad.yml", for: "Reviewpad", .bot,
            "https://github.com/reviewpad/reviewpad"),
        at(
            ".coderabbit.yaml", ".coderabbit.yml", for: "CodeRabbit", .bot,
            "https://docs.coderabbit.ai/getting-started/yaml-configuration"),
        at(
            ".restyled.yaml", ".restyled.yml", ".github/restyled.yaml", ".github/restyled.yml", for: "Restyled",
            .bot,
            "https://docs.restyled.io/docs/configuring/"),
        at(
            ".imgbotconfig", for: "Imgbot", .bot,
            "https://imgbot.net/docs/"),
        at(
            ".all-contributorsrc", for: "All Contributors", .bot,
            "https://allcontributors.org/docs/en/bot/configuration"),
        at(
            "crowdin.yml", ".crowdin.yml", for: "Crowdin", .bot,
            "https://support.crowdin.com/developer/configuration-file/"),
        at(
            ".github/auto-merge.yml", ".github/auto-approve.yml", ".github/autoapproval.yml", ".github/stale.yml",
            ".github/probot.yml", for: "Probot", .bot,
            "https://probot.github.io/docs/configuration/"),
    ]
}
