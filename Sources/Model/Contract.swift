package import Basics

/// Everything a target keeps under `.leviathan/`, as read from one commit; one for all who look at it, as it is large.
package final class Contract: Equatable, Sendable {
    package let target: TargetDescription
    package let policy: Policy
    package let backlog: Backlog

    package init(target: TargetDescription, policy: Policy, backlog: Backlog) {
        (self.target, self.policy, self.backlog) = (target, policy, backlog)
    }

    package static func == (left: Contract, right: Contract) -> Bool {
        left.target == right.target && left.policy == right.policy && left.backlog == right.backlog
    }
}

/// What `contract.yaml` says: whose repository this is and how changes reach it.
package struct TargetDescription: Hashable, Sendable {
    package struct Identity: Hashable, Sendable {
        package var name: String
        package var email: String

        package init(name: String, email: String) { (self.name, self.email) = (name, email) }
    }

    package var id: String
    package var name: String?
    package var details: String?
    package var owner: String?
    package var repositoryURL: String?
    package var defaultBranch: String?
    package var delivery = DeliverySettings()
    package var identity: Identity?
    package var writesBack = true
    package var limits = Limits()
    package var createdAt: Instant?
    /// Parts of the long form that nothing acts on, as written.
    package var verbatim = JSON.object([])

    package init(id: String) { self.id = id }
}

/// How a proposal reaches its reviewers.
package struct DeliverySettings: Hashable, Sendable {
    package enum Forge: String, CaseIterable, Sendable { case auto, github, gitlab, gitea, gerrit, git, none }

    package enum Signing: String, CaseIterable, Sendable { case auto, off }

    package var forge = Forge.auto
    package var apiURL: String?
    package var remote = "origin"
    package var draft = false
    package var labels: [String] = []
    package var reviewers: [String] = []
    package var reviewersFromCodeowners = false
    package var signing = Signing.auto
    package var signsOff = false
    package var deletesMergedBranches = false

    package init() {}
}

/// A repository that Leviathan knows without standing in a checkout of it.
package struct TargetRegistration: Hashable, Sendable {
    package var name: String
    package var repositoryURL: String
    package var defaultBranch: String?
    package var cacheDirectory: String?
    package var contractPath: String?
    package var backlogPath: String?
    package var policyPath: String?
    /// The group of `config.yaml` that it belongs to.
    package var group: String?
    /// A checkout that a person keeps; without one a clone of its own is kept.
    package var checkout: String?
    package var enabled = true
    /// The variable that holds what its forge signs webhooks with.
    package var webhookSecretVariable: String?

    package init(name: String, repositoryURL: String) { (self.name, self.repositoryURL) = (name, repositoryURL) }
}
