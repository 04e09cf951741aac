import Basics
import HTTPServer
import Journal
import Model
import Observability
import Runner
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct MetricsPageTests {
    private func page(_ world: PlaneWorld) -> String {
        String(decoding: world.ask("GET", "/metrics").bytes, as: UTF8.self)
    }

    @Test func everyDeclaredMetricIsThereOnce() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        let written = try MetricsPage(world.home).written()
        #expect(written.written == Set(Metric.all))
        let announced = written.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
        #expect(announced.count == Metric.all.count)
        #expect(written.text.contains("leviathan_build_info{version=\"0\",revision=\""))
    }

    @Test func grantsTellTheirClassAndHowLongTheyWaited() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        world.home.feed.step()
        let facts: JSON = [
            "target": "shop", "task_id": "t", "grant": "g", "holder": "h", "class": "high",
            "waiting_since": "2026-03-01T11:58:00Z",
        ]
        _ = try world.home.journals.with {
            try $0.append([world.context.event(Event(EventType("attempt.granted"), facts))])
        }
        world.home.feed.step()
        let text = page(world)
        #expect(text.contains("leviathan_grants_total{target=\"shop\",class=\"high\"} 1\n"))
        #expect(text.contains("leviathan_queue_wait_seconds_sum 120\n"))
        #expect(text.contains("leviathan_spider_last_event_ts 1772366400\n"))
    }

    @Test func breakersOfServicesAreTold() throws {
        let world = try PlaneWorld()
        world.home.feed.step()
        let now = world.context.clock.now()
        var breaker = ServiceBreaker(Service(.forge, "git.example"))
        for _ in 0..<5 {
            breaker =
                breaker.failed("away", by: "p", at: now, Limits.Breaker(failures: 5, cooldown: .seconds(60)))
                ?? breaker
        }
        let draft = world.context.event(.other(.breakerTripped, breaker.json))
        _ = try world.home.journals.with { try $0.append([draft]) }
        world.home.feed.step()
        var text = page(world)
        #expect(
            text.contains(
                "leviathan_breaker_state{scope=\"forge:git.example\",class=\"forge\",state=\"open\"} 1\n"))
        #expect(text.contains("leviathan_breaker_transitions_total{scope=\"forge:git.example\",to=\"open\"} 1\n"))
        // Somebody finds out, and dies over it.
        world.advance(.seconds(61))
        let probed = try #require(breaker.taken(by: "p", at: world.context.clock.now()))
        let probing = world.context.event(.other(.breakerProbed, probed.json))
        _ = try world.home.journals.with { try $0.append([probing]) }
        world.advance(.seconds(600))
        text = String(decoding: try MetricsPage(world.freshHome()).text().utf8, as: UTF8.self)
        #expect(
            text.contains("leviathan_breaker_probe_overdue{scope=\"forge:git.example\",class=\"forge\"} 1\n"),
            "\(text)")
    }

    @Test func aJournalThatCannotBeReadTakesNothingButItselfFromThePage() throws {
        let world = try PlaneWorld()
        try world.directory.write("journal.db", "no database")
        let text = page(world)
        #expect(text.contains("leviathan_store_ready 0\n"))
        #expect(text.contains("leviathan_stop_active 0\n"))
        #expect(!text.contains("leviathan_attempts_total{"))
    }

    @Test func chainsAreFollowedAndABreakIsTold() throws {
        let world = try PlaneWorld()
        world.ingest("shop", "a")
        #expect(page(world).contains("leviathan_chain_verified_timestamp_seconds 0\n"))
        let keeper = ChainKeeper(world.context)
        keeper.look()
        #expect(page(world).contains("leviathan_chain_verified_timestamp_seconds 1772366400\n"))
        #expect(page(world).contains("leviathan_chain_broken 0\n"))
        // Within hours it is not followed again.
        world.advance(.seconds(3600))
        keeper.look()
        #expect(page(world).contains("leviathan_chain_verified_timestamp_seconds 1772366400\n"))
        #expect(page(world).contains("leviathan_anchor_lag_seconds 3600\n"))
    }
}
