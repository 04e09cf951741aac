internal import Basics
internal import Model
internal import YAML

/// `notifications:` of a machine's `config.yaml`.
enum NotificationFormat {
    static let fields: [Field<NotificationSettings>] =
        [
            Field(
                "every", \.pause, .duration(1...86_400), standard: "10m",
                "People get one message for each target within this time."),
            Field(
                "digest", \.hasDigest, .flag, standard: "false",
                "Whether all that happened in a day is told once more, together."),
        ]
        + NotificationChannel.Kind.allCases.map(field)

    private static let channel = RecordFormat<NotificationChannel>(
        "a channel",
        [
            Field(
                "url", \.url, .text, also: ["server"],
                "Its address: https, or smtps:// and smtp:// for mail."),
            Field(
                "url_variable", \.urlVariable, .text,
                "The variable that holds the address, where that is a secret."),
            Field(
                "secret_variable", \.secretVariable, .text, also: ["password_variable"],
                "The variable that holds what signs a webhook, or the password of a mail server."),
            Field("events", \.topics, .list(of: .choice()), "What is told; without it everything."),
            Field("from", \.sender, .text, "The sender of mails."),
            Field("to", \.recipients, .list(of: .text), "Who gets mails."),
            Field("user", \.user, .text, "The name at the mail server."),
        ])

    private static func field(_ kind: NotificationChannel.Kind) -> Field<NotificationSettings> {
        Field<NotificationSettings>(
            kind.rawValue, expected: "a mapping with `url` or `url_variable`",
            schema: ["type": ["object", "null"]],
            "Where messages go: \(kind.rawValue)."
        ) { entry, settings, context in
            guard entry.value.pairs != nil else {
                return context.reportWrongType(entry.value, expected: "a mapping with `url` or `url_variable`")
            }
            var record = Record(NotificationChannel(kind))
            channel.read(entry.value, into: &record, &context)
            let found = record.value
            if let problem = problem(of: found) { context.report(.wrongType, problem, at: entry.value.span) }
            settings.channels.append(found)
        }
    }

    private static func problem(of channel: NotificationChannel) -> String? {
        guard (channel.url == nil) != (channel.urlVariable == nil) else {
            return "a channel has either `url` or `url_variable`"
        }
        if channel.kind == .mail {
            if channel.sender == nil || channel.recipients.isEmpty { return "mail needs `from` and `to`" }
            let addresses = [channel.sender ?? ""] + channel.recipients
            if let wrong = addresses.first(where: { !isAddress($0) }) { return "'\(wrong)' is no mail address" }
            if let url = channel.url, !url.hasPrefix("smtp://"), !url.hasPrefix("smtps://") {
                return "a mail server is written as smtp://host or smtps://host"
            }
        } else if let url = channel.url, !url.hasPrefix("https://"), !isLocal(url) {
            return "its address must be an https address"
        }
        return nil
    }

    private static func isLocal(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count < 255
            && text.utf8.allSatisfy { (0x21..<0x7F).contains($0) && !"<>,;\"\\".utf8.contains($0) }
    }
}
