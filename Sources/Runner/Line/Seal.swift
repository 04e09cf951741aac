internal import Basics
internal import Crypto
internal import Enforcement
internal import Forges
internal import Git
internal import Model
internal import Paths

extension ExaminedChange {
    /// Writes the commit of an approved change.
    func seal(_ approval: Approval) throws(StageError) -> SealedCommit {
        let attempt = change.attempt
        let people = SealedCommit.People(author: try person("AUTHOR"), committer: try person("COMMITTER"))
        var message = self.message
        if attempt.plan.target.delivery.signsOff {
            message = message.signedOff(by: people.committer.name, people.committer.email)
        }
        let checkout = attempt.snapshot.checkout
        attempt.context.failpoints.reach(.beforeCommit)
        do throws(DeliveryError) {
            return try SealedCommit(
                approval, message, by: people, branch: attempt.plan.task.proposedBranch, attempt: attempt.id,
                in: checkout.repository,
                signing: signs ? (GitCommand(environment: attempt.context.environment), checkout.root) : nil,
                cancellation: attempt.context.cancellation)
        } catch { throw StageError(error) }
    }

    private var signs: Bool {
        let attempt = change.attempt
        return attempt.plan.target.delivery.signing == .auto
            && attempt.snapshot.checkout.repository.configBool("commit.gpgsign") == true
    }

    var message: CommitMessage {
        let (attempt, plan) = (change.attempt, change.attempt.plan)
        let trailers = [
            ("Task-ID", plan.task.id), ("Attempt-ID", attempt.id), ("Leviathan-Base", plan.base.hex),
            ("Leviathan-Spec", SpecificationDigest.compute(plan).hex),
            ("Leviathan-Executor", "\(plan.executor)@\(change.executorVersion)"),
        ]
        return CommitMessage(
            plan.task, scope: plan.scope.name, trailers: trailers, changeID: attempt.destination.changeID(of: plan)
        )
    }

    /// The contract's identity, else the user's, as git itself would find it.
    private func person(_ role: String) throws(StageError) -> Signature {
        let attempt = change.attempt
        let (given, environment) = (attempt.plan.target.identity, attempt.context.environment)
        let repository = attempt.snapshot.checkout.repository
        let name = given?.name ?? environment["GIT_\(role)_NAME"] ?? repository.configString("user.name")
        let email = given?.email ?? environment["GIT_\(role)_EMAIL"] ?? repository.configString("user.email")
        guard let name, let email, !name.isEmpty, !email.isEmpty else {
            throw StageError(
                .invalid, "nobody is named as the author of commits",
                hint: "set git's user.name and user.email, or 'identity' in contract.yaml")
        }
        return Signature(name: name, email: email, time: attempt.startedAt.wholeSeconds)
    }
}

/// The digest that tells whether two attempts were asked for the same thing under the same rules.
enum SpecificationDigest {
    static func compute(_ plan: Plan) -> Digest {
        SHA256.digest(of: Specification(plan).fingerprint.utf8(.canonical))
    }
}
