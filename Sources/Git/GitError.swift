internal import Basics
internal import CLibGit2

/// A git operation that failed.
package struct GitError: ExplainedError, Equatable {
    /// The cases that a caller can act on.
    package enum Kind: Hashable, Sendable {
        case notARepository
        case notFound
        case referenceExists
        case referenceMoved
        case invalidName
        case tooLarge
        case locked
        case corrupt
        /// The repository belongs to somebody else, see git's `safe.directory`.
        case foreignOwner
        /// The repository uses a format that libgit2 cannot read.
        case unsupportedExtension(String)
        case conflict
        /// A partial clone has left the object at this remote.
        case promised(String)
        /// What a partial clone has left at a remote could not be fetched from there.
        case notFetched
        case other
    }

    package let kind: Kind
    package let operation: String
    /// libgit2's own words, or ours.
    package let reason: String
    package let code: Int

    package init(_ kind: Kind, _ operation: String, reason: String, code: Int = 0) {
        (self.kind, self.operation, self.reason, self.code) = (kind, operation, reason, code)
    }

    package var message: String { "cannot \(operation)" }
    package var causes: [String] { [reason] }

    package var hint: String? {
        switch kind {
        case .unsupportedExtension("objectformat=sha256"):
            "Leviathan reads SHA-1 repositories only; clone into one made with --object-format=sha1"
        case .unsupportedExtension: "use a clone without that extension"
        case .promised(let remote):
            "bring here what the clone has left out, with git 2.36 or newer: git fetch --refetch --no-filter \(remote)"
        case .notFetched: "see that 'git fetch' works there, and try again; nothing was changed"
        case .foreignOwner: "if you trust it: git config --global --add safe.directory <directory>"
        case .locked: "another git process holds the lock; try again when it has finished"
        case .corrupt: "git fsck shows what is damaged"
        default: nil
        }
    }

    /// Reads libgit2's last error; must follow the failed call at once.
    static func last(_ code: Int32, _ operation: String) -> GitError {
        let text = git_error_last().map { String(cString: $0.pointee.message) } ?? "error \(code)"
        return GitError(kind(of: code), operation, reason: text, code: Int(code))
    }

    private static func kind(of code: Int32) -> Kind {
        switch git_error_code(code) {
        case GIT_ENOTFOUND: .notFound
        case GIT_EEXISTS: .referenceExists
        case GIT_EMODIFIED: .referenceMoved
        case GIT_EINVALIDSPEC, GIT_EAMBIGUOUS: .invalidName
        case GIT_ELOCKED: .locked
        case GIT_EOWNER: .foreignOwner
        case GIT_ECONFLICT, GIT_EDIRECTORY: .conflict
        case GIT_EMISMATCH: .corrupt
        default: .other
        }
    }
}

/// Runs one libgit2 call and turns its failure into an error.
func check(_ operation: @autoclosure () -> String, _ call: () -> Int32) throws(GitError) {
    let code = call()
    guard code < 0 else { return }
    throw GitError.last(code, operation())
}
