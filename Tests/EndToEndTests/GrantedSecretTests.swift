import Basics
import Processes
import TestSupport
import Testing

/// What programs are given as a secret shows nowhere and leaves in no change.
@Suite(.timeLimit(.minutes(60))) struct GrantedSecretTests {
    private static let secret = "q7!zRt/w0+Kd \"n\"&5x"
    /// The value in base 64 behind two bytes, and as Python writes it in JSON and in a URL.
    private static let spellings = [
        secret, "NyF6UnQvdzArS2QgIm4iJjV", "q7!zRt/w0+Kd \\\"n\\\"&5x", "q7%21zRt%2Fw0%2BKd%20%22n%22%265x",
    ]

    private static let policy = """
        version: 1
        scopes: {code: {allowed_paths: [src/**], executor: command}}
        sandbox: {env: [DEPLOY_TOKEN, CUSTOMER, EDITION], secrets: [CUSTOMER]}
        """

    private static let environment = [
        "DEPLOY_TOKEN": secret, "CUSTOMER": "acme-and-sons", "EDITION": "edition-42",
        "OTHER_TOKEN": "never-granted-1",
    ]

    /// Everything that Leviathan keeps: the journal with its log, artifacts, and what else is in its home.
    private static func kept(_ target: TestTarget) throws -> [UInt8] {
        let line = "find '\(target.home)' -type f -print0 | xargs -0 cat"
        var find = Subprocess.shell(line, environment: ["PATH": "/usr/bin:/bin"])
        find.captureLimit = Subprocess.CaptureLimit(head: 64 << 20)
        return try find.run().output.head
    }

    @Test func nothingThatIsShownOrKeptHoldsOne() throws {
        let line = """
            printf 'in two %s' "$(printf %s "$DEPLOY_TOKEN" | cut -c1-9)"; printf '%s\\n' "$(printf %s "$DEPLOY_TOKEN" | cut -c10-)"
            printf %s "xx$DEPLOY_TOKEN" | base64; echo "for $CUSTOMER, $EDITION" >&2; printf '%s' "$DEPLOY_TOKEN"
            """
        for ending in ["exit 3", "echo y > src/a.py"] {
            let target = try CommandTests.target(line + "\n" + ending, paths: "[src/]", policy: Self.policy)
            for words in [
                ["propose", "run", "--dry-run", "--verbose"], ["propose", "run", "--json"], ["events"],
                ["artifacts"],
            ] {
                let result = try target.leviathan(arguments: words, extra: Self.environment)
                let shown = result.output.text + result.errors.text
                for spelling in Self.spellings + ["acme-and-sons"] {
                    #expect(!shown.contains(spelling), "\(shown)")
                }
                if words.contains("--verbose") {
                    #expect(shown.contains("in two ***") && shown.contains("for ***, edition-42"), "\(shown)")
                }
            }
            let kept = try Self.kept(target)
            #expect(kept.contains(piece: "for ***, edition-42"))
            for spelling in Self.spellings + ["acme-and-sons"] { #expect(!kept.contains(piece: spelling)) }
        }
    }

    @Test(arguments: [
        "printf '%s' \"$DEPLOY_TOKEN\" > src/a.txt", "printf '%s' \"x$DEPLOY_TOKEN\" | base64 > src/a.txt",
        "echo 1 > \"src/$CUSTOMER.py\"", "printf 'a %s' \"$CUSTOMER\" | iconv -t UTF-16 > src/wide.txt",
        "printf '\\0\\1%s' \"$CUSTOMER\" > src/a.bin",
        "printf '%s\\n' log \"$DEPLOY_TOKEN\" | gzip > src/a.log.gz",
        "head -c 70000000 /dev/zero | gzip -1 > src/zeros.gz",
    ]) func noChangeHoldsOne(line: String) throws {
        let target = try CommandTests.target(line, paths: "[src/]", policy: Self.policy)
        let result = try target.leviathan("propose", "run", "--json", extra: Self.environment)
        #expect(result.ending == .exited(4), "\(result.output.text)\(result.errors.text)")
        let rules = result.json["violations"]?.elements?.compactMap { $0["rule"]?.string } ?? []
        #expect(rules == ["granted-secret"], "\(result.output.text)")
        #expect(!result.output.text.contains("acme-and-sons"))
        #expect(try !Self.kept(target).contains(piece: "acme-and-sons"))
    }

    @Test func whatTheBaseHoldsOrNobodyCallsSecretIsNone() throws {
        let target = try CommandTests.target(
            "echo \"$CUSTOMER $EDITION\" | tee src/new.txt", paths: "[src/]", policy: Self.policy)
        try target.repository.write("README.md", "Made for acme-and-sons.\n")
        try target.repository.commitAll("Name the customer")
        try target.repository.git("push", "-q", "origin", "main")
        let result = try target.leviathan("propose", "run", "--json", extra: Self.environment)
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(try Self.kept(target).contains(piece: "acme-and-sons edition-42"))
    }
}
