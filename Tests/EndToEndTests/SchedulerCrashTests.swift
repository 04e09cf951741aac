import Basics
import Journal
import Processes
import TestSupport
import Testing

/// Two schedulers on one home that are killed at moments that nobody chose; a few times in CI, many with `make crash`.
@Suite(.timeLimit(.minutes(600))) struct SchedulerCrashTests {
    private static func variable(_ name: String) -> Int? {
        guard let bytes = try? FileSystem.read("/proc/self/environ", limit: 1 << 20) else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    private let rounds = Self.variable("CRASH_ROUNDS") ?? 3
    private let seed = UInt64(Self.variable("CRASH_SEED") ?? 7)

    @Test func neverPassALimitAndLeaveNothingBehind() throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<rounds {
            let target = try RunTests.target(
                6, limits: "max_open_prs: 3, max_running_attempts: 2, max_attempts_per_task: 1000")
            // Long enough for a few deliveries, short enough to end in the middle of most.
            let moments = (0..<2).map { _ in Int64.random(in: 20_000...900_000, using: &random) }
            let ends = Workers.map(2, atOnce: 2) { number in
                Result { try Self.run(target, killedAfter: .microseconds(moments[number])) }
            }
            for end in ends {
                let ended = try end.get()
                // 8: a push that died with the other one may still hold the branch at the remote.
                #expect(
                    [.timedOut, .exited(0), .exited(7), .exited(8)].contains(ended.ending),
                    "round \(round): \(ended.output.text)\(ended.errors.text)")
            }
            #expect(try branches(target).count <= 3, "round \(round)")
            try settle(target)
            try check(target, "round \(round)")
        }
        print("crash: two schedulers, \(rounds) times | … | limits hold")
    }

    private static func run(_ target: TestTarget, killedAfter moment: Duration) throws -> ProcessOutcome {
        var program = Subprocess(
            TestTarget.program, ["run", "--json"],
            environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
        program.workingDirectory = target.repository.path
        (program.timeout, program.teardown) = (moment, [.kill])
        return try program.run()
    }

    /// What died is closed, and what is left is done, up to the limit.
    private func settle(_ target: TestTarget) throws {
        waitUntil {
            // Children of a scheduler that was killed die a moment later.
            _ = try? target.leviathan("run", "--json")
            let claims = try? Journal(reading: target.home + "/journal.db")?.claims()
            return claims?.isEmpty == true && (try? branches(target).count) == 3
        }
    }

    private func branches(_ target: TestTarget) throws -> [String] {
        try target.repository.git(
            "--git-dir", target.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads/agent"
        ).split(separator: "\n").map(String.init)
    }

    private func check(_ target: TestTarget, _ round: String) throws {
        #expect(try branches(target).count == 3, "\(round)")
        let journal = try #require(try Journal(reading: target.home + "/journal.db"))
        #expect(try journal.claims().isEmpty && journal.verify().firstBreak == nil, "\(round)")
        var query = AttemptQuery()
        query.limit = .max
        let attempts = try journal.attempts(query)
        #expect(attempts.allSatisfy { $0.finishedAt != nil }, "\(round): \(attempts.map(\.state))")
        let delivered = attempts.filter { $0.outcome == "delivered" }.map(\.task)
        #expect(Set(delivered).count == 3, "\(round): \(delivered)")
        #expect(try FileSystem.list(target.home + "/claims").filter { !$0.hasPrefix(".") } == [], "\(round)")
        let again = try target.leviathan("run", "--json")
        #expect(again.succeeded && again.json["dispatched"] == [], "\(round): \(again.output.text)")
    }
}
