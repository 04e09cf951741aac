/// What a program may do, held by the kernel from before its first instruction to the end of its last descendant.
///
/// Paths are absolute and lead through no symlink: a repository could otherwise point a granted path elsewhere.
/// Where paths lie within each other the longer one counts, except that nothing below a `readOnly` path can be
/// granted.
///
/// What is coarser than the words, by the level that `report(in:)` tells:
/// - A granted *file* can be rewritten in place. To be replaced (written beside and renamed over, as many tools do)
///   its directory must be `creatable` too.
/// - A granted path that does not exist makes its nearest existing parent `creatable`: new names appear there beside
///   the one that was meant. With a mount namespace the entries that are there stay as they are (symlinks excepted,
///   which can be removed). With Landlock alone existing files below that directory can also be rewritten, though
///   not removed.
/// - With Landlock alone, a directory that has a `readOnly` or `hidden` path somewhere below takes no new entries
///   itself, and neither do those in between; what exists beside the protected path is writable as granted.
/// - A `readOnly` path that does not exist cannot be kept from being made.
package struct Fence: Sendable, Hashable {
    package enum Readable: Sendable, Hashable {
        /// Whatever the user may read, without `hidden`.
        case everything
        /// These files and subtrees, what is granted otherwise, the program itself, `/proc` and harmless devices; with a
        /// mount namespace nothing else is there. Libraries have to be among them, see `systemPaths`. What does not exist
        /// is left out, and what is reached through symlinks is shown with them.
        case only([String])
    }

    package enum Network: Sendable, Hashable { case denied, allowed }

    package enum UnixSockets: Sendable, Hashable {
        /// Those that programs behind the fence make themselves; without namespaces, or with the network open, none.
        case inside
        /// None but connected pairs.
        case denied
    }

    /// A layer for whatever is written, above directories that stay as they are.
    ///
    /// Deletions in `upper` are character devices 0/0 and opaque directories carry `user.overlay.opaque`, for root as
    /// for everybody else. All layers lie on a file system with user attributes; `upper` and `work` on the same one.
    /// Nothing waits for the disk: after a power failure `upper` and `work` are to be thrown away.
    package struct Overlay: Sendable, Hashable {
        /// The uppermost first; at most four.
        package var lowers: [String]
        package var upper: String
        package var work: String
        /// An existing directory, often an empty one; granted paths inside it are those of the merged tree.
        package var mountPoint: String

        package init(lowers: [String], upper: String, work: String, mountPoint: String) {
            (self.lowers, self.upper, self.work, self.mountPoint) = (lowers, upper, work, mountPoint)
        }
    }

    /// What a fence may be built from; less than everything to do without it, or to see what then still holds.
    package struct Means: Sendable, Hashable {
        package var namespaces = true
        /// The newest version of Landlock to use; 0 for none.
        package var landlock = Int.max
        package var bubblewrap = true

        package init() {}
    }

    package var writable: [String] = []
    /// Directories that take new entries; with a mount namespace, existing entries that are not granted stay.
    package var creatable: [String] = []
    /// Never written, even below a granted path; seen even below a hidden one.
    package var readOnly: [String] = []
    package var readable = Readable.everything
    /// Never read: empty with a mount namespace; with Landlock alone their names can still be listed.
    package var hidden: [String] = []
    package var network = Network.denied
    package var unixSockets = UnixSockets.inside
    package var limits = FenceLimits()
    package var overlay: Overlay?
    /// A directory that programs see at `stablePath` too, where that can be had.
    package var workspace: String?
    /// Becomes `HOME`; writable.
    package var home: String
    /// Becomes `TMPDIR`; writable, where `/tmp` is a small private directory in memory or not writable at all.
    package var temporary: String
    package var means = Means()

    package init(home: String, temporary: String) { (self.home, self.temporary) = (home, temporary) }

    /// Where every program sees its `workspace`, so that what one left with paths in it is good for the next.
    ///
    /// `nil` where each sees it where it is. `directory` is one to try things out in.
    package static func stablePath(tryingIn directory: String) -> String? {
        FencePlan.stablePath(on: FenceSupport.current(tryingIn: directory))
    }

    /// Where people keep keys and tokens below their home directory; for `hidden`.
    package static func usualSecrets(in home: String) -> [String] {
        [
            ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config", ".netrc", ".git-credentials",
            ".npmrc",
            ".pypirc", ".pgpass", ".password-store", ".local/share/keyrings", ".cargo/credentials",
            ".cargo/credentials.toml", ".gem/credentials", ".m2/settings.xml", ".gradle/gradle.properties",
            ".bash_history", ".zsh_history", ".mozilla", ".thunderbird",
        ].map { home + "/" + $0 }
    }

    /// Where systems keep programs, libraries and their configuration; for `Readable.only`.
    package static let systemPaths = [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/nix", "/gnu",
    ]
}
