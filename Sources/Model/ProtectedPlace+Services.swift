extension ProtectedPlace {
    /// What continuous integration, builders and hosted workspaces run.
    static let services: [[ProtectedPlace]] = [
        at(
            ".github/workflows/", ".github/actions/", for: "GitHub Actions", .continuousIntegration,
            "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax", isPinned: true),
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
            "**/action.yml", "**/action.yaml", for: "GitHub Actions", .continuousIntegration,
            "https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax"),
        at(
            ".gitlab/security-policies/", for: "GitLab security policies", .continuousIntegration,
            "https://docs.gitlab.com/user/application_security/policies/"),
        at(
            ".gitlab/agents/", for: "GitLab agent for Kubernetes", .continuousIntegration,
            "https://docs.gitlab.com/user/clusters/agent/install/"),
        at(
            ".gitlab/duo/", for: "GitLab Duo flows", .continuousIntegration,
            "https://docs.gitlab.com/user/duo_agent_platform/flows/execution/"),
        at(
            "debian/salsa-ci.yml", "debian/gitlab-ci.yml", for: "Salsa CI", .continuousIntegration,
            "https://salsa.debian.org/salsa-ci-team/pipeline"),
        at(
            "circle.yml", for: "CircleCI", .continuousIntegration,
            "https://circleci.com/docs/migrating-from-1-2/"),
        at(
            "**/azure-pipelines*.yml", "**/azure-pipelines*.yaml", "azure-pipelines/", for: "Azure Pipelines",
            .continuousIntegration,
            "https://learn.microsoft.com/azure/devops/pipelines/process/templates"),
        at(
            "jenkins-x.yml", ".lighthouse/", for: "Jenkins X", .continuousIntegration,
            "https://jenkins-x.io/v3/develop/pipelines/"),
        at(
            "cloudbuild*.yaml", "cloudbuild*.yml", "**/cloudbuild.yaml", "**/cloudbuild.yml",
            for: "Google Cloud Build", .continuousIntegration,
            "https://cloud.google.com/build/docs/configuring-builds/create-basic-configuration"),
        at(
            "**/buildspec.yml", "**/buildspec.yaml", "buildspec*.yml", "buildspec*.yaml", for: "AWS CodeBuild",
            .continuousIntegration,
            "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-name-storage"
        ),
        at(
            "appspec.yml", "appspec.yaml", for: "AWS CodeDeploy", .continuousIntegration,
            "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html"),
        at(
            ".codecatalyst/", for: "AWS CodeCatalyst", .continuousIntegration,
            "https://docs.aws.amazon.com/codecatalyst/latest/userguide/workflow-reference.html"),
        at(
            "ci_scripts/", "**/ci_post_clone.sh", "**/ci_pre_xcodebuild.sh", "**/ci_post_xcodebuild.sh",
            for: "Xcode Cloud", .continuousIntegration,
            "https://developer.apple.com/documentation/xcode/writing-custom-build-scripts"),
        at(
            "**/appcenter-*", for: "Visual Studio App Center", .continuousIntegration,
            "https://learn.microsoft.com/appcenter/build/custom/scripts/"),
        at(
            ".eas/", for: "EAS Workflows", .continuousIntegration,
            "https://docs.expo.dev/eas/workflows/get-started/"),
        at(
            "taskcluster/", for: "Taskcluster", .continuousIntegration,
            "https://taskcluster-taskgraph.readthedocs.io/"),
        at(
            "garnix.yaml", for: "Garnix", .continuousIntegration,
            "https://garnix.io/docs/yaml_config"),
        at(
            "ci.nix", "nix/ci.nix", for: "Hercules CI", .continuousIntegration,
            "https://docs.hercules-ci.com/hercules-ci-agent/evaluation"),
        at(
            ".agola/", for: "Agola", .continuousIntegration,
            "https://agola.io/doc/concepts/gitea_integration.html"),
        at(
            ".packit.yaml", ".packit.yml", "packit.yaml", "packit.yml", for: "Packit", .continuousIntegration,
            "https://packit.dev/docs/configuration"),
        at(
            ".copr/", for: "Copr", .continuousIntegration,
            "https://docs.pagure.org/copr.copr/user_documentation.html"),
        at(
            ".obs/", for: "Open Build Service", .continuousIntegration,
            "https://openbuildservice.org/help/manuals/obs-user-guide/cha-obs-scm-ci-workflow-integration"),
        at(
            ".launchpad.yaml", for: "Launchpad", .continuousIntegration,
            "https://help.launchpad.net/Code/ContinuousIntegration"),
        at(
            "snapcraft.yaml", ".snapcraft.yaml", "snap/snapcraft.yaml", for: "Snapcraft", .continuousIntegration,
            "https://documentation.ubuntu.com/snapcraft/stable/how-to/publishing/build-on-github/"),
        at(
            ".rultor.yml", for: "Rultor", .continuousIntegration,
            "https://doc.rultor.com/"),
        at(
            "dangerfile", "dangerfile.*", for: "Danger", .continuousIntegration,
            "https://danger.systems/guides/getting_started"),
        at(
            ".cnb.yml", for: "Cloud Native Build", .continuousIntegration,
            "https://docs.cnb.cool/"),
        at(
            ".workflow/", for: "Gitee Go", .continuousIntegration,
            "https://gitee.com/help/articles/4293"),
        at(
            ".sourcecraft/", for: "SourceCraft", .continuousIntegration,
            "https://sourcecraft.dev/portal/docs/en/sourcecraft/concepts/ci-cd"),
        at(
            ".deepsource.toml", for: "DeepSource", .continuousIntegration,
            "https://docs.deepsource.com/docs/configuration"),
        at(
            ".codacy.yml", ".codacy.yaml", for: "Codacy", .continuousIntegration,
            "https://docs.codacy.com/repositories-configure/codacy-configuration-file/"),
        at(
            ".codeclimate.yml", ".codeclimate.json", for: "Code Climate", .continuousIntegration,
            "https://docs.codeclimate.com/docs/advanced-configuration"),
        at(
            ".qlty/", for: "Qlty", .continuousIntegration,
            "https://docs.qlty.sh/analysis-configuration"),
        at(
            "sonar-project.properties", ".sonarcloud.properties", for: "SonarQube", .continuousIntegration,
            "https://docs.sonarsource.com/sonarqube-cloud/advanced-setup/analysis-parameters/"),
        at(
            "codecov.yml", ".codecov.yml", "codecov.yaml", ".codecov.yaml", ".github/codecov.yml",
            ".github/codecov.yaml", for: "Codecov", .continuousIntegration,
            "https://docs.codecov.com/docs/codecov-yaml"),
        at(
            ".hound.yml", for: "Hound", .continuousIntegration,
            "https://github.com/houndci/hound"),
    ]
}
