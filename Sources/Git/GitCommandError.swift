internal import Basics
internal import Processes
internal import Secrets

/// A run of the `git` program that failed.
package struct GitCommandError: ExplainedError {
    /// The cases that a caller can act on.
    package enum Kind: Hashable, Sendable {
        case programMissing
        case tooOld(found: String)
        case timedOut
        case cancelled
        case authenticationFailed
        case remoteNotFound
        /// A hook or a rule of the remote said no.
        case refused
        /// The remote's reference does not stand where it was expected.
        case staleLease
        /// Another process has moved the reference here meanwhile.
        case referenceMoved
        /// The file whose being there keeps others from a reference, or from all of them.
        case referenceLocked(String)
        case unreachable
        case other

        /// What to do about a lock that stays.
        package static let lockHint =
            "wait until the other git has finished; 'leviathan doctor' tells what is left of one that died, "
            + "and 'leviathan doctor --fix' removes that"
    }

    package let kind: Kind
    package let operation: String
    /// What git or the remote said, without credentials.
    package let reason: String

    package init(_ kind: Kind, _ operation: String, reason: String) {
        (self.kind, self.operation) = (kind, URLRedaction.redact(operation))
        self.reason = URLRedaction.redact(reason)
    }

    package var message: String { "cannot \(operation)" }
    package var causes: [String] { [reason] }

    package var hint: String? {
        switch kind {
        case .programMissing: "install git, such as with: apt-get install git"
        case .tooOld: "install git \(GitVersion.minimum) or newer"
        case .authenticationFailed: "check that 'git fetch' works here without asking for a password"
        case .remoteNotFound:
            isOfAnAddress ? "check the address" : "check the remote's address with: git remote -v"
        case .unreachable:
            isOfAnAddress
                ? "check the network, and the address"
                : "check the network, and the remote's address with: git remote -v"
        case .timedOut:
            "the remote did not answer in time; try again, or give it more with LEVIATHAN_GIT_TIMEOUT, such as 10m"
        case .staleLease: "somebody else moved the branch; nothing was overwritten"
        case .referenceMoved: "another process has moved it at the same time; try again"
        case .referenceLocked: Kind.lockHint
        case .refused: "the remote's own rules decide; ask those who run it"
        case .cancelled, .other: nil
        }
    }

    /// Whether an address was given, where otherwise a remote of a repository is named.
    private var isOfAnAddress: Bool { operation.hasPrefix("clone ") }

    /// Reads git's own words for what went wrong.
    init(_ operation: String, outcome: ProcessOutcome) {
        let text = outcome.errors.text
        let kind: Kind =
            switch outcome.ending {
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            default: Self.kind(of: text.lowercased(), original: text)
            }
        self.init(kind, operation, reason: Self.reason(in: text) ?? outcome.ending.description)
    }

    /// The words of the program that was to sign; git's own only say that it failed.
    init(signing operation: String, outcome: ProcessOutcome, words more: String) {
        let kind: Kind =
            switch outcome.ending {
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            default: .other
            }
        let lines = (more + "\n" + outcome.errors.text).split(whereSeparator: \.isNewline).filter {
            !$0.hasPrefix("[GNUPG:]") && !$0.hasPrefix("hint:")
        }
        let words = lines.prefix(6).joined(separator: "; ")
        self.init(kind, operation, reason: words.isEmpty ? outcome.ending.description : words)
    }

    private static func kind(of text: String, original: String) -> Kind {
        func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
        if says(
            "authentication failed", "could not read username", "could not read password", "permission denied (",
            "host key verification failed", "ssl certificate problem", "server certificate verification failed")
        {
            return .authenticationFailed
        }
        if says("stale info") { return .staleLease }
        if let kind = referenceKind(of: original) { return kind }
        if says("[remote rejected]", "pre-receive hook declined", "remote: error") { return .refused }
        if says(
            "could not resolve host", "connection refused", "connection timed out", "unable to connect",
            "failed to connect",
            "network is unreachable", "no route to host", "connection reset", "unexpectedly", "early eof")
        {
            return .unreachable
        }
        if says("does not appear to be a git repository", "repository not found", "does not exist", "not found") {
            return .remoteNotFound
        }
        return .other
    }

    /// Why a reference here could not be set; `nil` where something else is the matter.
    private static func referenceKind(of text: String) -> Kind? {
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("remote:") {
            if line.contains("File exists"),
                let path = line.split(separator: "'").first(where: { $0.hasPrefix("/") && $0.hasSuffix(".lock") })
            {
                return .referenceLocked(String(path))
            }
            let isAboutReference = line.contains("cannot lock ref") || line.contains("[rejected]")
            let phrases = ["but expected", "reference already exists", "incorrect old value provided"]
            if isAboutReference, phrases.contains(where: { line.contains($0) }) { return .referenceMoved }
        }
        return nil
    }

    /// The lines that say why, without git's general advice.
    private static func reason(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0) }.filter { line in
            !line.hasPrefix("hint:") && !line.hasPrefix("To ")
                && !line.contains("Please make sure you have the correct")
                && !line.hasPrefix("and the repository exists")
                && !line.contains("Could not read from remote repository")
        }
        let said = lines.filter {
            $0.hasPrefix("remote:") || $0.hasPrefix("fatal:") || $0.hasPrefix("error:") || $0.hasPrefix(" !")
        }
        let chosen = (said.isEmpty ? lines : said).prefix(6).map { line in
            String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return chosen.isEmpty ? nil : chosen.joined(separator: "; ")
    }
}

/// The version of the `git` program.
package struct GitVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    /// Push with `--force-with-lease` per reference and `--porcelain` works as used here from this version on.
    package static let minimum = GitVersion(major: 2, minor: 30)

    /// Reads `git version 2.39.5 (…)`.
    init?(_ text: String) {
        let numbers = text.split(separator: " ").dropFirst(2).first?.split(separator: ".").prefix(2).map {
            Int($0)
        }
        guard text.hasPrefix("git version "), let numbers, numbers.count == 2, let major = numbers[0],
            let minor = numbers[1]
        else { return nil }
        (self.major, self.minor) = (major, minor)
    }

    private init(major: Int, minor: Int) { (self.major, self.minor) = (major, minor) }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: GitVersion, right: GitVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
