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
        let people = SealedCommit.People(author: try person(.author), committer: try person(.committer))
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
            ("Leviathan-Executor", attempt.context.redacted("\(plan.executor)@\(change.executorVersion)")),
        ]
        return CommitMessage(
            plan.task, scope: plan.scope.name, trailers: trailers, changeID: attempt.destination.changeID(of: plan)
        )
    }

    private func person(_ role: GitIdentity.Role) throws(StageError) -> Signature {
        let (attempt, plan) = (change.attempt, change.attempt.plan)
        let repository = attempt.snapshot.checkout.repository
        guard let identity = CommitIdentity(role, plan.target, repository, attempt.context) else {
            throw StageError(
                .invalid, "nobody is named as the author of commits",
                hint: "set git's user.name and user.email, or 'identity' in contract.yaml")
        }
        return Signature(name: identity.name, email: identity.email, time: attempt.startedAt.wholeSeconds)
    }
}

/// In whose name commits are made: the contract's identity, else the user's, as git itself would find it.
struct CommitIdentity {
    let name: String
    let email: String

    /// `nil` where nobody is named.
    init?(_ role: GitIdentity.Role, _ target: TargetDescription, _ repository: Repository, _ context: Context) {
        let found = GitIdentity(role, context.environment) { repository.configString($0) }
        guard let name = target.identity?.name ?? found.name, let email = target.identity?.email ?? found.email,
            !name.isEmpty, !email.isEmpty
        else { return nil }
        (self.name, self.email) = (name, email)
    }
}

/// The digest that tells whether two attempts were asked for the same thing under the same rules.
enum SpecificationDigest {
    static func compute(_ plan: Plan) -> Digest {
        SHA256.digest(of: Specification(plan).fingerprint.utf8(.canonical))
    }
}
