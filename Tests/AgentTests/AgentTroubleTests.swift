import Basics
import ExecutorTestSupport
import Executors
import Paths
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct AgentTroubleTests {
    @Test func asksAgainWhenTheServiceIsOverloaded() throws {
        let api = try FakeMessagesAPI([
            FakeMessagesAPI.overloaded(), FakeMessagesAPI.refusal(500, "api_error", "Internal server error"),
            FakeMessagesAPI.limited(retryAfter: "17"), FakeModelAnswer.done().reply(),
        ])
        let world = try AgentWorld(api)
        let report = try world.run().get()
        #expect(api.requests.count == 4 && report.modelUse?.calls == 1)
        #expect(world.clock.pauses == [.seconds(1), .seconds(2), .seconds(17)])
        #expect(world.progress.contains("the Messages API is overloaded; asking again in 1.0 s"))
        let outcomes = world.events.filter { $0.name == "completed" }.map { $0.facts["outcome"] }
        #expect(outcomes == ["busy", "busy", "busy", "answered"])
    }

    @Test func givesUpOnAServiceThatStaysOverloaded() throws {
        let api = try FakeMessagesAPI([FakeMessagesAPI.overloaded()])
        let error = try #require(try AgentWorld(api).run().error)
        #expect(api.requests.count == 6)
        #expect(error.description.contains("overloaded: Overloaded: after 6 attempts"), "\(error)")
        #expect(error.partial.modelUse?.calls == 0)
    }

    @Test func doesNotWaitForAnHour() throws {
        let api = try FakeMessagesAPI([FakeMessagesAPI.limited(retryAfter: "3600")])
        let world = try AgentWorld(api)
        let error = try #require(try world.run().error)
        #expect(api.requests.count == 1 && world.clock.pauses.isEmpty)
        #expect(error.description.contains("it asks to wait for 1h"), "\(error)")
    }

    @Test func doesNotAskAgainOnceTheMoneyIsSpent() throws {
        let body =
            #"{"type":"error","error":{"type":"rate_limit_error","message":"limit reached","details":{"error_code":"enforced_spend_limit_reached"}}}"#
        let api = try FakeMessagesAPI([.json(body, status: 429)])
        #expect(try AgentWorld(api).run().error?.causes == ["limit reached"])
        #expect(api.requests.count == 1)
    }

    @Test func asksAgainWhenAnAnswerBreaksOff() throws {
        let answer = FakeModelAnswer.use("write", ["path": "docs/a.md", "content": "a\n"])
        let count = answer.events(.null).count
        for cut in 0..<count {
            let api = try FakeMessagesAPI([
                answer.broken(after: cut), answer.reply(), FakeModelAnswer.done().reply(),
            ])
            let world = try AgentWorld(api)
            _ = try world.run().get()
            #expect(api.requests.count == 3, "cut after \(cut) events")
            #expect(try world.files.text("docs/a.md") == "a\n" && world.files.writeCount == 1)
        }
    }

    @Test func asksAgainWhenAnAnswerFailsInItsMidst() throws {
        let answer = FakeModelAnswer.done("never seen")
        for type in ["overloaded_error", "api_error", "rate_limit_error"] {
            let api = try FakeMessagesAPI([answer.failing(after: 4, type), FakeModelAnswer.done("seen").reply()])
            let report = try AgentWorld(api).run().get()
            #expect(report.notes.first == "seen" && report.modelUse?.calls == 2)
        }
        let api = try FakeMessagesAPI([answer.failing(after: 4, "invalid_request_error")])
        #expect(try AgentWorld(api).run().error?.causes == ["invalid_request_error: no more"])
        #expect(api.requests.count == 1)
    }

    @Test func asksAgainWhenTheConnectionIsLost() throws {
        let api = try FakeMessagesAPI([.drop, .reset, FakeModelAnswer.done().reply()])
        _ = try AgentWorld(api).run().get()
        #expect(api.requests.count == 3)
    }

    @Test func triesAgainWhereNobodyAnswers() throws {
        let world = try AgentWorld(nil)
        let error = try #require(try world.run().error)
        #expect(world.clock.pauses.count == 5 && error.partial.modelUse?.calls == 0)
        #expect(error.description.contains("after 6 attempts"), "\(error)")
    }

    @Test func namesABadKeyWithoutShowingIt() throws {
        let api = try FakeMessagesAPI([
            FakeMessagesAPI.refusal(401, "authentication_error", "invalid x-api-key \(AgentWorld.key)")
        ])
        let world = try AgentWorld(api)
        let result = try world.run()
        let error = try #require(result.error)
        #expect(error.message == "the Messages API refused the key" && error.hint == "check ANTHROPIC_API_KEY")
        #expect(api.requests.count == 1 && !world.everything(result).contains(AgentWorld.key))
    }

    @Test(arguments: [
        (402, "billing_error", "asks for payment"), (403, "permission_error", "may not use the model"),
        (404, "not_found_error", "knows no model 'claude-sonnet-5-5'"), (413, "request_too_large", "too large"),
        (400, "invalid_request_error", "refused the request with status 400"),
    ]) func doesNotAskAgainWhatWillBeRefusedAgain(status: Int, type: String, message: String) throws {
        let api = try FakeMessagesAPI([FakeMessagesAPI.refusal(status, type, "because \u{1B}[31m of this")])
        let error = try #require(try AgentWorld(api).run().error)
        #expect(error.message.contains(message) && error.causes == ["because  [31m of this"], "\(error)")
        #expect(api.requests.count == 1)
    }

    @Test func tellsAPageFromTheService() throws {
        let page = Array("<html><body>Please log in</body></html>".utf8)
        for status in [200, 302, 403, 407] {
            let reply = HTTPTestReply.status(
                status, headers: [("Content-Type", "text/html"), ("Location", "http://127.0.0.1:1/")], body: page)
            let api = try FakeMessagesAPI([reply])
            let error = try #require(try AgentWorld(api).run().error)
            #expect(error.description.contains("it answered with text/html, not with the API's JSON"), "\(error)")
            #expect(error.hint?.contains("ANTHROPIC_BASE_URL") == true && !error.description.contains("log in"))
            #expect(api.requests.count == 1)
        }
        let gateway = try FakeMessagesAPI([
            .status(502, headers: [("Content-Type", "text/html")], body: page), FakeModelAnswer.done().reply(),
        ])
        _ = try AgentWorld(gateway).run().get()
        #expect(gateway.requests.count == 2)
    }

    @Test func bearsStreamsOfNonsense() throws {
        let head = HTTPTestReply.head(200, [("Content-Type", "text/event-stream")])
        for text in [
            "data: nonsense\n\n", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            "data: {\"type\":\"content_block_delta\",\"index\":7,\"delta\":{}}\n\n",
            "data: {\"type\":\"message_start\",\"message\":{}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
            "data: [1]\n\n",
            "data: {\"type\":\"content_block_start\",\"index\":\"x\"}\n\n", "\u{0}\u{0}\u{0}", "",
        ] {
            let nonsense = HTTPTestReply([.send(head + Array(text.utf8))], closes: true)
            let api = try FakeMessagesAPI([nonsense, FakeModelAnswer.done().reply()])
            _ = try AgentWorld(api).run().get()
            #expect(api.requests.count == 2, "\(text)")
        }
    }

    @Test func bearsStreamsThatAreDamagedAnywhere() throws {
        let answer = FakeModelAnswer(
            [
                .thinking("hm", signature: "s"), .text("é漢🦊"),
                .tool("write", ["path": "docs/a.md", "content": "a\n"]),
            ],
            stop: "tool_use")
        let whole = answer.events(.null).map { "event: \($0.0)\ndata: \($0.1.text())\n\n" }.joined()
        let head = HTTPTestReply.head(200, [("Content-Type", "text/event-stream")])
        var random = SeededRandom(seed: 7)
        for _ in 0..<60 {
            var bytes = Array(whole.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 40))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
                }
            }
            let damaged = HTTPTestReply([.send(head + bytes)], closes: true)
            let api = try FakeMessagesAPI([damaged])
            let world = try AgentWorld(api, ["budget": ["turns": 4]])
            #expect(try world.run().report == nil || api.requests.count <= 4)
            #expect(
                api.requests.count <= 10
                    && world.files.files.keys.allSatisfy {
                        $0.description.hasPrefix("docs/") || $0.description.hasPrefix("src/")
                    })
        }
    }

    @Test func stopsInTheMidstOfAnAnswer() throws {
        let begun = TestGate()
        let api = try FakeMessagesAPI([FakeModelAnswer.done("a long answer").stalling(after: 4, opening: begun)])
        let world = try AgentWorld(api)
        let cancellation = world.cancellation
        BackgroundThread.run {
            begun.wait()
            cancellation.cancel()
        }
        let error = try #require(try world.run().error)
        #expect(error.message == "interrupted" && error.partial.artifacts.count == 1)
        #expect(error.partial.modelUse?.calls == 1 && api.requests.count == 1)
    }

    @Test func stopsInTheMidstOfAPause() throws {
        let api = try FakeMessagesAPI([FakeMessagesAPI.overloaded()])
        let world = try AgentWorld(api)
        let cancellation = world.cancellation
        world.clock.onPause.withLock { $0 = { cancellation.cancel() } }
        #expect(try world.run().error?.message == "interrupted")
        #expect(api.requests.count == 1)
    }

    @Test func keepsAllThatWasSaid() throws {
        let api = try FakeMessagesAPI([
            FakeModelAnswer.use("list", [:]).reply(), FakeMessagesAPI.overloaded(), FakeModelAnswer.done().reply(),
        ])
        let report = try AgentWorld(api).run().get()
        let lines = try (report.artifacts.first?.bytes ?? []).split(separator: 10).map { try JSON.parse($0) }
        #expect(
            lines.compactMap { $0["type"]?.string } == [
                "request", "answer", "request", "failure", "request", "answer",
            ])
        #expect(lines[0]["system"] != nil && lines[0]["tools"]?.elements?.count == 6)
        #expect(
            lines[2]["earlier_messages"] == 1 && lines[2]["messages"]?.elements?.count == 2
                && lines[2]["system"] == nil)
        #expect(lines[3]["status"] == 529 && lines[4]["messages"]?.elements?.isEmpty == true)
    }

    @Test func keepsNoCredentials() throws {
        let token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
        let pem =
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----\n"
        let password = "correct-horse-1"
        let api = try FakeMessagesAPI(answers: [
            .uses([("read", ["path": "src/.env"]), ("read", ["path": "src/key.pem"])]),
            .use("write", ["path": "docs/a.md", "content": .string("use \(token), \(password)")]),
            .done("The key is \(AgentWorld.key), the token \(token)\nand \(password)"),
        ])
        let world = try AgentWorld(api, files: ["src/.env": "GITHUB=\(token)\n", "src/key.pem": pem])
        world.environment["DATABASE_PASSWORD"] = password
        world.environment["KEYBOARD_LAYOUT"] = "request,"
        let result = try world.run()
        let everything = world.everything(result)
        for secret in [token, AgentWorld.key, "MIIEvQ", password] {
            #expect(!everything.contains(secret), "\(secret)")
        }
        #expect(everything.contains("***") && everything.contains("\"request\","))
        // What goes to the service is what the file holds: a redacted text could not be edited.
        #expect(api.requests[1].lastResults[0].contains(token))
    }
}
