/// Who is told of what the scheduler does, and how often.
package struct NotificationSettings: Hashable, Sendable {
    package var channels: [NotificationChannel] = []
    /// One message for each target within this time.
    package var pause = Duration.seconds(600)
    /// Whether all that happened in a day is told once more, together.
    package var hasDigest = false

    package init() {}
}

/// What people are told of.
package enum NotificationTopic: String, CaseIterable, Sendable {
    case pullRequestOpened = "pull-request-opened"
    case taskBlocked = "task-blocked"
    case breakerTripped = "breaker-tripped"
    /// Nothing but a person lifts what holds it.
    case held
    case stopped
}

/// One way to tell people.
package struct NotificationChannel: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable { case webhook, slack, discord, mail }

    package var kind: Kind
    package var url: String?
    /// The variable that holds the address, where that is a secret.
    package var urlVariable: String?
    /// The variable that holds what signs a webhook's body, or a mail server's password.
    package var secretVariable: String?
    /// `nil` for all.
    package var topics: [NotificationTopic]?
    package var sender: String?
    package var recipients: [String] = []
    package var user: String?

    package init(_ kind: Kind) { self.kind = kind }

    package func tells(of topic: NotificationTopic) -> Bool { topics?.contains(topic) ?? true }
}
