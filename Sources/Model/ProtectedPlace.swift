/// A file or directory that makes a machine, a hook or a bot do something, and where that is written down.
package struct ProtectedPlace: Hashable, Sendable {
    /// A file, a directory with a slash at its end, or `**/` and a name in any directory, `*` standing for any part of
    /// a name; in lower case.
    package let pattern: String
    package let reason: ProtectedPaths.Reason
    package let service: String
    /// The page that says that the service looks there.
    package let source: String
    /// Whether it is common enough that a fence keeps it from being written at all.
    let isPinned: Bool

    /// Every one of them.
    package static let all: [ProtectedPlace] = (services + hookManagers + bots).flatMap(\.self)

    private static func at(
        _ patterns: String..., for service: String, _ reason: ProtectedPaths.Reason, _ source: String,
        isPinned: Bool = false
    ) -> [ProtectedPlace] {
        patterns.map {
            ProtectedPlace(pattern: $0, reason: reason, service: service, source: source, isPinned: isPinned)
        }
    }
}

extension ProtectedPlace {
    /// What continuous integration, builders and hosted workspaces run.
    private static let services: [[ProtectedPlace]] = [
        at(
            ".github/workflows/", ".github/actions/", for: "GitHub Actions", .continuousIntegration,
            "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax", isPinned: true),
        at(
            "action.yml", "action.yaml", for: "GitHub Actions", .continuousIntegration,
            "https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax"),
        at(
            ".gitlab-ci.yml", ".gitlab-ci.yaml", ".gitlab/ci/", for: "GitLab CI", .continuousIntegration,
            "https://docs.gitlab.com/ci/yaml/", isPinned: true),
        at(
            "**/*.gitlab-ci.yml", "**/*.gitlab-ci.yaml", for: "GitLab CI", .continuousIntegration,
            "https://docs.gitlab.com/ci/yaml/includes/"),
        at(
            ".circleci/", for: "CircleCI", .continuousIntegration,
            "https://circleci.com/docs/reference/configuration-reference/", isPinned: true),
        at(
            ".travis.yml", for: "Travis CI", .continuousIntegration, "https://docs.travis-ci.com/user/tutorial/",
            isPinned: true),
        at(
            "azure-pipelines.yml", "azure-pipelines.yaml", for: "Azure Pipelines", .continuousIntegration,
            "https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/", isPinned: true),
        at(
            ".azure-pipelines/", ".azuredevops/", ".azure-pipelines.yml", ".azure-pipelines.yaml", ".vsts-ci.yml",
            for: "Azure Pipelines", .continuousIntegration,
            "https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/"),
        at(
            "bitbucket-pipelines.yml", for: "Bitbucket Pipelines", .continuousIntegration,
            "https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/",
            isPinned: true),
        at(
            "**/jenkinsfile", "**/jenkinsfile.*", "**/*.jenkinsfile", for: "Jenkins", .continuousIntegration,
            "https://www.jenkins.io/doc/book/pipeline/jenkinsfile/"),
        at(
            ".drone.yml", for: "Drone", .continuousIntegration, "https://docs.drone.io/pipeline/overview/",
            isPinned: true),
        at(
            ".drone.yaml", ".drone.star", ".drone.jsonnet", for: "Drone", .continuousIntegration,
            "https://docs.drone.io/pipeline/scripting/"),
        at(
            "appveyor.yml", ".appveyor.yml", for: "AppVeyor", .continuousIntegration,
            "https://www.appveyor.com/docs/appveyor-yml/", isPinned: true),
        at(
            "cloudbuild.yaml", for: "Google Cloud Build", .continuousIntegration,
            "https://cloud.google.com/build/docs/build-config-file-schema", isPinned: true),
        at(
            "cloudbuild.yml", "cloudbuild.json", for: "Google Cloud Build", .continuousIntegration,
            "https://cloud.google.com/build/docs/build-config-file-schema"),
        at(
            ".cirrus.yml", for: "Cirrus CI", .continuousIntegration, "https://cirrus-ci.org/guide/writing-tasks/",
            isPinned: true),
        at(
            ".cirrus.star", for: "Cirrus CI", .continuousIntegration,
            "https://cirrus-ci.org/guide/programming-tasks/"),
        at(
            "wercker.yml", for: "Wercker", .continuousIntegration, "https://devcenter.wercker.com/", isPinned: true
        ),
        at(
            "buildspec.yml", for: "AWS CodeBuild", .continuousIntegration,
            "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html", isPinned: true),
        at(
            "buildspec.yaml", for: "AWS CodeBuild", .continuousIntegration,
            "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"),
        at(
            "amplify.yml", "amplify.yaml", for: "AWS Amplify", .continuousIntegration,
            "https://docs.aws.amazon.com/amplify/latest/userguide/build-settings.html"),
        at(
            ".buildkite/", for: "Buildkite", .continuousIntegration,
            "https://buildkite.com/docs/pipelines/configure/defining-steps", isPinned: true),
        at(
            "buildkite.yml", "buildkite.yaml", for: "Buildkite", .continuousIntegration,
            "https://buildkite.com/docs/pipelines/configure/defining-steps"),
        at(
            ".woodpecker/", for: "Woodpecker", .continuousIntegration,
            "https://woodpecker-ci.org/docs/usage/workflows", isPinned: true),
        at(
            ".woodpecker.yml", ".woodpecker.yaml", for: "Woodpecker", .continuousIntegration,
            "https://woodpecker-ci.org/docs/usage/workflows"),
        at(
            ".forgejo/workflows/", for: "Forgejo Actions", .continuousIntegration,
            "https://forgejo.org/docs/latest/user/actions/", isPinned: true),
        at(
            ".forgejo/actions/", for: "Forgejo Actions", .continuousIntegration,
            "https://forgejo.org/docs/latest/user/actions/"),
        at(
            ".gitea/workflows/", for: "Gitea Actions", .continuousIntegration,
            "https://docs.gitea.com/usage/actions/overview", isPinned: true),
        at(
            ".gitea/actions/", for: "Gitea Actions", .continuousIntegration,
            "https://docs.gitea.com/usage/actions/overview"),
        at(
            ".teamcity/", for: "TeamCity", .continuousIntegration,
            "https://www.jetbrains.com/help/teamcity/kotlin-dsl.html", isPinned: true),
        at(
            ".ci/", for: "custom CI paths", .continuousIntegration,
            "https://docs.gitlab.com/ci/pipelines/settings/", isPinned: true),
        at(
            ".semaphore/", for: "Semaphore", .continuousIntegration,
            "https://docs.semaphore.io/reference/pipeline-yaml"),
        at(
            "codefresh.yml", ".codefresh/", for: "Codefresh", .continuousIntegration,
            "https://codefresh.io/docs/docs/pipelines/what-is-the-codefresh-yaml/"),
        at(
            "bitrise.yml", "bitrise.yaml", for: "Bitrise", .continuousIntegration,
            "https://docs.bitrise.io/en/bitrise-ci/configure-builds/configuration-yaml.html"),
        at(
            "codemagic.yaml", "codemagic.yml", for: "Codemagic", .continuousIntegration,
            "https://docs.codemagic.io/yaml-basic-configuration/yaml-getting-started/"),
        at("buddy.yml", ".buddy/", for: "Buddy", .continuousIntegration, "https://buddy.works/docs/yaml/"),
        at(
            ".harness/", for: "Harness", .continuousIntegration,
            "https://developer.harness.io/docs/platform/git-experience/git-experience-overview/"),
        at(
            "screwdriver.yaml", for: "Screwdriver", .continuousIntegration,
            "https://docs.screwdriver.cd/user-guide/configuration/"),
        at(
            ".bazelci/", for: "Bazel CI", .continuousIntegration,
            "https://github.com/bazelbuild/continuous-integration"),
        at(
            ".evergreen.yml", "evergreen.yml", ".evergreen/", for: "Evergreen", .continuousIntegration,
            "https://github.com/evergreen-ci/evergreen/wiki"
        ),
        at(
            ".vela.yml", ".vela.yaml", ".vela.star", for: "Vela", .continuousIntegration,
            "https://go-vela.github.io/docs/usage/"),
        at(".onedev-buildspec.yml", for: "OneDev", .continuousIntegration, "https://docs.onedev.io/"),
        at(
            ".space.kts", for: "JetBrains Space", .continuousIntegration,
            "https://www.jetbrains.com/help/space/automation.html"),
        at(
            ".taskcluster.yml", for: "Taskcluster", .continuousIntegration,
            "https://docs.taskcluster.net/docs/reference/integrations/github/taskcluster-yml-v1"),
        at(".kokoro/", for: "Kokoro", .continuousIntegration, "https://github.com/googleapis/google-cloud-python"),
        at(
            ".expeditor/", for: "Expeditor", .continuousIntegration,
            "https://expeditor.chef.io/docs/getting-started/configuration/"),
        at(
            ".build.yml", ".builds/", for: "sourcehut builds", .continuousIntegration,
            "https://man.sr.ht/builds.sr.ht/"),
        at(
            ".tekton/", for: "Pipelines as Code", .continuousIntegration,
            "https://pipelinesascode.com/docs/guide/authoringprs/"),
        at(
            ".prow.yaml", ".prow/", for: "Prow", .continuousIntegration,
            "https://docs.prow.k8s.io/docs/inrepoconfig/"),
        at(
            "zuul.yaml", ".zuul.yaml", "zuul.d/", ".zuul.d/", for: "Zuul", .continuousIntegration,
            "https://zuul-ci.org/docs/zuul/latest/project-config.html"),
        at(
            "**/*.gocd.yaml", "**/*.gocd.yml", "**/*.gopipeline.json", for: "GoCD", .continuousIntegration,
            "https://docs.gocd.org/current/advanced_usage/pipelines_as_code.html"),
        at(
            "shippable.yml", ".shippable.yml", for: "Shippable", .continuousIntegration,
            "https://github.com/Shippable/docs"),
        at(
            ".scrutinizer.yml", for: "Scrutinizer", .continuousIntegration,
            "https://scrutinizer-ci.com/docs/configuration"),
        at(".lgtm.yml", "lgtm.yml", for: "LGTM", .continuousIntegration, "https://github.com/github/codeql"),
        at(
            ".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yml", "readthedocs.yaml", for: "Read the Docs",
            .continuousIntegration, "https://docs.readthedocs.com/platform/stable/config-file/v2.html"),
        at(
            "netlify.toml", for: "Netlify", .continuousIntegration,
            "https://docs.netlify.com/build/configure-builds/file-based-configuration/"),
        at(
            "vercel.json", "now.json", for: "Vercel", .continuousIntegration,
            "https://vercel.com/docs/project-configuration"),
        at("render.yaml", for: "Render", .continuousIntegration, "https://render.com/docs/blueprint-spec"),
        at(
            "wrangler.toml", "wrangler.json", "wrangler.jsonc", for: "Cloudflare", .continuousIntegration,
            "https://developers.cloudflare.com/workers/wrangler/configuration/"),
        at(
            ".do/", for: "DigitalOcean", .continuousIntegration,
            "https://docs.digitalocean.com/products/app-platform/reference/app-spec/"),
        at(
            "railway.toml", "railway.json", for: "Railway", .continuousIntegration,
            "https://docs.railway.com/reference/config-as-code"),
        at(
            "heroku.yml", for: "Heroku", .continuousIntegration,
            "https://devcenter.heroku.com/articles/build-docker-images-heroku-yml"),
        at("procfile", for: "Heroku", .continuousIntegration, "https://devcenter.heroku.com/articles/procfile"),
        at(
            ".platform/", ".upsun/", ".platform.app.yaml", for: "Upsun", .continuousIntegration,
            "https://docs.upsun.com/create-apps/app-reference.html"),
        at(
            ".devcontainer/", ".devcontainer.json", for: "Codespaces and dev containers", .continuousIntegration,
            "https://containers.dev/implementors/spec/"),
        at(
            ".gitpod.yml", for: "Gitpod", .continuousIntegration,
            "https://www.gitpod.io/docs/configure/workspaces/tasks"),
    ]
}

extension ProtectedPlace {
    /// What hook managers and editors run on commit, push, checkout or opening.
    private static let hookManagers: [[ProtectedPlace]] = [
        at(
            ".vscode/tasks.json", for: "Visual Studio Code", .hookManager,
            "https://code.visualstudio.com/docs/debugtest/tasks"),
        at("**/.envrc", for: "direnv", .hookManager, "https://direnv.net/"),
        at(
            ".pre-commit-config.yaml", ".pre-commit-config.yml", ".pre-commit-hooks.yaml", for: "pre-commit",
            .hookManager, "https://pre-commit.com/"),
        at("prek.toml", for: "prek", .hookManager, "https://prek.j178.dev/configuration/"),
        at(
            ".husky/", ".huskyrc", ".huskyrc.*", "husky.config.*", for: "Husky", .hookManager,
            "https://typicode.github.io/husky/"),
        at(
            "lefthook.yml", "lefthook.yaml", "lefthook.toml", "lefthook.json", ".lefthook.yml", ".lefthook.yaml",
            ".lefthook.toml", ".lefthook.json", "lefthook-local.yml", "lefthook-local.yaml", "lefthook-local.toml",
            "lefthook-local.json", ".lefthook-local.yml", ".lefthook-local.yaml", ".lefthook-local.toml",
            ".lefthook-local.json", ".lefthook/", ".lefthook-local/", ".config/lefthook.*", for: "Lefthook",
            .hookManager, "https://lefthook.dev/configuration/"),
        at(
            ".lintstagedrc", ".lintstagedrc.*", "lint-staged.config.*", for: "lint-staged", .hookManager,
            "https://github.com/lint-staged/lint-staged"),
        at(
            ".simple-git-hooks.*", "simple-git-hooks.*", for: "simple-git-hooks", .hookManager,
            "https://github.com/toplenboren/simple-git-hooks"),
        at(".overcommit.yml", ".git-hooks/", for: "Overcommit", .hookManager, "https://github.com/sds/overcommit"),
        at(".githooks/", ".hooks/", for: "core.hooksPath", .hookManager, "https://git-scm.com/docs/githooks"),
        at("hk.pkl", ".config/hk.pkl", for: "hk", .hookManager, "https://hk.jdx.dev/configuration.html"),
        at(
            "captainhook.json", ".captainhook.json", for: "CaptainHook", .hookManager,
            "https://captainhook.info/configure.html"),
        at(
            "grumphp.yml", "grumphp.yaml", "grumphp.yml.dist", for: "GrumPHP", .hookManager,
            "https://github.com/phpro/grumphp"),
        at(
            "rusty-hook.toml", ".rusty-hook.toml", for: "rusty-hook", .hookManager,
            "https://github.com/swellaby/rusty-hook"),
        at(".cargo-husky/", for: "cargo-husky", .hookManager, "https://github.com/rhysd/cargo-husky"),
        at(".trunk/", for: "Trunk", .hookManager, "https://docs.trunk.io/code-quality/linters/configure-linters"),
    ]
}

extension ProtectedPlace {
    /// What steers bots that change, approve or merge.
    private static let bots: [[ProtectedPlace]] = [
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
    ]
}
