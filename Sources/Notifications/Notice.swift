package import Basics
package import Model

/// Something that people are told of, with what they can type next.
package struct Notice: Hashable, Sendable {
    package let topic: NotificationTopic
    /// `nil` for what concerns every target.
    package let target: String?
    package let task: String?
    package let time: Instant
    package let text: String
    /// The command that shows more of it, or that lifts it.
    package let command: String
    package var url: String?

    package init(
        _ topic: NotificationTopic, target: String?, task: String? = nil, time: Instant, text: String,
        command: String, url: String? = nil
    ) {
        (self.topic, self.target, self.task, self.time) = (topic, target, task, time)
        (self.text, self.command, self.url) = (text, command, url)
    }

    package var json: JSON {
        [
            "event": .string(topic.rawValue), "target": .optional(target), "task": .optional(task),
            "time": .string(time.secondsText), "text": .string(text), "command": .string(command),
            "url": .optional(url),
        ]
    }

    /// `nil` where it is not what `json` writes.
    package init?(_ json: JSON) {
        guard let topic = json["event"]?.string.flatMap(NotificationTopic.init(rawValue:)),
            let time = json["time"]?.string.flatMap({ Instant($0) }), let text = json["text"]?.string,
            let command = json["command"]?.string
        else { return nil }
        self.init(
            topic, target: json["target"]?.string, task: json["task"]?.string, time: time, text: text,
            command: command, url: json["url"]?.string)
    }
}

/// Notices that are told together.
package struct NoticeMessage: Hashable, Sendable {
    /// So many are told one by one; of more only their number is.
    private static let shown = 20

    package let target: String?
    package let isDigest: Bool
    package let notices: [Notice]

    package init(target: String?, isDigest: Bool = false, _ notices: [Notice]) {
        (self.target, self.isDigest, self.notices) = (target, isDigest, notices)
    }

    package var subject: String {
        let name = target ?? (isDigest ? "all targets" : "this machine")
        let what = notices.count == 1 ? notices[0].text : "\(notices.count) events"
        return "leviathan: \(name): \(what)" + (isDigest ? " today" : "")
    }

    /// Each with its next command, in plain lines.
    package var lines: [String] {
        let shown = notices.prefix(Self.shown).map { notice in
            let name = [notice.target, notice.task].compactMap(\.self).joined(separator: "/")
            return (name.isEmpty ? "" : name + ": ") + notice.text + (notice.url.map { " \($0)" } ?? "")
                + "\n  next: \(notice.command)"
        }
        let more = notices.count - shown.count
        return shown + (more > 0 ? ["and \(more) more: leviathan events"] : [])
    }

    package var json: JSON {
        [
            "version": 1, "target": .optional(target), "digest": .bool(isDigest), "subject": .string(subject),
            "events": .array(notices.map(\.json)),
        ]
    }
}
