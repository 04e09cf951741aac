package import Basics
internal import HTTP
package import Model
internal import Secrets

/// Tells people: keeps what is to be told in a spool, and hands it to their services.
package struct Notifier {
    private static let sizeLimit = 16 << 20

    private let settings: NotificationSettings
    private let directory: String
    private let context: Context
    private let client: HTTPClient

    /// `directory` is where the spool is kept.
    package init(
        _ settings: NotificationSettings, directory: String, _ context: Context, caBundle: String? = nil
    ) {
        (self.settings, self.directory, self.context) = (settings, directory, context)
        client = HTTPClient(
            userAgent: "leviathan", retry: .never, proxies: ProxySettings(environment: context.environment),
            caBundle: caBundle)
    }

    private var path: String { directory + "/spool.json" }

    /// Takes in what `find` makes of the journal since the position that it is given, and of what is held now.
    package func take(_ find: (Int?) -> (notices: [Notice], position: Int?)) throws(FileError) {
        guard !settings.channels.isEmpty else { return }
        try changing { spool in
            let found = find(spool.position)
            spool.add(found.notices, at: context.clock.now())
            spool.position = found.position ?? spool.position
            spool.gather(settings, at: context.clock.now()) { context.identifiers.uuid() }
        }
    }

    /// Sends what is due, and returns what went wrong, without any address; what nobody takes stays for later.
    package func deliver(_ cancellation: Cancellation? = nil) throws(FileError) -> [any ExplainedError] {
        guard !settings.channels.isEmpty else { return [] }
        var (due, problems): ([NoticeSpool.Outgoing], [any ExplainedError]) = ([], [])
        try changing { spool in
            due = spool.due(at: context.clock.now())
            if spool.lost > 0 {
                problems.append(NotificationError("\(spool.lost) messages were not taken within three days", []))
            }
            spool.lost = 0
        }
        for message in due where cancellation?.isCancelled != true {
            let problem = send(message, cancellation)
            try changing { $0.settle(message, wasTaken: problem == nil, at: context.clock.now()) }
            if let problem { problems.append(problem) }
        }
        return problems
    }

    private func send(_ message: NoticeSpool.Outgoing, _ cancellation: Cancellation?) -> (any ExplainedError)? {
        guard let channel = settings.channels.first(where: { $0.kind == message.channel }) else { return nil }
        guard let url = channel.url ?? channel.urlVariable.flatMap({ context.environment[$0] }), !url.isEmpty
        else {
            return NotificationError(
                "\(channel.kind.rawValue): the variable '\(channel.urlVariable ?? "")' holds no address", [])
        }
        let secret = channel.secretVariable.flatMap { context.environment[$0] }.map(Secret.init)
        if channel.kind == .mail { return mail(message, channel, url, secret, cancellation) }
        guard Self.isPrivate(url) else {
            return NotificationError("\(channel.kind.rawValue): its address is no https address", [])
        }
        if channel.kind == .webhook, let name = channel.secretVariable, secret?.isEmpty ?? true {
            return NotificationError("webhook: the variable '\(name)' that signs it is empty", [])
        }
        let request = ChannelRequest.http(
            message.message, to: channel, url: url, secret: secret, now: context.clock.now())
        do throws(HTTPError) {
            let response = try client.send(request, cancellation: cancellation)
            if response.isSuccess { return nil }
            return NotificationError("\(channel.kind.rawValue) answered with status \(response.status)", [])
        } catch { return NotificationError("\(channel.kind.rawValue) cannot be reached", error.causes) }
    }

    /// Plain http shows everybody on the way what is said; this machine's own aside.
    private static func isPrivate(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        return ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
    }

    private func mail(
        _ message: NoticeSpool.Outgoing, _ channel: NotificationChannel, _ url: String, _ secret: Secret?,
        _ cancellation: Cancellation?
    ) -> (any ExplainedError)? {
        guard let sender = channel.sender, !channel.recipients.isEmpty else {
            return NotificationError("mail: 'from' and 'to' are needed", [])
        }
        let text = ChannelRequest.mail(
            message.message, from: sender, to: channel.recipients, id: message.id, now: context.clock.now())
        let server = MailServer(url: url, user: channel.user, password: secret)
        do throws(MailError) {
            try MailClient().send(text, from: sender, to: channel.recipients, via: server, cancellation)
            return nil
        } catch { return error }
    }

    /// One process after the other; a spool that cannot be read is begun anew, and the journal loses nothing by that.
    private func changing(_ body: (inout NoticeSpool) -> Void) throws(FileError) {
        try FileSystem.createDirectory(directory, permissions: 0o700)
        guard let lock = try FileLock.wait(for: directory + "/spool.lock", cancellation: context.cancellation)
        else {
            return
        }
        defer { lock.release() }
        var spool = NoticeSpool()
        if try FileSystem.status(path) != nil {
            let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
            spool = (try? JSON.parse(bytes)).flatMap(NoticeSpool.init) ?? NoticeSpool()
        }
        let before = spool
        body(&spool)
        if spool != before {
            try FileSystem.write(Array((spool.json.text() + "\n").utf8), to: path, permissions: 0o600)
        }
    }
}

/// Why people could not be told; the addresses themselves are secrets, and are not in it.
package struct NotificationError: ExplainedError, Equatable {
    package let message: String
    package let causes: [String]
    package let hint: String?

    init(_ message: String, _ causes: [String]) {
        (self.message, self.causes) = ("a notification was not sent: " + message, causes)
        hint = "it is tried again later; see 'notifications:' in config.yaml"
    }
}
