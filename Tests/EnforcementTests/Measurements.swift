import Basics
import Enforcement
import Glibc
import Model
import Paths
import Secrets
import TestSupport
import Testing

/// Prints how long judging takes.
///
/// It asserts nothing about time, and runs only when asked for:
///
///     LEVIATHAN_MEASURE=1 swift test -c release --filter Measurements
@Suite(.enabled(if: getenv("LEVIATHAN_MEASURE") != nil), .serialized) struct Measurements {
    @Test func judgingTenThousandPaths() throws {
        let change = try GeneratedChange(files: 10_000, seed: 1)
        let subject = try change.subject()
        #expect(Rules.findings(in: subject).violations == [])
        report("judge 10,000 paths, \(change.bytes / 1000) kB of text read") { _ = Rules.findings(in: subject) }
        let pathsOnly = try change.withoutContents().subject()
        report("judge 10,000 paths, no text to read") { _ = Rules.findings(in: pathsOnly) }
    }

    @Test func matchingAHundredThousandPaths() throws {
        let change = try GeneratedChange(files: 10_000, seed: 2)
        let paths = Array(repeating: change.changes.map(\.path), count: 10).flatMap(\.self)
        let patterns = try GeneratedChange.patterns([
            "src/**", "tests/**", "**/*.key", "**/*.pem", "secrets/", "**/.env", "**/node_modules/**",
            "infra/**/*.tf",
            "**/*_generated.*", "**/id_rsa*", "vendor/", "**/[Pp]rivate/**", "**/*.{p12,pfx}", "dist/**", "build/",
            "**/package-lock.json", "a/b/c", "docs/*/x", "docs/area1?/*.md", "README.md",
        ])
        let set = PathPatternSet(patterns)
        var matched = 0
        report("match 100,000 paths against 20 patterns, as a set") { matched = paths.count { set.matches($0) } }
        var expected = 0
        report("the same, one by one") {
            expected = paths.count { path in patterns.contains { $0.matches(path) } }
        }
        #expect(matched == expected)
    }

    @Test func searchingForSecrets() throws {
        let change = try GeneratedChange(files: 10_000, seed: 3)
        let text = change.changes.compactMap { $0.newBlob.flatMap(change.bytes) }.flatMap(\.self)
        report("search \(text.count / 1000) kB for secrets") {
            _ = SecretScan.findings(in: text, extent: [.assignments, .connections])
        }
    }

    /// The median of nine runs.
    private func report(_ name: String, _ work: () -> Void) {
        let clock = ContinuousClock()
        let times = (0..<9).map { _ in clock.measure(work) }.sorted()
        print("\(name): \(times[4]) (\(times[0]) to \(times[8]))")
    }
}
