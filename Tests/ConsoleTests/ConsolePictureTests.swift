import Basics
import Glibc
import HTTPServer
import Journal
import Processes
import TestSupport
import Testing

/// The console looks as docs/console.md shows it: a layout that was changed by accident is found.
@Suite(.enabled(if: Browser.isThere, "chromium and playwright are not installed"), .timeLimit(.minutes(60)))
struct ConsolePictureTests {
    private static let contract = [
        "contract": "version: 1\ntarget: shop\n",
        "policy": """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: docs}
        limits: {max_open_prs: 3, max_attempts_per_task: 2}

        """,
        "backlog": """
        version: 1
        tasks:
          - {id: write-guide, title: Write the guide for new customers, scope: docs, ready: true, allowed_paths: [docs/guide.md]}
          - {id: explain-returns, title: Explain how goods are returned, scope: docs, ready: true, priority: high, allowed_paths: [docs/returns.md]}
          - {id: list-prices, title: List the prices of shipping, scope: docs, ready: true, allowed_paths: [docs/prices.md], dependencies: [explain-returns]}
          - {id: name-errors, title: Name every error of the basket, scope: docs, ready: true, priority: low, allowed_paths: [docs/errors.md]}

        """,
    ]

    /// A shop with a queue, attempts of every kind, and a target that cannot be read.
    private func world() throws -> (ConsoleWorld, TestRepository) {
        let (world, repository) = (try ConsoleWorld(token: nil, isOpen: true), try TestRepository())
        for (name, text) in Self.contract { try repository.write(".leviathan/\(name).yaml", text) }
        try repository.commitAll()
        try repository.addRemote()
        try world.directory.write(
            "targets/shop.yaml", "name: shop\nrepo_url: /nowhere/shop.git\ncheckout: \(repository.path)\n")
        try world.register("bank")
        try world.attempt("write-guide-1", of: "write-guide", reason: "an invariant does not hold: tests")
        try world.attempt("write-guide-2", of: "write-guide", reason: "docs/guide.md names a price")
        for (task, number) in [("describe-basket", 11), ("describe-login", 12)] {
            let attempt = task + "-1"
            try world.record(.attemptCreated, "shop", task: task, attempt: attempt, ["number": 1])
            try world.record(.attemptStarted, "shop", task: task, attempt: attempt, ["isolation": "fence"])
            try world.record(.attemptSucceeded, "shop", task: task, attempt: attempt, ["outcome": "delivered"])
            try world.record(
                .pullRequestCreated, "shop", task: task, attempt: attempt, ["number": .integer(number)])
        }
        try world.record(.pullRequestMerged, "shop", task: "describe-basket", ["number": 11])
        try world.record(.autonomyDisabled, "bank", ["reason": "until the audit is over"])
        return (world, repository)
    }

    private static let records = getenv("LEVIATHAN_RECORD") != nil
    private static let painter = Browser.root + "/Tests/Screens/console-pictures.txt"

    private func look(_ more: [String]) throws -> ProcessOutcome {
        let (world, repository) = try world()
        defer { withExtendedLifetime(repository) {} }
        let server = try HTTPServer(ServerSettings(host: "127.0.0.1", port: 0), world.console)
        defer { _ = server.drain(within: .seconds(2)) }
        return try Subprocess(
            Browser.root + "/.build/venv/bin/python",
            [
                Browser.root + "/Tests/ConsoleTests/pictures.py", "http://127.0.0.1:\(server.port)",
                Browser.root + "/Tests/Screens/console-layout.json", Browser.root + "/docs/pictures",
            ] + more, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": world.directory.path]
        ).run()
    }

    @Test func everythingIsWhereItWas() throws {
        let look = try look(Self.records ? ["record"] : [])
        if Self.records { try FileSystem.write(Array(Browser.painter.utf8), to: Self.painter) }
        #expect(look.ending == .exited(0) && !Self.records, "\(look.output.text)\(look.errors.text)")
    }

    private static var areOfThisPainter: Bool {
        (try? FileSystem.read(painter, limit: 10_000)).map { String(decoding: $0, as: UTF8.self) }
            == Browser.painter
    }

    /// Another browser and other fonts paint other points: then this is shown as skipped, and only boxes are compared.
    @Test(
        .enabled(
            if: areOfThisPainter, "the pictures were made by another browser or with other fonts: not compared"),
        .enabled(if: !records, "pictures are being made anew"))
    func everyPointIsAsItWas() throws {
        let look = try look(["pixels", Browser.root + "/.build/screenshots"])
        #expect(look.ending == .exited(0), "\(look.output.text)\(look.errors.text)")
    }
}
