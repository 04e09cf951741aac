package import Basics
internal import Processes

/// A reference to set on a remote, and where it has to stand before.
package struct PushUpdate: Hashable, Sendable {
    package let source: ObjectID
    package let destination: String
    /// `nil`: it must not be there.
    package let expecting: ObjectID?

    package init(_ source: ObjectID, to destination: String, expecting: ObjectID?) {
        (self.source, self.destination, self.expecting) = (source, destination, expecting)
    }
}

/// What a remote offers.
package struct RemoteListing: Hashable, Sendable {
    package let references: [String: ObjectID]
    /// The branch that the remote's HEAD names.
    package let defaultBranch: String?

    init(references: [String: ObjectID], defaultBranch: String?) {
        (self.references, self.defaultBranch) = (references, defaultBranch)
    }

    /// Reads a repository on this machine in place of asking `git ls-remote`, which would start three programs.
    ///
    /// `nil` where it cannot be read this way, such as somebody else's: git itself knows better what to do then.
    package init?(repositoryAt path: String, names: [String]) {
        do throws(GitError) {
            let repository = try Repository.open(path)
            var references: [String: ObjectID] = [:]
            for name in names { references[name] = try repository.reference(name)?.objectID }
            let head = try repository.reference("HEAD")
            references["HEAD"] = head?.objectID
            var branch: String?
            let prefix = "refs/heads/"
            if case .symbolic(let name)? = head?.target, head?.objectID != nil, name.hasPrefix(prefix) {
                branch = String(name.dropFirst(prefix.count))
            }
            self.init(references: references, defaultBranch: branch)
        } catch { return nil }
    }
}

extension GitCommand {
    /// Asks a remote for the references that match the patterns, and for its default branch.
    package func listRemote(
        _ remote: String, patterns: [String], in directory: String, cancellation: Cancellation? = nil
    ) throws(GitCommandError) -> RemoteListing {
        let text = try run(
            ["ls-remote", "--symref", "--", remote, "HEAD"] + patterns, in: directory, as: "list '\(remote)'",
            cancellation: cancellation)
        var references: [String: ObjectID] = [:]
        var defaultBranch: String?
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2 else { continue }
            if parts[0].hasPrefix("ref: refs/heads/"), parts[1] == "HEAD" {
                defaultBranch = String(parts[0].dropFirst("ref: refs/heads/".count))
            } else if let id = ObjectID(hex: parts[0]) {
                references[String(parts[1])] = id
            }
        }
        return RemoteListing(references: references, defaultBranch: defaultBranch)
    }

    /// Brings what a reference of a remote's holds; no reference here is set.
    package func fetchObjects(
        _ reference: String, from remote: String, in directory: String, cancellation: Cancellation? = nil
    ) throws(GitCommandError) {
        _ = try run(
            [
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=",
                "--",
                remote, reference,
            ], in: directory, as: "fetch '\(reference)' from '\(remote)'", cancellation: cancellation)
    }

    /// Brings objects that a partial clone has left at its remote, in one go, as git itself does where it misses some.
    package func fetchPromised(
        _ ids: [ObjectID], from remote: String, in directory: String, cancellation: Cancellation? = nil
    ) throws(GitCommandError) {
        let operation =
            "fetch \(ids.count) \(ids.count == 1 ? "file" : "files") that this partial clone left at '\(remote)'"
        // What is asked for belongs to commits that are here: nothing must be negotiated by these.
        let arguments = [
            "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
            "--no-recurse-submodules", "--refmap=", "--filter=blob:none", "--stdin", "--", remote,
        ]
        let input = ids.map { $0.hex + "\n" }.joined()
        let outcome = try start(arguments, operation, in: directory, cancellation, input: Array(input.utf8))
        guard outcome.succeeded else { throw GitCommandError(operation, outcome: outcome) }
    }

    /// Sets references on a remote, all or none, each only from where it is expected; nothing else is pushed.
    package func push(
        remote: String, updates: [PushUpdate], in directory: String, options: [String] = [],
        cancellation: Cancellation? = nil
    ) throws(GitCommandError) {
        let operation = "push to '\(remote)'"
        // A proposal is one commit: threads would cost more to start than they save.
        var arguments = [
            "-c", "pack.threads=1", "push", "--porcelain", "--no-verify", "--no-follow-tags",
            "--no-recurse-submodules",
        ]
        // One reference is set or not in any case, and not every server knows the word.
        if updates.count > 1 { arguments.append("--atomic") }
        arguments += updates.map { "--force-with-lease=\($0.destination):\($0.expecting?.hex ?? "")" }
        arguments += options.map { "--push-option=\($0)" }
        arguments += ["--", remote] + updates.map { "\($0.source.hex):\($0.destination)" }
        let outcome = try start(arguments, operation, in: directory, cancellation)
        guard !outcome.succeeded else { return }
        throw Self.pushError(operation, outcome)
    }

    /// The porcelain lines say for each reference why it was turned away.
    private static func pushError(_ operation: String, _ outcome: ProcessOutcome) -> GitCommandError {
        let general = GitCommandError(operation, outcome: outcome)
        let rejected = outcome.output.text.split(separator: "\n").filter { $0.hasPrefix("!") }.compactMap { line in
            line.split(separator: "\t").last.map(String.init)
        }
        guard let reason = rejected.first, general.kind != .timedOut, general.kind != .cancelled else {
            return general
        }
        if reason.contains("stale info") || reason.contains("fetch first") || reason.contains("non-fast-forward") {
            return GitCommandError(
                .staleLease, operation, reason: "the branch does not stand where it was expected")
        }
        guard reason.contains("[remote rejected]") || reason.contains("declined") else { return general }
        let words = outcome.errors.text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("remote: ") }
            .map { $0.dropFirst("remote: ".count).reversed().drop { $0 == " " }.reversed() }.map { String($0) }
            .filter { !$0.isEmpty }
        let said = words.prefix(4).joined(separator: "; ")
        return GitCommandError(.refused, operation, reason: said.isEmpty ? reason : "the remote says: \(said)")
    }
}
