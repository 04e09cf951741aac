import API
import Basics
import HTTP
import HTTPServer
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct AccessTests {
    /// What cannot be understood is no empty list, by which nobody would need a key.
    @Test func keysThatCannotBeReadLetNobodyIn() throws {
        let world = try PlaneWorld(token: nil, isOpen: true)
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 200)
        try world.directory.write("keys.json", #"{"keys": [{"id": "a"}]}"#)
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 401)
    }

    @Test func aKeyIsShownOnceAndKeptAsItsDigest() throws {
        let world = try PlaneWorld()
        let made = world.ask(
            "POST", "/v1/keys", ["name": "ci", "right": "trigger", "targets": ["shop"], "reason": "new"])
        let (secret, id) = (made.json["key"]?.string ?? "", made.json["id"]?.string ?? "")
        #expect(made.status == 201 && secret.hasPrefix("lvk_" + id))
        let listed = world.ask("GET", "/v1/keys").json
        #expect(listed["keys"]?.elements?.first?["targets"] == ["shop"])
        #expect(!listed.text().contains(secret) && !listed.text().contains("digest"))
        let file = try world.directory.read("keys.json")
        #expect(!file.contains(secret) && !file.contains(String(secret.suffix(64))))
        #expect(try FileSystem.status(world.directory.path + "/keys.json")?.permissions == 0o600)
        #expect(world.ask("GET", "/v1/attempts", key: secret).status == 200)
        #expect(world.ask("GET", "/v1/keys").json["keys"]?.elements?.first?["last_used_at"]?.string != nil)
        let audit = world.ask("GET", "/v1/audit").json["events"]?.elements ?? []
        #expect(audit.map { $0["event_type"]?.string } == ["key.created"])
        #expect(audit[0]["actor_id"] == "control-plane-token" && audit[0]["payload"]?["reason"] == "new")
    }

    @Test func aKeyThatIsRevokedOrExpiredIsWorthNothing() throws {
        let world = try PlaneWorld()
        let made = world.ask(
            "POST", "/v1/keys", ["name": "a", "right": "view", "expires_in_days": 1, "reason": "x"]
        ).json
        let other = world.ask("POST", "/v1/keys", ["name": "b", "right": "view", "reason": "x"]).json
        let (first, second) = (made["key"]?.string ?? "", other["key"]?.string ?? "")
        #expect(world.ask("GET", "/v1/attempts", key: first).status == 200)
        world.advance(.seconds(86_401))
        #expect(world.ask("GET", "/v1/attempts", key: first).status == 401)
        #expect(world.ask("GET", "/v1/attempts", key: second).status == 200)
        #expect(world.ask("DELETE", "/v1/keys/\(other["id"]?.string ?? "")?reason=left").status == 200)
        #expect(world.ask("GET", "/v1/attempts", key: second).status == 401)
        #expect(world.ask("DELETE", "/v1/keys/none?reason=left").status == 404)
    }

    @Test func anEmptyListOfTargetsIsNotAllOfThem() throws {
        let world = try PlaneWorld()
        let made = world.ask("POST", "/v1/keys", ["name": "a", "right": "view", "targets": [], "reason": "x"])
        #expect(made.status == 422)
    }

    /// Whatever is wrong with the file, nobody is let in by it.
    @Test(arguments: [
        "", "nonsense", "{}", #"{"keys": 3}"#, #"{"keys": [{"id": "a", "targets": []}]}"#,
    ])
    func aFileOfKeysThatCannotBeReadGrantsNothing(_ text: String) throws {
        let world = try PlaneWorld(token: nil, isOpen: true)
        let secret = try world.key(.admin)
        #expect(world.ask("GET", "/v1/attempts", key: secret).status == 200)
        try world.directory.write("keys.json", text)
        #expect(world.ask("GET", "/v1/attempts", key: secret).status == 401)
        if text != #"{"keys": [{"id": "a", "targets": []}]}"# {
            #expect(world.ask("GET", "/v1/attempts", key: nil).status == 401)
        }
    }

    @Test func withoutKeysOnlyThisMachineIsAnswered() throws {
        let world = try PlaneWorld(token: nil, isOpen: true)
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 200)
        #expect(world.ask("GET", "/v1/attempts", key: nil, headers: ["Host": "evil.example"]).status == 421)
        #expect(
            world.ask("GET", "/v1/attempts", key: nil, headers: ["Origin": "http://evil.example"]).status == 403)
        #expect(world.ask("GET", "/v1/attempts", key: nil, headers: ["Origin": "http://localhost"]).status == 200)
        // From the first key on everybody has to show one.
        _ = try world.key(.view)
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 401)
        #expect(try PlaneWorld(isOpen: true).ask("GET", "/v1/attempts", key: nil).status == 401)
        #expect(try PlaneWorld(token: nil).ask("GET", "/v1/attempts", key: nil).status == 401)
        #expect(try PlaneWorld(token: "").ask("GET", "/v1/attempts", key: "").status == 401)
    }

    @Test func whoAsksTooOftenWaits() throws {
        let world = try PlaneWorld(perSecond: 1)
        let answers = (0..<6).map { _ in world.ask("GET", "/v1/claims") }
        #expect(answers.prefix(4).allSatisfy { $0.status == 200 })
        #expect(answers[5].status == 429 && answers[5].headers["Retry-After"] != nil)
        #expect(world.ask("GET", "/health", key: nil).status == 200)
        let guesses = (0..<40).map { world.ask("GET", "/v1/claims", key: "guess-\($0)").status }
        #expect(Set(guesses) == [401, 429])
        // The guesses of one address lock nobody out who has a key.
        #expect(world.ask("GET", "/v1/claims", key: try world.key(.view)).status == 200)
    }

    @Test func comparesWholeValues() {
        #expect(ConstantTime.isEqual([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.isEqual([1, 2, 3], [1, 2, 4]) && !ConstantTime.isEqual([1], [1, 2]))
    }
}
