import API
import Basics
import HTTP
import HTTPServer
import Runner
import Secrets
import TestSupport
import Testing

@testable import ControlPlane

@Suite(.timeLimit(.minutes(60))) struct ObserverTests {
    private static func observer(_ world: PlaneWorld, url: String? = nil) -> ObserverService {
        ObserverService(
            url: url, token: Secret(PlaneWorld.token), world.home.access, world.context, version: "0")
    }

    private func ask(
        _ observer: ObserverService, _ method: String, _ target: String, _ body: JSON? = nil,
        key: String? = PlaneWorld.token
    ) -> ServerResponse {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var headers: HTTPHeaders = ["Host": "localhost"]
        if let key { headers["Authorization"] = "Bearer " + key }
        let request = ServerRequest(
            method, parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers, peer: "127.0.0.1",
            body: body?.utf8() ?? [])
        switch observer.admit(request) {
        case .answered(let response): return response
        case .admitted(_, let answer): return answer(request)
        }
    }

    private static func event(_ id: String, _ type: String = "attempt.created") -> JSON {
        ["event_id": .string(id), "event_type": .string(type), "timestamp": "2026-03-01T12:00:00Z"]
    }

    @Test func forwardersAreHeardAndNothingIsCountedTwice() throws {
        let observer = Self.observer(try PlaneWorld())
        let bundle: JSON = [
            "target": "shop", "bundle_id": "b", "events": [Self.event("1"), Self.event("2", "odd\"type")],
        ]
        #expect(ask(observer, "POST", "/v1/events/ingest", bundle).json["ingested"] == 2)
        #expect(ask(observer, "POST", "/v1/events/ingest", bundle).json["known"] == 2)
        let recent = ask(observer, "GET", "/v1/events/recent?limit=1").json["events"]?.elements
        #expect(recent?.map { $0["event_id"]?.string } == ["2"])
        let page = String(decoding: ask(observer, "GET", "/metrics").bytes, as: UTF8.self)
        #expect(page.contains("leviathan_events_received_total 2\n"))
        #expect(page.contains("leviathan_events_by_type_total{event_type=\"other\"} 1\n"))
        #expect(
            page.contains("leviathan_spider_up 1\n")
                && page.contains("leviathan_spider_last_event_ts 1772366400\n"))
    }

    @Test func whoMayNotLookIsTurnedAway() throws {
        let world = try PlaneWorld()
        let observer = Self.observer(world)
        #expect(ask(observer, "GET", "/health", key: nil).status == 200)
        for path in ["/metrics", "/v1/events/recent", "/v1/events/stream"] {
            #expect(ask(observer, "GET", path, key: nil).status == 401, "\(path)")
            #expect(ask(observer, "GET", path, key: try world.key(.view, ["shop"])).status == 403, "\(path)")
            #expect(ask(observer, "GET", path, key: try world.key(.view)).status == 200, "\(path)")
            #expect(ask(observer, "DELETE", path).status == 405, "\(path)")
        }
        #expect(ask(observer, "POST", "/v1/events/ingest", [:], key: try world.key(.view)).status == 403)
        for (body, status) in [(["events": [["x": 1]]], 422), (["events": 1], 422)] as [(JSON, Int)] {
            #expect(ask(observer, "POST", "/v1/events/ingest", body).status == status)
        }
        #expect(ask(observer, "GET", "/v1/events/recent?limit=0").status == 400)
        #expect(ask(observer, "GET", "/nowhere").status == 404)
    }

    /// A control plane of the same home as a process of its own would be.
    private func serve(_ world: PlaneWorld, _ port: Int) throws -> (home: ControlPlaneHome, server: HTTPServer) {
        let home = world.freshHome()
        home.start()
        return (home, try HTTPServer(ServerSettings(host: "127.0.0.1", port: port), ControlPlaneService(home)))
    }

    @Test func itFollowsAControlPlaneThatGoesAndComesBack() throws {
        let world = try PlaneWorld()
        let port = try TestPort.free()
        let first = try serve(world, port)
        let observer = Self.observer(world, url: "http://127.0.0.1:\(port)")
        observer.start()
        defer { observer.stop() }
        func ids() -> [String] {
            (ask(observer, "GET", "/v1/events/recent").json["events"]?.elements ?? []).compactMap {
                $0["event_id"]?.string
            }
        }
        func isConnected() -> Bool { ask(observer, "GET", "/health").json["connected"] == true }
        waitUntil { isConnected() && first.home.feed.hasAdmittedAll }
        world.ingest("shop", "a", ends: nil)
        waitUntil { ids() == ["a-1"] }
        #expect(ids() == ["a-1"])
        // What was written meanwhile comes once it is back.
        first.home.stop()
        #expect(first.server.drain(within: .seconds(5)))
        waitUntil { !isConnected() }
        #expect(!isConnected())
        world.ingest("shop", "b", ends: nil)
        let second = try serve(world, port)
        waitUntil { ids() == ["a-1", "b-1"] }
        #expect(ids() == ["a-1", "b-1"])
        second.home.stop()
        second.server.drain(within: .seconds(5))
    }
}
