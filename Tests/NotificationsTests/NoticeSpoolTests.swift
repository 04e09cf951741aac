import Basics
import Crypto
import Model
import Notifications
import Secrets
import Testing

/// What is told when, as a value.
@Suite struct NoticeSpoolTests {
    private static let start = Instant(secondsSinceEpoch: 1_800_000_000)

    private func time(_ seconds: Int64) -> Instant { Self.start + .seconds(seconds) }

    private func notice(_ number: Int, target: String = "one", topic: NotificationTopic = .pullRequestOpened)
        -> Notice
    {
        Notice(
            topic, target: target, task: "task-\(number)", time: Self.start,
            text: "pull request #\(number) is open",
            command: "leviathan show task-\(number)")
    }

    private func settings(_ kinds: [NotificationChannel.Kind] = [.webhook], digest: Bool = false)
        -> NotificationSettings
    {
        var settings = NotificationSettings()
        settings.channels = kinds.map { NotificationChannel($0) }
        settings.hasDigest = digest
        return settings
    }

    private func gather(_ spool: inout NoticeSpool, _ settings: NotificationSettings, _ seconds: Int64) {
        var number = spool.outgoing.count
        spool.gather(settings, at: time(seconds)) {
            number += 1
            return "\(seconds)-\(number)"
        }
    }

    @Test func theFirstIsToldAtOnceAndTheRestOfTenMinutesTogether() {
        var spool = NoticeSpool()
        spool.add([notice(1)], at: time(0))
        gather(&spool, settings(), 0)
        #expect(spool.due(at: time(0)).map(\.message.notices.count) == [1])
        spool.add([notice(2), notice(3), notice(9, target: "other")], at: time(60))
        gather(&spool, settings(), 60)
        #expect(spool.outgoing.map(\.message.target) == ["one", "other"])
        gather(&spool, settings(), 599)
        #expect(spool.outgoing.count == 2)
        gather(&spool, settings(), 600)
        #expect(spool.outgoing.last?.message.notices.map(\.task) == ["task-2", "task-3"])
        #expect(spool.pending.isEmpty)
    }

    @Test func whatLastsIsToldOnceADay() {
        var spool = NoticeSpool()
        for seconds in stride(from: 0, to: 86_400, by: 300) as StrideTo<Int64> {
            spool.add([notice(1, topic: .taskBlocked)], at: time(seconds))
            gather(&spool, settings(), seconds)
        }
        #expect(spool.outgoing.count == 1)
        spool.add([notice(1, topic: .taskBlocked)], at: time(86_401))
        gather(&spool, settings(), 86_401)
        #expect(spool.outgoing.count == 2)
    }

    @Test func aDigestTellsTheDayOnceMore() {
        var spool = NoticeSpool()
        let settings = settings(digest: true)
        gather(&spool, settings, 0)
        spool.add([notice(1), notice(2, target: "other")], at: time(10))
        gather(&spool, settings, 10)
        gather(&spool, settings, 86_400)
        let digest = spool.outgoing.filter(\.message.isDigest)
        #expect(digest.map(\.message.notices.count) == [2])
        #expect(digest.first?.message.subject == "leviathan: all targets: 2 events today")
    }

    @Test func whatNobodyTakesIsTriedLaterAndLaterAndGivenUpAfterThreeDays() {
        var spool = NoticeSpool()
        spool.add([notice(1)], at: time(0))
        gather(&spool, settings(), 0)
        var (now, tries): (Int64, [Int64]) = (0, [])
        while now < 4 * 86_400 {
            for message in spool.due(at: time(now)) {
                tries.append(now)
                spool.settle(message, wasTaken: false, at: time(now))
            }
            now += 60
        }
        #expect(tries.prefix(5) == [0, 60, 180, 420, 900])
        #expect(tries.count < 90 && spool.outgoing.isEmpty && spool.lost == 1)
    }

    @Test func aChannelGetsThirtyMessagesAnHour() {
        var spool = NoticeSpool()
        for number in 0..<40 { spool.add([notice(number, target: "target-\(number)")], at: time(0)) }
        gather(&spool, settings(), 0)
        let first = spool.due(at: time(0))
        #expect(first.count == 30)
        for message in first { spool.settle(message, wasTaken: true, at: time(0)) }
        #expect(spool.due(at: time(60)).isEmpty)
        #expect(spool.due(at: time(3601)).count == 10)
    }

    @Test func aChannelIsToldWhatItAskedFor() {
        var settings = settings([.webhook, .slack])
        settings.channels[1].topics = [.stopped]
        var spool = NoticeSpool()
        spool.add([notice(1)], at: time(0))
        gather(&spool, settings, 0)
        #expect(spool.outgoing.map(\.channel) == [.webhook])
    }

    @Test func aSpoolIsKeptAsItIs() {
        var spool = NoticeSpool()
        spool.position = 7
        spool.add([notice(1), notice(2, target: "other")], at: time(0))
        gather(&spool, settings([.webhook, .mail], digest: true), 0)
        spool.add([notice(3)], at: time(5))
        if let message = spool.due(at: time(5)).first { spool.settle(message, wasTaken: true, at: time(5)) }
        #expect(NoticeSpool(spool.json) == spool)
        #expect(NoticeSpool(["version": 2]) == nil)
    }

    /// RFC 4231, cases 2 and 6.
    @Test func signaturesAreThoseOfTheStandard() {
        let short = HMAC.sha256(Array("what do ya want for nothing?".utf8), key: Secret("Jefe"))
        #expect(
            Hex.encode(short) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = HMAC.sha256([1, 2, 3], key: Secret(String(repeating: "k", count: 131)))
        #expect(
            Hex.encode(long)
                == Hex.encode(
                    HMAC.sha256([1, 2, 3], key: Secret(String(repeating: "k", count: 131)))))
    }
}
