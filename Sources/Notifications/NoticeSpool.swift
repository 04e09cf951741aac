package import Basics
package import Model

/// What is still to be told, and when who was told what: pure decisions over a value that is kept in a file.
package struct NoticeSpool: Hashable, Sendable {
    /// A message on its way to one channel.
    package struct Outgoing: Hashable, Sendable {
        package let id: String
        package let channel: NotificationChannel.Kind
        package let message: NoticeMessage
        package var failures = 0
        package var due: Instant
        package let made: Instant
    }

    /// More is not kept: the journal has all of it.
    private static let most = 500
    /// What is held in the same way is told of again only after this.
    private static let silence = Duration.seconds(86_400)
    private static let mostPerHour = 30
    private static let longestLife = Duration.seconds(3 * 86_400)

    /// The last event of the journal that was looked at; `nil` before the first look.
    package var position: Int?
    package private(set) var pending: [Notice] = []
    package private(set) var outgoing: [Outgoing] = []
    /// Messages that nobody took within three days, since the last look at them.
    package var lost = 0
    private var told: [String: Instant] = [:]
    private var known: [String: Instant] = [:]
    private var sent: [String: [Instant]] = [:]
    private var today: [Notice] = []
    private var digested: String?

    package init() {}

    package var isEmpty: Bool { pending.isEmpty && outgoing.isEmpty }

    /// Takes notices in, each at most once a day where it tells of something that lasts.
    package mutating func add(_ notices: [Notice], at now: Instant) {
        known = known.filter { $0.value + Self.silence > now }
        for notice in notices {
            let key = [notice.topic.rawValue, notice.target ?? "", notice.task ?? "", notice.url ?? notice.text]
                .joined(separator: "\u{0}")
            guard known[key] == nil else { continue }
            known[key] = now
            pending.append(notice)
            today.append(notice)
        }
        pending = Array(pending.suffix(Self.most))
        today = Array(today.suffix(Self.most))
    }

    /// Makes messages of what may be told now: one for each target within the pause.
    package mutating func gather(_ settings: NotificationSettings, at now: Instant, id: () -> String) {
        told = told.filter { $0.value + settings.pause > now }
        let targets = Dictionary(grouping: pending) { $0.target ?? "" }
        for (target, notices) in targets.sorted(by: { $0.key < $1.key }) where told[target] == nil {
            told[target] = now
            pending.removeAll { ($0.target ?? "") == target }
            send(target.isEmpty ? nil : target, notices, settings, now, id)
        }
        let day = String(now.secondsText.prefix(10))
        guard let last = digested else { return digested = day }
        guard last != day else { return }
        digested = day
        if settings.hasDigest, !today.isEmpty { send(nil, today, settings, now, id, isDigest: true) }
        today = []
    }

    private mutating func send(
        _ target: String?, _ notices: [Notice], _ settings: NotificationSettings, _ now: Instant,
        _ id: () -> String, isDigest: Bool = false
    ) {
        for channel in settings.channels {
            let own = notices.filter { channel.tells(of: $0.topic) }
            guard !own.isEmpty else { continue }
            outgoing.append(
                Outgoing(
                    id: id(), channel: channel.kind,
                    message: NoticeMessage(target: target, isDigest: isDigest, own),
                    due: now, made: now))
        }
        outgoing = Array(outgoing.suffix(Self.most))
    }

    /// The messages that may go out now, within what a channel takes in an hour.
    package mutating func due(at now: Instant) -> [Outgoing] {
        let before = outgoing.count
        outgoing.removeAll { $0.made + Self.longestLife <= now }
        lost += before - outgoing.count
        var room: [NotificationChannel.Kind: Int] = [:]
        for kind in NotificationChannel.Kind.allCases {
            sent[kind.rawValue] = (sent[kind.rawValue] ?? []).filter { $0 + .seconds(3600) > now }
            room[kind] = Self.mostPerHour - (sent[kind.rawValue]?.count ?? 0)
        }
        return outgoing.filter { message in
            guard message.due <= now, let left = room[message.channel], left > 0 else { return false }
            room[message.channel] = left - 1
            return true
        }
    }

    package mutating func settle(_ message: Outgoing, wasTaken: Bool, at now: Instant) {
        guard let place = outgoing.firstIndex(where: { $0.id == message.id }) else { return }
        guard !wasTaken else {
            outgoing.remove(at: place)
            sent[message.channel.rawValue, default: []].append(now)
            return
        }
        outgoing[place].failures += 1
        let pause = Duration.seconds(60 * Int64(1 << min(outgoing[place].failures - 1, 6)))
        outgoing[place].due = now + pause
    }
}

// MARK: As it is kept

extension NoticeSpool {
    package var json: JSON {
        func times(_ times: [String: Instant]) -> JSON {
            .object(times.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value.description)) })
        }
        return [
            "version": 1, "position": .optional(position), "pending": .array(pending.map(\.json)),
            "today": .array(today.map(\.json)), "digested": .optional(digested), "lost": .integer(lost),
            "told": times(told), "known": times(known),
            "sent": .object(
                sent.sorted { $0.key < $1.key }.map {
                    JSON.Member($0.key, .strings($0.value.map(\.description)))
                }),
            "outgoing": .array(
                outgoing.map { message in
                    [
                        "id": .string(message.id), "channel": .string(message.channel.rawValue),
                        "target": .optional(message.message.target), "digest": .bool(message.message.isDigest),
                        "notices": .array(message.message.notices.map(\.json)),
                        "failures": .integer(message.failures),
                        "due": .string(message.due.description), "made": .string(message.made.description),
                    ]
                }),
        ]
    }

    /// `nil` where it is not what `json` writes.
    package init?(_ json: JSON) {
        func times(_ name: String) -> [String: Instant] {
            Dictionary(
                (json[name]?.members ?? []).compactMap { member in
                    member.value.string.flatMap { Instant($0) }.map { (member.name, $0) }
                }
            ) { first, _ in first }
        }
        func notices(_ json: JSON?) -> [Notice] { (json?.elements ?? []).compactMap(Notice.init) }
        guard json["version"]?.integer == 1 else { return nil }
        (position, lost, digested) = (
            json["position"]?.integer, json["lost"]?.integer ?? 0, json["digested"]?.string
        )
        (pending, today) = (notices(json["pending"]), notices(json["today"]))
        (told, known) = (times("told"), times("known"))
        for member in json["sent"]?.members ?? [] {
            sent[member.name] = (member.value.elements ?? []).compactMap { $0.string.flatMap { Instant($0) } }
        }
        outgoing = (json["outgoing"]?.elements ?? []).compactMap { entry in
            guard let id = entry["id"]?.string,
                let channel = entry["channel"]?.string.flatMap(NotificationChannel.Kind.init(rawValue:)),
                let due = entry["due"]?.string.flatMap({ Instant($0) }),
                let made = entry["made"]?.string.flatMap({ Instant($0) })
            else { return nil }
            let message = NoticeMessage(
                target: entry["target"]?.string, isDigest: entry["digest"]?.bool == true, notices(entry["notices"])
            )
            return Outgoing(
                id: id, channel: channel, message: message, failures: entry["failures"]?.integer ?? 0, due: due,
                made: made)
        }
    }
}
