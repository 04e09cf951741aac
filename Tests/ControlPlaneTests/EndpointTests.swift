import API
import Basics
import HTTP
import HTTPServer
import Journal
import Model
import Runner
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct EndpointTests {
    @Test func healthIsForEverybodyAndReadinessLooksAtTheJournal() throws {
        let world = try PlaneWorld()
        for path in ["/health", "/healthz", "/v1/health"] {
            #expect(world.ask("GET", path, key: nil).json["status"] == "ok")
        }
        #expect(world.ask("GET", "/ready", key: nil).json["status"] == "ready")
        let other = try PlaneWorld()
        try other.directory.write("journal.db", "no database")
        let answer = other.ask("GET", "/ready", key: nil)
        #expect(
            answer.status == 503 && answer.problem == "unavailable"
                && !answer.json.text().contains(other.directory.path))
    }

    @Test func everyAnswerHasAnIdAndNoProblemIsAPage() throws {
        let world = try PlaneWorld()
        for answer in [
            world.ask("GET", "/nowhere"), world.ask("GET", "/v1/attempts/none"), world.ask("PUT", "/health"),
            world.ask("GET", "/v1/events?limt=3"), world.ask("GET", "/v1/events", key: nil),
        ] {
            #expect(answer.headers["X-Request-Id"]?.hasPrefix("req-") == true)
            #expect(answer.headers["Content-Type"] == "application/problem+json")
            #expect(answer.json["instance"]?.string == answer.headers["X-Request-Id"])
            #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        }
        #expect(world.ask("PUT", "/health").headers["Allow"] == "GET, HEAD")
    }

    // MARK: Ingest

    @Test func aBundleIsTakenOnceAndWhole() throws {
        let world = try PlaneWorld()
        let first = world.ingest("shop", "a1")
        #expect(first.json["ingested"] == 2 && first.json["known"] == 0, "\(first.json.text())")
        #expect(world.ingest("shop", "a1").json["known"] == 2)
        // One event that contradicts another takes the whole bundle with it.
        let torn = world.ask(
            "POST", "/v1/events/ingest",
            world.bundle(
                "shop",
                [
                    world.event("new", "attempt.started", "t", "a1"),
                    world.event("a1-1", "attempt.failed", "t", "a1"),
                ]))
        #expect(torn.status == 409 && torn.problem == "conflict")
        let events = world.ask("GET", "/v1/events").json["events"]?.elements ?? []
        #expect(events.map { $0["event_id"]?.string } == ["a1-1", "a1-2"])
        #expect(events[0]["payload"]?["target"] == "shop")
    }

    @Test func whatIsNotTheWorkersIsRefused() throws {
        let world = try PlaneWorld()
        let own = try world.key(.trigger, ["shop"])
        func status(_ event: JSON, _ target: String = "shop") -> Int {
            world.ask("POST", "/v1/events/ingest", world.bundle(target, [event]), key: own).status
        }
        #expect(status(world.event("1", "attempt.created", "t", "a")) == 200)
        #expect(status(world.event("2", "attempt.created", "t", "a"), "other") == 403)
        #expect(status(world.event("3", "attempt.created", "t", "a", ["target": "other"])) == 422)
        #expect(status(world.event("4", "attempt.created", "t", "a", ["target_id": "other"])) == 422)
        #expect(status(world.event("5", "attempt.completed", "t", "a", ["target_id": "shop"])) == 200)
        for type in [
            "autonomy.enabled", "run.resumed", "breaker.reset", "journal.pruned", "key.created", "target.removed",
        ] {
            #expect(status(world.event("6", type, "t", "a")) == 422, "\(type)")
        }
        #expect(world.ask("GET", "/v1/attempts/a", key: own).json["state"] == "succeeded")
    }

    @Test func bundlesAreBounded() throws {
        let world = try PlaneWorld()
        let events = (0..<1001).map { world.event("e\($0)", "model.call_started", "t", "a") }
        #expect(world.ask("POST", "/v1/events/ingest", world.bundle("s", events)).status == 422)
        #expect(
            world.ask("POST", "/v1/events/ingest", world.bundle("s", Array(events.dropLast()))).json["ingested"]
                == 1000)
        let late = world.ask(
            "POST", "/v1/events/ingest",
            [
                "target": "s", "bundle_id": "b", "events": [],
                "artifacts": [.string(String(repeating: "a", count: 64))],
            ])
        #expect(late.status == 409)
    }

    // MARK: Pages

    @Test func pagesBeginBehindOneAnotherAndMissNothing() throws {
        let world = try PlaneWorld()
        for index in 0..<25 { world.ingest("shop", "a\(index)") }
        func all(_ path: String, _ name: String) -> [JSON] {
            var (found, cursor): ([JSON], String?) = ([], nil)
            repeat {
                let page = world.ask("GET", path + (cursor.map { "&cursor=\($0)" } ?? "")).json
                found += page[name]?.elements ?? []
                cursor = page["next_cursor"].flatMap { $0.isNull ? nil : $0.plainText }
            } while cursor != nil && found.count < 1000
            return found
        }
        #expect(all("/v1/events?limit=7", "events").compactMap { $0["sequence"]?.integer } == Array(1...50))
        let attempts = all("/v1/attempts?limit=7", "attempts").compactMap { $0["attempt"]?.string }
        #expect(attempts == (0..<25).reversed().map { "a\($0)" })
        #expect(all("/v1/failures?limit=5&target=shop", "attempts").count == 25)
        #expect(Set(all("/v1/graph/nodes?type=Attempt&limit=4", "nodes").compactMap(\.string)).count == 25)
        let edges = all("/v1/graph/edges?type=EXECUTES&limit=4", "edges").compactMap { $0["source"]?.string }
        #expect(edges.count == 25 && Set(edges).count == 25)
        let whole = all("/v1/graph/edges?limit=9", "edges").map { $0.text() }
        #expect(Set(whole).count == whole.count && whole.count == all("/v1/graph/edges?limit=1000", "edges").count)
        let before = world.ask("GET", "/v1/events?before=11&limit=3").json
        #expect(before["events"]?.elements?.compactMap { $0["sequence"]?.integer } == [8, 9, 10])
        #expect(world.ask("GET", "/v1/events?limit=1001").status == 400)
    }

    @Test func aKeyForSomeTargetsSeesNothingOfTheOthers() throws {
        let world = try PlaneWorld()
        for target in ["shop", "bank", "shop2"] { world.ingest(target, "a-" + target) }
        _ = world.ask("POST", "/v1/stop", ["reason": "x"])
        let key = try world.key(.admin, ["shop"])
        for path in ["/v1/events", "/v1/attempts", "/v1/failures", "/v1/autonomy", "/v1/claims", "/v1/audit"] {
            let text = world.ask("GET", path, key: key).json.text()
            #expect(!text.contains("bank") && !text.contains("shop2"), "\(path): \(text)")
        }
        #expect(world.ask("GET", "/v1/events", key: key).json["events"]?.elements?.count == 2)
        #expect(world.ask("GET", "/v1/events?target=bank", key: key).status == 403)
        #expect(world.ask("GET", "/v1/attempts/a-bank", key: key).status == 404)
        #expect(world.ask("POST", "/v1/attempts/a-bank/invalidate", ["reason": "x"], key: key).status == 404)
    }

    // MARK: Switches

    @Test func aSwitchIsChangedOnlyByWhoHasSeenIt() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        let seen = world.ask("GET", "/v1/targets/shop/autonomy")
        let etag = seen.headers["ETag"] ?? ""
        #expect(seen.json["autonomy"] == "on" && !etag.isEmpty)
        let off: JSON = ["enabled": false, "reason": "freeze"]
        #expect(world.ask("PUT", "/v1/targets/shop/autonomy", off).status == 428)
        let done = world.ask("PUT", "/v1/targets/shop/autonomy", off, headers: ["If-Match": etag])
        #expect(done.json["autonomy"] == "off" && done.json["changed"]?["reason"] == "freeze")
        #expect(done.json["changed"]?["by"] == "control-plane-token")
        let stale = world.ask("PUT", "/v1/targets/shop/autonomy", off, headers: ["If-Match": etag])
        #expect(stale.status == 412 && stale.problem == "stale-version")
        #expect(try world.context.journal().isAutonomyOff(target: "shop"))
        let all = world.ask("GET", "/v1/autonomy/status")
        #expect(all.json["targets"]?.elements?.first?["autonomy"] == "off" && all.json["autonomy"] == "on")
        let on: JSON = ["enabled": true, "reason": "over"]
        #expect(
            world.ask("PUT", "/v1/autonomy", on, headers: ["If-Match": all.headers["ETag"] ?? ""]).status == 200)
        #expect(world.ask("GET", "/v1/targets/shop/autonomy").json["autonomy"] == "on")
        #expect(world.ask("GET", "/v1/targets/none/autonomy").status == 404)
    }

    @Test func everyControlWriteNeedsAReason() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        for (method, path, body) in [
            ("POST", "/v1/stop", [:]), ("POST", "/v1/resume", ["reason": ""]),
            ("POST", "/v1/breakers/shop/reset", ["reason": "  "]),
            ("PUT", "/v1/autonomy", ["enabled": true]), ("POST", "/v1/targets", ["url": "x"]),
            ("POST", "/v1/targets/shop/trigger", ["task": "t"]),
            ("POST", "/v1/keys", ["name": "a", "right": "view"]),
        ] as [(String, String, JSON)] {
            #expect(world.ask(method, path, body, headers: ["If-Match": "*"]).status == 422, "\(path)")
        }
        for path in ["/v1/targets/shop", "/v1/keys/x"] {
            #expect(world.ask("DELETE", path).status == 400, "\(path)")
        }
        #expect(world.ask("GET", "/v1/audit").json["events"] == [])
    }

    @Test func stopHoldsUntilItIsResumedAndBothAreRecorded() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        #expect(world.ask("POST", "/v1/stop", ["reason": "wrong token", "now": true]).json["stopped"] == true)
        let order = StopSwitch(world.context).order()
        #expect(order?.reason == "wrong token" && order?.by == "control-plane-token" && order?.endsRunning == true)
        let claim: JSON = ["action": "acquire", "target": "shop", "task": "t", "attempt": "a"]
        #expect(world.ask("POST", "/v1/claims", claim).problem == "refused")
        #expect(world.ask("POST", "/v1/targets/shop/trigger", ["task": "t", "reason": "x"]).problem == "refused")
        #expect(world.ask("POST", "/v1/resume", ["reason": "mended"]).json["was_stopped"] == true)
        #expect(world.ask("POST", "/v1/resume", ["reason": "again"]).json["was_stopped"] == false)
        let audit = world.ask("GET", "/v1/audit").json["events"]?.elements ?? []
        #expect(audit.compactMap { $0["event_type"]?.string } == ["run.stopped", "run.resumed"])
        #expect(audit.compactMap { $0["payload"]?["reason"]?.string } == ["wrong token", "mended"])
    }

    @Test func breakersAreResetOfOneTargetOrOfAll() throws {
        let world = try PlaneWorld()
        world.ingest("shop", "a")
        #expect(world.ask("POST", "/v1/breakers/shop/reset", ["reason": "x"]).json["target"] == "shop")
        #expect(world.ask("POST", "/v1/breakers/*/reset", ["reason": "x"]).json["target"] == .null)
        #expect(world.ask("POST", "/v1/breakers/none/reset", ["reason": "x"]).status == 404)
        #expect(
            world.ask("POST", "/v1/breakers/*/reset", ["reason": "x"], key: try world.key(.admin, ["shop"])).status
                == 403)
        #expect(try world.context.journal().breakerReset(target: "other") == 4)
    }

    @Test func anAttemptIsInvalidatedOnceItHasEnded() throws {
        let world = try PlaneWorld()
        world.ingest("shop", "ended")
        world.ingest("shop", "runs", ends: nil)
        #expect(world.ask("POST", "/v1/attempts/ended/invalidate", ["reason": "x"]).json["state"] == "invalidated")
        #expect(world.ask("GET", "/v1/attempts/ended").json["state"] == "invalidated")
        #expect(world.ask("POST", "/v1/attempts/runs/invalidate", ["reason": "x"]).problem == "refused")
    }

    @Test func theSameKeyDoesItOnce() throws {
        let world = try PlaneWorld()
        let headers: HTTPHeaders = ["Idempotency-Key": "k1"]
        let first = world.ask("POST", "/v1/stop", ["reason": "a"], headers: headers)
        let again = world.ask("POST", "/v1/stop", ["reason": "a"], headers: headers)
        #expect(
            first.status == 200 && again.bytes == first.bytes && again.headers["Idempotent-Replayed"] == "true")
        #expect(world.ask("POST", "/v1/stop", ["reason": "b"], headers: headers).problem == "key-reused")
        // The key of one caller says nothing to another.
        let other = world.ask("POST", "/v1/stop", ["reason": "b"], key: try world.key(.admin), headers: headers)
        #expect(other.status == 200)
        #expect(world.ask("GET", "/v1/audit").json["events"]?.elements?.count == 2)
    }

    // MARK: Claims and artifacts

    @Test func aLeaseIsRenewedInTimeOrLost() throws {
        let world = try PlaneWorld()
        let (one, two) = (try world.key(.trigger), try world.key(.trigger, ["shop"]))
        func claim(_ action: String, _ attempt: String, _ key: String) -> ServerResponse {
            world.ask(
                "POST", "/v1/claims",
                [
                    "action": .string(action), "target": "shop", "task": "t", "attempt": .string(attempt),
                    "lease_seconds": 60,
                ],
                key: key)
        }
        #expect(claim("acquire", "a", one).json["lease_until"]?.string == "2026-03-01T12:01:00.000000Z")
        #expect(claim("acquire", "b", two).status == 409)
        world.advance(.seconds(50))
        #expect(claim("renew", "a", one).status == 200)
        world.advance(.seconds(50))
        #expect(claim("acquire", "b", two).status == 409)
        world.advance(.seconds(20))
        #expect(claim("acquire", "b", two).status == 200)
        #expect(claim("renew", "a", one).status == 409)
        #expect(claim("release", "a", one).status == 409)
        let events = world.ask("GET", "/v1/events?type=attempt.interrupted").json["events"]?.elements ?? []
        #expect(events.compactMap { $0["payload"]?["attempt_id"]?.string } == ["a"])
        #expect(world.ask("GET", "/v1/claims").json["claims"]?.elements?.count == 1)
        let elsewhere: JSON = ["action": "acquire", "target": "shop", "task": "u", "attempt": "b"]
        #expect(world.ask("POST", "/v1/claims", elsewhere, key: two).status == 409)
        #expect(claim("release", "b", two).status == 200)
        #expect(world.ask("GET", "/v1/claims").json["claims"] == [])
    }

    /// A worker that never comes again would use up its target's limit for ever.
    @Test func whatAWorkerLeavesIsGivenFree() throws {
        let world = try PlaneWorld()
        for (task, seconds) in [("t", 60), ("u", 3600)] {
            let claim: JSON = [
                "action": "acquire", "target": "shop", "task": .string(task), "attempt": .string("a-" + task),
                "lease_seconds": .integer(seconds),
            ]
            #expect(world.ask("POST", "/v1/claims", claim).status == 200)
        }
        try world.home.recoverExpired()
        #expect(try world.context.journal().claims().count == 2)
        world.advance(.seconds(61))
        try world.home.recoverExpired()
        #expect(try world.context.journal().claims().map(\.task) == ["u"])
        let ends = world.ask("GET", "/v1/events?type=attempt.interrupted").json["events"]?.elements ?? []
        #expect(ends.map { $0["payload"]?["attempt_id"]?.string } == ["a-t"])
    }

    @Test func anArtifactIsWhatItsNameSays() throws {
        let world = try PlaneWorld()
        let stored = try world.home.artifactFiles.store(Array("log".utf8))
        let path = "/v1/artifacts/" + stored.digest.hex
        let answer = world.ask("GET", path)
        #expect(answer.status == 200 && answer.headers["Content-Disposition"] == "attachment")
        #expect(world.ask("GET", path, key: try world.key(.view, ["shop"])).status == 404)
        #expect(world.ask("PUT", path, ["not": "it"]).status == 422)
        #expect(world.ask("GET", "/v1/artifacts/" + String(repeating: "0", count: 64)).status == 404)
        #expect(world.ask("GET", "/v1/artifacts/..%2f..%2fkeys.json").status == 404)
        try FileSystem.write(Array("lag".utf8), to: world.home.artifactFiles.path(of: stored.digest))
        #expect(world.ask("GET", path).status == 500)
    }

    // MARK: Descriptions

    @Test func metricsSayWhatIsThere() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        world.ingest("shop", "a")
        world.ingest("unknown\"\n", "b")
        let page = String(decoding: world.ask("GET", "/metrics").bytes, as: UTF8.self)
        #expect(page.contains("leviathan_attempts_total{target=\"shop\",result=\"failed\"} 1\n"))
        #expect(page.contains("leviathan_autonomy_enabled{target=\"shop\"} 1\n"))
        #expect(page.contains("leviathan_journal_events_total{type=\"attempt.created\"} 2\n"))
        // Names that nobody registered are no labels.
        #expect(!page.contains("unknown"))
    }

    @Test func durationsAreMeasuredAsEventsCome() throws {
        let world = try PlaneWorld()
        try world.register("shop")
        world.home.feed.step()
        func event(_ id: String, _ type: String, _ second: Int, _ facts: [String: JSON] = [:]) -> JSON {
            let made = world.event(id, type, "t", "a", facts)
            let time = JSON.string("2026-03-01T12:00:\(second < 10 ? "0" : "")\(second)Z")
            return .object(
                (made.members ?? []).map { $0.name == "timestamp" ? JSON.Member("timestamp", time) : $0 })
        }
        let events = [
            event("1", "attempt.created", 0), event("2", "attempt.started", 2), event("3", "change.frozen", 9),
            event("4", "pr.created", 10, ["number": 7]), event("5", "attempt.succeeded", 10),
            event("6", "pr.merged", 30, ["number": 7]),
        ]
        #expect(world.ask("POST", "/v1/events/ingest", world.bundle("shop", events)).status == 200)
        world.home.feed.step()
        let page = String(decoding: world.ask("GET", "/metrics").bytes, as: UTF8.self)
        let name = "leviathan_attempt_duration_seconds"
        for line in [
            "\(name)_sum{target=\"shop\",stage=\"all\"} 10", "\(name)_sum{target=\"shop\",stage=\"execute\"} 7",
            "\(name)_bucket{target=\"shop\",stage=\"execute\",le=\"5.0\"} 0",
            "\(name)_bucket{target=\"shop\",stage=\"execute\",le=\"15.0\"} 1",
            "vcs_change_time_to_merge_seconds_sum{target=\"shop\"} 20",
        ] { #expect(page.contains(line + "\n"), "\(line)") }
    }

    @Test func theDescriptionNamesEveryEndpoint() throws {
        let world = try PlaneWorld()
        let document = world.ask("GET", "/v1/openapi.json", key: nil).json
        for operation in Operations.all {
            let endpoint = operation.endpoint
            let described = document["paths"]?[endpoint.path]?[endpoint.method.rawValue.lowercased()]
            #expect(described?["operationId"]?.string == endpoint.id)
            #expect(described?["responses"]?["200"] != nil || endpoint.answers.first?.status != 200)
        }
    }
}
