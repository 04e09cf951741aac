package import Basics
internal import Processes

extension GitCommand {
    /// Writes a commit that git signs the way its user has set it up; no reference is moved.
    package func signedCommit(
        tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String,
        in directory: String, cancellation: Cancellation? = nil
    ) throws(GitCommandError) -> ObjectID {
        let operation = "sign the commit"
        let people = [
            "GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email, "GIT_AUTHOR_DATE": author.gitDate,
            "GIT_COMMITTER_NAME": committer.name, "GIT_COMMITTER_EMAIL": committer.email,
            "GIT_COMMITTER_DATE": committer.gitDate,
        ]
        let arguments =
            ["-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree.hex] + parents.flatMap { ["-p", $0.hex] }
            + ["--gpg-sign", "-F", "-"]
        let outcome = try start(
            arguments, operation, in: directory, cancellation, people: people, input: Array(message.utf8))
        let line = outcome.output.text.split(whereSeparator: \.isWhitespace).first
        guard outcome.succeeded, let commit = line.flatMap({ ObjectID(hex: $0) }) else {
            let words = signersWords(message, committer, in: directory, cancellation)
            throw GitCommandError(signing: operation, outcome: outcome, words: words)
        }
        return commit
    }

    /// What the program that was to sign says; older versions of git keep that to themselves.
    private func signersWords(
        _ message: String, _ committer: Signature, in directory: String, _ cancellation: Cancellation?
    ) -> String {
        func setting(_ name: String) -> String? {
            let text = try? run(["config", "--get", name], in: directory, as: "read '\(name)'")
            return text.flatMap { $0.split(separator: "\n").first.map(String.init) }
        }
        let format = setting("gpg.format") ?? "openpgp"
        guard format != "ssh", cancellation?.isCancelled != true else { return "" }
        let usual = format == "x509" ? "gpgsm" : setting("gpg.program") ?? "gpg"
        let key = setting("user.signingkey") ?? "\(committer.name) <\(committer.email)>"
        var program = subprocess(setting("gpg.\(format).program") ?? usual, ["--status-fd=2", "-bsau", key])
        program.input = .bytes(Array(message.utf8))
        program.workingDirectory = directory
        do throws(SpawnError) {
            return try program.run(cancellation: cancellation).errors.text
        } catch { return error.description }
    }
}

extension Signature {
    /// As git reads it from a variable.
    fileprivate var gitDate: String {
        let minutes = abs(offsetMinutes)
        let digits = [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + String($0) }.joined()
        return "@\(time.secondsSinceEpoch) \(offsetMinutes < 0 ? "-" : "+")\(digits)"
    }
}
