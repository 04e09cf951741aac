/// The hooks of git's that Leviathan knows.
package enum HookName: String, CaseIterable, Sendable {
    case preCommit = "pre-commit"
    case commitMessage = "commit-msg"
    case prePush = "pre-push"
    case preReceive = "pre-receive"

    /// Where it judges what others push.
    package var isServers: Bool { self == .preReceive }

    /// Whether git tells it on standard input what is about to happen.
    package var readsInput: Bool { self == .prePush || self == .preReceive }

    package static var ofCheckouts: [HookName] { allCases.filter { !$0.isServers } }
}
