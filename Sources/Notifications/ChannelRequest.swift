package import Basics
internal import Crypto
package import HTTP
package import Model
package import Secrets

/// Makes of a message what each service takes.
package enum ChannelRequest {
    /// The services refuse longer texts.
    private static let (slackLimit, discordLimit) = (3000, 1900)

    /// `secret` signs the body of a webhook together with the time, so that nobody can send it again later.
    package static func http(
        _ message: NoticeMessage, to channel: NotificationChannel, url: String, secret: Secret?, now: Instant
    ) -> HTTPRequest {
        let body = Array(payload(message, channel.kind).text().utf8)
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if channel.kind == .webhook {
            let time = "\(now.secondsSinceEpoch)"
            headers["X-Leviathan-Timestamp"] = time
            if let secret {
                let signature = HMAC.sha256(Array((time + ".").utf8) + body, key: secret)
                headers["X-Leviathan-Signature"] = "sha256=" + Hex.encode(signature)
            }
        }
        var request = HTTPRequest(.post, url, headers: headers, body: body)
        request.timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(15), idle: .seconds(10))
        (request.followRedirects, request.maxResponseBytes) = (0, 64 << 10)
        return request
    }

    private static func payload(_ message: NoticeMessage, _ kind: NotificationChannel.Kind) -> JSON {
        let text = ([message.subject] + message.lines).joined(separator: "\n")
        switch kind {
        case .webhook, .mail: return message.json
        case .slack: return ["text": .string(cut(slackEscaped(text), slackLimit))]
        case .discord:
            // Nobody is to be called by what stands in a task's title.
            return ["content": .string(cut(text, discordLimit)), "allowed_mentions": ["parse": []]]
        }
    }

    /// As Slack wants it, so that no title becomes a mention or a link.
    private static func slackEscaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }.joined()
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
    }

    /// A mail as it goes over the wire: headers in ASCII, the text in lines of UTF-8.
    package static func mail(
        _ message: NoticeMessage, from sender: String, to recipients: [String], id: String, now: Instant
    ) -> [UInt8] {
        let host = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        let headers = [
            "From: \(sender)", "To: \(recipients.joined(separator: ", "))",
            "Subject: \(encodedWord(message.subject))",
            "Date: \(MailDate.text(now))", "Message-ID: <\(id)@\(host)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
            "Auto-Submitted: auto-generated",
        ]
        let text = message.lines.joined(separator: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.filter { !$0.isNewline }.prefix(900)) }
        return Array((headers + [""] + text + [""]).joined(separator: "\r\n").utf8)
    }

    /// RFC 2047, whatever the subject holds: no line break gets into a header.
    private static func encodedWord(_ text: String) -> String {
        let plain = text.filter { !$0.isNewline }.prefix(150)
        if plain.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(plain) }
        let encoded = plain.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "=" + Hex.encode([byte]).uppercased()
        }
        // A word has at most 75 characters, and no character is split between two.
        var (words, word) = ([String](), "")
        for piece in encoded {
            if word.count + piece.count > 60 {
                words.append(word)
                word = ""
            }
            word += piece
        }
        return (words + [word]).map { "=?utf-8?q?\($0)?=" }.joined(separator: "\r\n ")
    }
}

/// A time as mails write it (RFC 5322), in UTC.
enum MailDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    static func text(_ instant: Instant) -> String {
        let day = instant.secondsSinceEpoch.flooredDivision(by: 86_400)
        let date = CalendarDate(daysSinceEpoch: day)
        let weekday = days[Int(day - day.flooredDivision(by: 7) * 7)]
        let time = instant.secondsText.dropFirst(11).prefix(8)
        return "\(weekday), \(date.day) \(months[date.month - 1]) \(date.year) \(time) +0000"
    }
}
