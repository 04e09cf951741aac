import Basics
import Crypto
import Model
import Notifications
import Secrets
import TestSupport
import Testing

/// Messages that real servers take.
@Suite(.timeLimit(.minutes(60))) struct NotifierTests {
    private let place: TemporaryDirectory
    private static let now = Instant(secondsSinceEpoch: 1_800_000_000)

    init() throws { place = try TemporaryDirectory() }

    private func notifier(
        _ channels: [NotificationChannel], _ environment: [String: String] = [:], at now: Instant = Self.now
    ) -> Notifier {
        var settings = NotificationSettings()
        settings.channels = channels
        let context = Context(
            environment: environment, clock: Clock { now }, zones: ZoneSource(environment), showsUTC: true,
            identifiers: .system, cancellation: Cancellation(), observer: .silent)
        return Notifier(settings, directory: place.path, context)
    }

    private func channel(_ kind: NotificationChannel.Kind, _ url: String) -> NotificationChannel {
        var channel = NotificationChannel(kind)
        channel.url = url
        return channel
    }

    private func tell(_ notifier: Notifier, _ text: String = "pull request #1 is open for review") throws {
        try notifier.take { position in
            let notice = Notice(
                .pullRequestOpened, target: "shop", task: "task-1", time: Self.now, text: text,
                command: "leviathan show task-1", url: "https://example.com/1")
            return ([notice], (position ?? 0) + 1)
        }
    }

    @Test func aWebhookIsSignedWithItsTime() throws {
        let server = try HTTPTestServer(replies: [.status(204)])
        var channel = channel(.webhook, server.url + "/hook")
        channel.secretVariable = "HOOK_SECRET"
        let notifier = notifier([channel], ["HOOK_SECRET": "s3cret-value"])
        try tell(notifier)
        #expect(try notifier.deliver().isEmpty)
        let request = try #require(server.requests.first)
        let time = try #require(request.header("X-Leviathan-Timestamp"))
        #expect(time == "1800000000")
        let signature = HMAC.sha256(Array("\(time).".utf8) + request.body, key: Secret("s3cret-value"))
        #expect(request.header("X-Leviathan-Signature") == "sha256=" + Hex.encode(signature))
        let json = try JSON.parse(request.body)
        #expect(json["events"]?.elements?.first?["command"]?.string == "leviathan show task-1")
        #expect(json["target"]?.string == "shop" && json["version"]?.integer == 1)
        // Nothing is sent twice.
        #expect(try notifier.deliver().isEmpty && server.requests.count == 1)
    }

    @Test func chatsGetTextInWhichNobodyIsCalled() throws {
        let server = try HTTPTestServer(replies: [.status(200)])
        let notifier = notifier([
            channel(.slack, server.url + "/slack"), channel(.discord, server.url + "/discord"),
        ])
        try tell(notifier, "<!channel> @everyone #1")
        #expect(try notifier.deliver().isEmpty)
        let bodies = try server.requests.map { try JSON.parse($0.body) }
        #expect(bodies[0]["text"]?.string?.contains("&lt;!channel&gt;") == true)
        #expect(bodies[0]["text"]?.string?.contains("next: leviathan show task-1") == true)
        #expect(bodies[1]["allowed_mentions"] == ["parse": []])
        #expect(bodies[1]["content"]?.string?.contains("next: leviathan show task-1") == true)
    }

    @Test func whatAServerRefusesStaysInTheSpool() throws {
        let server = try HTTPTestServer(replies: [.status(503), .status(200)])
        let channels = [channel(.webhook, server.url + "/secret-path")]
        try tell(notifier(channels))
        let problems = try notifier(channels).deliver()
        #expect(problems.map(\.message) == ["a notification was not sent: webhook answered with status 503"])
        #expect(!problems.contains { $0.description.contains("secret-path") })
        #expect(try notifier(channels).deliver().isEmpty && server.requests.count == 1)
        #expect(try notifier(channels, at: Self.now + .seconds(60)).deliver().isEmpty)
        #expect(server.requests.count == 2)
    }

    @Test func nothingGoesInTheClear() throws {
        let channels = [channel(.webhook, "http://example.com/hook")]
        try tell(notifier(channels))
        #expect(try notifier(channels).deliver().first?.message.contains("no https address") == true)
        var signed = channel(.webhook, "https://example.com/hook")
        signed.secretVariable = "UNSET"
        try FileSystem.removeTree(place.path + "/spool.json")
        try tell(notifier([signed]))
        #expect(try notifier([signed]).deliver().first?.message.contains("'UNSET' that signs it is empty") == true)
    }

    @Test func aSpoolThatIsBrokenIsBegunAnew() throws {
        try FileSystem.write(Array("{".utf8), to: place.path + "/spool.json")
        let server = try HTTPTestServer(replies: [.status(200)])
        try tell(notifier([channel(.webhook, server.url)]))
        #expect(try notifier([channel(.webhook, server.url)]).deliver().isEmpty && server.requests.count == 1)
    }

    private static let mailServer = """
        import asyncio, sys
        from aiosmtpd.smtp import SMTP
        class Handler:
            async def handle_DATA(self, server, session, envelope):
                text = envelope.content.decode("utf-8").replace("\\r\\n", "\\\\n")
                print(envelope.mail_from, ",".join(envelope.rcpt_tos), text, sep="|", flush=True)
                return "250 taken"
        async def main():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await loop.run_in_executor(None, sys.stdin.read)
        asyncio.run(main())
        """

    private static let hasMailServer =
        (try? BackgroundProgram.run(["/usr/bin/python3", "-c", "import aiosmtpd"])) != nil

    @Test(.enabled(if: hasMailServer)) func mailIsHandedToARealServer() throws {
        let server = try BackgroundProgram(["/usr/bin/python3", "-c", Self.mailServer])
        let port = try #require(server.readLine())
        var channel = channel(.mail, "smtp://127.0.0.1:\(port)")
        (channel.sender, channel.recipients) = ("leviathan@example.com", ["kim@example.com", "lee@example.com"])
        let notifier = notifier([channel])
        try tell(notifier, "Überschrift\r\nBcc: other@example.com")
        let problems = try notifier.deliver()
        #expect(problems.isEmpty, "\(problems.map(\.description))")
        let mail = try #require(server.readLine())
        #expect(mail.hasPrefix("leviathan@example.com|kim@example.com,lee@example.com|"), "\(mail)")
        #expect(
            mail.contains("Subject: =?utf-8?q?") && !mail.contains("\\nBcc:")
                && mail.contains("next: leviathan show"))
        #expect(mail.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"), "\(mail)")
    }

    @Test func aMailServerThatIsAwayIsNamed() throws {
        var channel = channel(.mail, "smtp://127.0.0.1:1")
        (channel.sender, channel.recipients) = ("leviathan@example.com", ["kim@example.com"])
        let notifier = notifier([channel])
        try tell(notifier)
        #expect(try notifier.deliver().first?.message.contains("the mail server '") == true)
    }
}
