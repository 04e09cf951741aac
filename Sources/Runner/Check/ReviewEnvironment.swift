/// What a build service says of the branch or pull request that its job is about.
///
/// Whoever made the pull request chose the name of its branch: it decides which task's rules are held against the change,
/// and never what these rules are.
package struct ReviewEnvironment: Equatable, Sendable {
    package let service: String
    /// The branch that is to be judged.
    package let source: String?
    /// The branch that it is to go to.
    package let target: String?
    /// Where the target lies when the job runs in a fork, whose own branches are the fork's.
    package let foreignTarget: String?

    /// `nil` outside of a known build service.
    package init?(_ environment: [String: String]) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }.map(Self.branch)
        }
        var foreign: String?
        if environment["GITHUB_ACTIONS"] == "true" {
            service = "GitHub Actions"
            source =
                value("GITHUB_HEAD_REF")
                ?? (environment["GITHUB_REF_TYPE"] == "branch" ? value("GITHUB_REF_NAME") : nil)
            target = value("GITHUB_BASE_REF")
        } else if environment["GITLAB_CI"] == "true" {
            service = "GitLab CI"
            source = value("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH")
            target = value("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
            let (own, other) = (environment["CI_PROJECT_PATH"], environment["CI_MERGE_REQUEST_PROJECT_PATH"])
            if let other, own != other { foreign = environment["CI_MERGE_REQUEST_PROJECT_URL"] ?? other }
        } else if environment["TF_BUILD"] != nil {
            service = "Azure Pipelines"
            source = value("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH")
            target = value("SYSTEM_PULLREQUEST_TARGETBRANCH")
        } else if environment["JENKINS_URL"] != nil {
            service = "Jenkins"
            source = value("CHANGE_BRANCH", "BRANCH_NAME", "GIT_LOCAL_BRANCH")
            target = value("CHANGE_TARGET")
        } else if environment["CI_SYSTEM_NAME"] == "woodpecker" || environment["CI"] == "woodpecker" {
            service = "Woodpecker"
            source = value("CI_COMMIT_SOURCE_BRANCH", "CI_COMMIT_BRANCH")
            target = value("CI_COMMIT_TARGET_BRANCH")
        } else if environment["BITBUCKET_BUILD_NUMBER"] != nil {
            service = "Bitbucket Pipelines"
            (source, target) = (value("BITBUCKET_BRANCH"), value("BITBUCKET_PR_DESTINATION_BRANCH"))
        } else if environment["BUILDKITE"] == "true" {
            service = "Buildkite"
            (source, target) = (value("BUILDKITE_BRANCH"), value("BUILDKITE_PULL_REQUEST_BASE_BRANCH"))
        } else {
            return nil
        }
        foreignTarget = foreign
    }

    /// The branch without `refs/heads/`.
    private static func branch(_ name: String) -> String {
        name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : name
    }
}
