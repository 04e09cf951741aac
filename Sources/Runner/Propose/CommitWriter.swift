internal import Basics
internal import Crypto
internal import Forges
internal import Git
internal import Model

/// Writes the one commit of a proposal.
struct CommitWriter {
    let repository: Repository
    /// The root of the checkout, where git finds how its user signs.
    let directory: String
    let plan: Plan
    let attempt: String
    let startedAt: Instant
    let executorVersion: String
    /// Where Gerrit takes the change: the name that it has there.
    let changeID: String?
    let surroundings: Surroundings

    func write(_ changes: ChangeSet) throws(StageError) -> ObjectID {
        let author = try signature("AUTHOR")
        let committer = try signature("COMMITTER")
        let message = signedOff(by: committer)
        do throws(GitError) {
            guard signs else {
                return try repository.createCommit(
                    tree: changes.tree, parents: [plan.base], author: author, committer: committer,
                    message: message)
            }
        } catch { throw StageError(.delivery, error) }
        return try sign(changes, author, committer, message)
    }

    // MARK: Signing

    private var signs: Bool {
        plan.target.delivery.signing == .auto && repository.configBool("commit.gpgsign") == true
    }

    /// The user's git signs; what came out is held against what was judged.
    private func sign(
        _ changes: ChangeSet, _ author: Signature, _ committer: Signature, _ message: String
    ) throws(StageError) -> ObjectID {
        let commit: ObjectID
        do throws(GitCommandError) {
            commit = try GitCommand(environment: surroundings.environment)
                .signedCommit(
                    tree: changes.tree, parents: [plan.base], author: author, committer: committer,
                    message: message, in: directory, cancellation: surroundings.cancellation)
        } catch {
            throw StageError(
                error.kind == .cancelled ? .interrupted : .delivery, error.message, causes: error.causes,
                hint: error.hint ?? "see whether 'git commit -S' works here, or set 'delivery: {sign: off}'")
        }
        do throws(GitError) {
            let written = try repository.commit(commit)
            guard written.tree == changes.tree, written.parents == [plan.base] else {
                throw GitError(.other, "sign the commit", reason: "git signed something else than was judged")
            }
        } catch { throw StageError(.delivery, error) }
        return commit
    }

    private func signedOff(by committer: Signature) -> String {
        guard plan.target.delivery.signsOff else { return message }
        return SignOff.adding(name: committer.name, email: committer.email, to: message)
    }

    // MARK: The message

    var subject: String {
        TextDefusal.commitSubject(Self.prefix(of: plan.scope.name) + ": ", plan.task.displayTitle, limit: 100)
    }

    /// Subject, the task in words, and the trailers that say where the commit comes from.
    var message: String {
        let trailers = [
            ("Task-ID", plan.task.id), ("Attempt-ID", attempt), ("Leviathan-Base", plan.base.hex),
            ("Leviathan-Spec", SpecificationDigest.compute(plan).hex),
            ("Leviathan-Executor", "\(plan.executor)@\(executorVersion)"),
        ]
        var paragraphs = [subject]
        if let details = plan.task.details.map(Self.body), !details.isEmpty { paragraphs.append(details) }
        paragraphs.append(trailers.map { "\($0.0): \($0.1)" }.joined(separator: "\n"))
        let message = paragraphs.joined(separator: "\n\n") + "\n"
        return changeID.map { GerritChangeID.adding($0, to: message) } ?? message
    }

    /// What reviewers read where the message is all that they see.
    var text: ProposalText {
        ProposalText(title: subject, body: String(message.dropFirst(subject.count).drop { $0.isNewline }))
    }

    private static func prefix(of scope: String) -> String {
        switch scope {
        case "docs": "docs"
        case "tests", "test": "test"
        case "dependencies", "deps": "build(deps)"
        case "ci": "ci"
        case "infra": "chore(infra)"
        default: "chore"
        }
    }

    /// A description as paragraphs of 72 columns; no line of it can pass for a trailer or a comment.
    private static func body(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(100).map { line in
            var (lines, current) = ([String](), "")
            for word in line.split(separator: " ") {
                if !current.isEmpty && current.count + word.count + 1 > 72 {
                    lines.append(current)
                    current = ""
                }
                current += (current.isEmpty ? "" : " ") + word
            }
            return (lines + [current]).joined(separator: "\n")
        }.joined(separator: "\n")
        return TextDefusal.commitBody(lines).paragraphs.joined(separator: "\n\n")
    }

    /// The contract's identity, else the user's, as git itself would find it.
    private func signature(_ role: String) throws(StageError) -> Signature {
        let (given, environment) = (plan.target.identity, surroundings.environment)
        let name = given?.name ?? environment["GIT_\(role)_NAME"] ?? repository.configString("user.name")
        let email = given?.email ?? environment["GIT_\(role)_EMAIL"] ?? repository.configString("user.email")
        guard let name, let email, !name.isEmpty, !email.isEmpty else {
            throw StageError(
                .invalid, "nobody is named as the author of commits",
                hint: "set git's user.name and user.email, or 'identity' in contract.yaml")
        }
        return Signature(name: name, email: email, time: startedAt.wholeSeconds)
    }
}

/// The digest that tells whether two attempts were asked for the same thing under the same rules.
enum SpecificationDigest {
    static func compute(_ plan: Plan) -> Digest { SHA256.digest(of: specification(plan).utf8(.canonical)) }

    private static func specification(_ plan: Plan) -> JSON {
        func layers(_ layers: [Permission.Layer]) -> JSON {
            .array(layers.map { ["name": .string($0.name), "patterns": .strings($0.patterns.map(\.text))] })
        }
        let task = plan.task
        return [
            "task": [
                "id": .string(task.id), "title": .string(task.title), "description": .optional(task.details),
                "scope": .optional(task.scope), "acceptance_criteria": .strings(task.acceptanceCriteria),
                "executor": .string(plan.executor), "inputs": task.inputs,
            ],
            "allowed": layers(plan.permission.allowed), "forbidden": layers(plan.permission.forbidden),
            "operations": .strings(plan.permission.operations.map(\.rawValue).sorted()),
            "invariants": .strings(plan.invariants.map(\.name)),
        ]
    }
}
