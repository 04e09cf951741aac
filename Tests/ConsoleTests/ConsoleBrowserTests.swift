import Basics
import Console
import ControlPlane
import HTTPServer
import Journal
import Processes
import TestSupport
import Testing

enum Browser {
    static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    static var isThere: Bool {
        FileSystem.exists("/usr/bin/chromium") && FileSystem.exists(root + "/.build/venv/bin/playwright")
    }
}

extension Browser {
    /// What pictures are painted by: the browser, and the fonts that it finds.
    static let painter: String = {
        let commands = [
            ["chromium", "--version"], ["fc-match", "sans-serif"], ["fc-match", "system-ui"],
            ["fc-match", "monospace"],
        ]
        return commands.map { words in
            let outcome = try? Subprocess(
                "/usr/bin/" + words[0], Array(words.dropFirst()),
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"]
            ).run()
            return words.joined(separator: " ") + ": " + (outcome?.output.text ?? "is not there\n")
        }.joined()
    }()
}

/// The console as a browser has it: nothing in its log, nothing that axe objects to, nothing that scrolls sideways.
@Suite(.enabled(if: Browser.isThere, "chromium and playwright are not installed"), .timeLimit(.minutes(60)))
struct ConsoleBrowserTests {
    private func run(_ script: String, _ arguments: [String], in directory: String) throws -> ProcessOutcome {
        try Subprocess(
            Browser.root + "/.build/venv/bin/python", [Browser.root + script] + arguments,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory]
        ).run()
    }

    private func world() throws -> ConsoleWorld {
        let world = try ConsoleWorld(token: nil, isOpen: true)
        try world.register("shop")
        for number in 0..<12 { try world.attempt("a\(number)", of: "task-\(number % 3)") }
        try world.record(.attemptCreated, "shop", task: "task-9", attempt: "a99", ["number": 1])
        try world.record(.runStopped, nil, ["reason": "a fire"])
        return world
    }

    /// A change and a log with everything that is coloured in them.
    private func evidence(in world: ConsoleWorld) throws -> (log: String, repository: TestRepository) {
        let repository = try TestRepository()
        try repository.write("a.swift", "// One.\nlet price = net(\"a\")\n")
        let base = try repository.commitAll()
        try repository.write("a.swift", "// Two.\nlet price = gross(\"b\") /* more */\nreturn\n")
        try repository.commitAll()
        try world.directory.write(
            "targets/shop.yaml", "name: shop\nrepo_url: /nowhere/shop.git\ncheckout: \(repository.path)\n")
        let tree = try repository.id("HEAD^{tree}").hex
        try world.record(
            .attemptCreated, "shop", task: "task-1", attempt: "e1", ["number": 1, "base": .string(base.hex)])
        try world.record(
            .changeFrozen, "shop", task: "task-1", attempt: "e1", ["files": 1, "tree": .string(tree)])
        let colours = (30...37).map { "\u{1B}[\($0)mcolour \($0)\u{1B}[0m\n" }.joined()
        let log = try ArtifactFiles(root: world.directory.path + "/artifacts").store(Array(colours.utf8)).digest
            .hex
        try world.record(
            .artifactCreated, "shop", task: "task-1", attempt: "e1",
            ["sha256": .string(log), "kind": "log", "name": "tests", "bytes": 200])
        return (log, repository)
    }

    @Test func nobodyStumblesOverAPage() throws {
        let world = try world()
        let (log, repository) = try evidence(in: world)
        defer { withExtendedLifetime(repository) {} }
        let server = try HTTPServer(ServerSettings(host: "127.0.0.1", port: 0), world.console)
        defer { _ = server.drain(within: .seconds(2)) }
        let pages = [
            "/", "/tasks", "/targets", "/targets/shop", "/targets/shop/graph", "/attempts", "/attempts/a1",
            "/failures", "/events",
            "/audit", "/keys",
            "/report", "/templates", "/onboarding", "/onboarding/github",
            "/act/preview-onboarding?url=x", "/act/register?url=x", "/attempts/e1/change",
            "/attempts/e1/logs/\(log)", "/act/stop",
            "/act/hold?target=shop",
            "/act/autonomy-off?target=shop", "/login", "/nothing/here",
        ]
        let look = try run(
            "/scripts/look-at-pages",
            ["--shots", Browser.root + "/.build/screenshots"]
                + pages.dropLast().map { "http://127.0.0.1:\(server.port)\($0)" },
            in: world.directory.path)
        #expect(look.ending == .exited(0), "\(look.output.text)\(look.errors.text)")
        #expect(look.output.text.split(separator: "\n").count == 4 * (pages.count - 1))
    }

    /// An app is registered at GitHub and first rules are chosen, in a real browser that keeps to the page's policy.
    @Test func aRepositoryIsTakenIn() throws {
        let github = try FakeGitHub()
        let host = String(github.url.dropFirst("http://".count))
        let world = try ConsoleWorld(
            token: nil, isOpen: true,
            configuration: "forges:\n  \"\(host)\": {kind: github, api_url: \"\(github.apiURL)\"}\n")
        let server = try HTTPServer(ServerSettings(host: "127.0.0.1", port: 0), world.console)
        defer { _ = server.drain(within: .seconds(2)) }
        let walk = try run(
            "/Tests/ConsoleTests/onboard.py", ["http://127.0.0.1:\(server.port)", host], in: world.directory.path)
        #expect(walk.ending == .exited(0), "\(walk.output.text)\(walk.errors.text)")
        #expect(github.faults.problems == [])
    }

    /// Through the pages by keyboard alone: ask, give a reason, confirm, and see that it was done.
    @Test func actsByKeyboardAndStaysLive() throws {
        let world = try world()
        world.plane.home.feed.start()
        defer { world.plane.home.feed.stop() }
        let server = try HTTPServer(ServerSettings(host: "127.0.0.1", port: 0), world.console)
        defer { _ = server.drain(within: .seconds(2)) }
        let walk = try run(
            "/Tests/ConsoleTests/walk.py", ["http://127.0.0.1:\(server.port)"], in: world.directory.path)
        #expect(walk.ending == .exited(0), "\(walk.output.text)\(walk.errors.text)")
    }
}
