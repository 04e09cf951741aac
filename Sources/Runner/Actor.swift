internal import Git
internal import Glibc

/// Names who acts: by the git identity of the user, whatever a repository says, else by the account.
enum Actor {
    static let variable = "LEVIATHAN_ACTOR"

    static func name(_ environment: [String: String]) -> String {
        // Somebody who acts through the control plane, where it is known who that is.
        if let name = environment[variable], !name.isEmpty { return name }
        let identity = GitIdentity(.author, environment) { configured[$0] }
        if let name = identity.name, let email = identity.email, !name.isEmpty, !email.isEmpty {
            return "\(name) <\(email)>"
        }
        return environment["USER"] ?? environment["LOGNAME"] ?? account
    }

    /// Read once: it does not change while a command runs, and every event names its actor.
    private static let configured = UserConfiguration.strings(GitIdentity.settings)

    private static let account = Account.current?.name ?? "uid \(getuid())"
}
