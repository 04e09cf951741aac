import Basics
import Forges
import Model
import Paths
import Testing

@Suite struct ReviewTests {
    private static func owns(_ file: String, _ path: String, _ dialect: CodeOwners.Dialect = .github) throws
        -> Bool
    {
        !CodeOwners(Array("\(file) @x\n".utf8), dialect).owners(of: try RepoPath(path)).isEmpty
    }

    @Test(arguments: [
        ("*", ["a", "a/b", ".x"], []), ("*.js", ["a.js", "d/e/a.js"], ["a.jsx", "js"]),
        ("/docs/", ["docs/a", "docs/b/c"], ["docs", "x/docs/a"]),
        ("docs/*", ["docs/a.md"], ["docs/build/a.md", "x/docs/a.md"]),
        ("apps/", ["apps/a", "x/apps/b/c"], ["apps", "apps2/a"]),
        ("/docs", ["docs", "docs/a"], ["x/docs"]), ("docs", ["docs", "docs/a", "x/docs/y"], ["docs2"]),
        ("/a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]), ("**/logs", ["logs/a", "build/logs/b", "x/logs"], ["logs2"]),
        ("/a/**/z.txt", ["a/z.txt", "a/b/c/z.txt"], ["a/z.txt2", "z.txt"]),
        ("/x?.md", ["xa.md"], ["x.md", "xab.md"]),
        ("src/a.c", ["src/a.c"], ["x/src/a.c", "src/a.cc"]), ("/a\\ b/", ["a b/c"], ["a/c"]),
        ("\\#x", ["#x"], ["x"]),
        ("/a*b*c", ["abc", "aXbYc", "aabbcc"], ["ab", "abcX", "xabc"]), ("!a", [], ["a", "b"]),
        ("[ab]", [], ["a", "[ab]"]),
        ("/**", ["a", "a/b"], []), ("/", ["a", "a/b"], []),
    ])
    func matchesAsGitHubDoes(pattern: String, yes: [String], no: [String]) throws {
        for path in yes { #expect(try Self.owns(pattern, path), "\(pattern) does not fit \(path)") }
        for path in no { #expect(try !Self.owns(pattern, path), "\(pattern) fits \(path)") }
    }

    @Test(arguments: [
        ("README.md", ["README.md", "a/b/README.md"], ["README.md/x"]),
        ("internal/README.md", ["internal/README.md", "x/internal/README.md"], []),
        ("/docs/", ["docs/a", "docs/b/c"], ["x/docs/a"]), ("docs/", ["docs/a", "x/docs/b/c"], ["docs"]),
        ("/docs/*", ["docs/a.md"], ["docs/b/a.md"]),
        ("/docs/**/*.md", ["docs/a.md", "docs/b/c/a.md"], ["docs/a.txt"]),
        ("/docs", ["docs"], ["docs/a"]), ("*", ["a", "b/c"], []), ("path with\\ spaces/", [], ["x"]),
    ])
    func matchesAsGitLabDoes(pattern: String, yes: [String], no: [String]) throws {
        for path in yes { #expect(try Self.owns(pattern, path, .gitlab), "\(pattern) does not fit \(path)") }
        for path in no { #expect(try !Self.owns(pattern, path, .gitlab), "\(pattern) fits \(path)") }
    }

    @Test func theLastMatchWins() throws {
        let file = """
            # The whole
            *       @org/core  me@example.com
            *.md    @writer # not @this
            /secret/
            /a\\ b/  @spaced
            broken  @ @/x x@y @@role-is-gitlab
            """
        let owners = CodeOwners(Array(file.utf8), .github)
        #expect(try owners.owners(of: RepoPath("x.c")) == [.team("org/core"), .email("me@example.com")])
        #expect(try owners.owners(of: RepoPath("d/x.md")) == [.user("writer")])
        #expect(try owners.owners(of: RepoPath("secret/x.md")) == [])
        #expect(try owners.owners(of: RepoPath("a b/c")) == [.user("spaced")])
    }

    @Test func readsGitLabsSections() throws {
        let file = """
            * @default
            [Docs][2] @docs-team @group/sub
            *.md
            /guide/ @guide
            ^[Optional]
            *.md @maybe
            [Database]
            !*.sql.md
            *.sql @@maintainer dba@example.com
            *.sql.md @never
            [docs]
            late.md @late
            """
        let owners = CodeOwners(Array(file.utf8), .gitlab)
        #expect(try owners.owners(of: RepoPath("a.c")) == [.user("default")])
        #expect(
            try owners.owners(of: RepoPath("a.md")) == [
                .user("default"), .user("docs-team"), .team("group/sub"), .user("maybe"),
            ])
        #expect(try owners.owners(of: RepoPath("guide/a.c")) == [.user("default"), .user("guide")])
        #expect(
            try owners.owners(of: RepoPath("x.sql")).suffix(2) == [.role("maintainer"), .email("dba@example.com")])
        #expect(try !owners.owners(of: RepoPath("x.sql.md")).contains(.user("never")))
        #expect(try owners.owners(of: RepoPath("late.md")).contains(.user("late")))
    }

    @Test func asksThoseWhoOwnMostButNeverTheAuthor() throws {
        let file = """
            * @everyone
            /a/ @alice @org/team
            /b/ @bob @alice mail@example.com
            /c/ @Author
            """
        let owners = CodeOwners(Array(file.utf8), .github)
        let paths = try ["a/1", "b/1", "b/2", "c/1", "z"].map { try RepoPath($0) }
        let all = owners.reviewers(for: paths, limit: 10, excluding: ["author"])
        #expect(all.reviewers == [.user("alice"), .user("bob"), .team("team"), .user("everyone")])
        #expect(all.unresolved == ["mail@example.com"])
        #expect(owners.reviewers(for: paths, limit: 2).reviewers == [.user("alice"), .user("bob")])
        #expect(owners.reviewers(for: paths, limit: 0).reviewers == [])
    }

    @Test func doesNotTakeForEverOverAHostileFile() throws {
        let pattern = String(repeating: "**/a*a*a*", count: 60)
        let text = String(repeating: "\(pattern) @x\n", count: 200)
        let path = try RepoPath(String(repeating: "aaaaaaaaaaaaaaaa/", count: 100) + "b")
        let owners = CodeOwners(Array(text.utf8), .gitlab)
        #expect(owners.owners(of: path) == [])
        _ = CodeOwners([0xFF, 0xFE, 0, 10, 35], .github)
    }

    @Test func readsManySectionsAndOwnersInOnePass() throws {
        let sections = (0..<100_000).map { "[S\($0)]\n" }.joined()
        let owners = (0..<30_000).map { "@o\($0)" }.joined(separator: " ")
        let file = "[First] @first\n*\n\(sections)[Last]\n* \(owners)\n[FIRST]\n"
        let path = try RepoPath("a")
        let all = CodeOwners(Array(file.utf8), .gitlab).owners(of: path)
        #expect(all.count == 30_001 && all.first == .user("o0") && all.last == .user("first"))
    }

    // MARK: Auto-merge

    private func given(_ change: (inout AutoMergeDecision.Case) -> Void = { _ in }) -> AutoMergeDecision {
        var settings = AutoMerge()
        (settings.enabled, settings.scopes) = (true, ["docs"])
        var state = PullRequestState(number: 1, url: "", phase: .open, head: agentHead, base: "main")
        (state.headCommit, state.checks, state.approvals, state.mergeability) = (agentCommit, .passing, 1, .clean)
        var given = AutoMergeDecision.Case(
            settings: settings, scope: "docs", review: PullRequestReview(state: state), expectedHead: agentCommit,
            forgeMerges: true)
        change(&given)
        return AutoMergeDecision.decide(given)
    }

    private func isLeft(_ decision: AutoMergeDecision, _ word: String) -> Bool {
        if case .leave(let reason) = decision { reason.contains(word) } else { false }
    }

    private func waits(_ decision: AutoMergeDecision, _ word: String) -> Bool {
        if case .wait(let reason) = decision { reason.contains(word) } else { false }
    }

    @Test func mergesWhereEverythingIsThere() {
        #expect(given() == .merge(.squash, reason: "checks and approvals are there"))
        #expect(
            given { $0.settings.method = .rebase } == .merge(.rebase, reason: "checks and approvals are there"))
        for state in [PullRequestState.Mergeability.blocked, .behind, .unknown, .unstable] {
            guard case .leaveToForge(.squash, _) = given({ $0.review.state.mergeability = state }) else {
                Issue.record("\(state)")
                continue
            }
        }
    }

    @Test func leavesWhatThePolicyDoesNotWant() {
        #expect(isLeft(given { $0.settings.enabled = false }, "off"))
        #expect(isLeft(given { $0.settings = AutoMerge() }, "off"))
        #expect(isLeft(given { $0.scope = "code" }, "scope 'code'"))
        #expect(isLeft(given { $0.settings.scopes = [] }, "scope"))
        #expect(isLeft(given { $0.review.state.phase = .closed }, "closed"))
        #expect(isLeft(given { $0.review.state.isDraft = true }, "draft"))
        #expect(isLeft(given { $0.review.state.mergeability = .draft }, "draft"))
        #expect(isLeft(given { $0.review.state.head = "feature" }, "branch"))
        #expect(isLeft(given { $0.review.state.headCommit = otherCommit }, "last commit"))
        #expect(isLeft(given { $0.review.state.headCommit = nil }, "last commit"))
        #expect(isLeft(given { $0.review.state.mergeability = .conflicting }, "conflicts"))
        #expect(isLeft(given { $0.review.state.changesRequested = 1 }, "asks for changes"))
    }

    @Test func asksForChecks() {
        #expect(isLeft(given { $0.review.state.checks = .failing }, "failed"))
        #expect(isLeft(given { $0.review.state.checks = .none }, "no check"))
        #expect(waits(given { $0.review.state.checks = .pending }, "not done"))
        #expect(waits(given { $0.review.state.checks = .unknown }, "cannot be seen"))
        #expect(
            isLeft(given { ($0.settings.requiresChecks, $0.review.state.checks) = (false, .failing) }, "failed"))
        #expect(
            given { ($0.settings.requiresChecks, $0.review.state.checks) = (false, .none) }.reason
                == "checks and approvals are there")
        let required = [
            PullRequestCheck("test", .passed, isRequired: true),
            PullRequestCheck("lint", .failed, isRequired: false),
        ]
        let unstable = given { given in
            (given.review.checks, given.review.state.checks) = (required, .failing)
            given.review.state.mergeability = .unstable
        }
        #expect(unstable.reason.contains("not required"))
        #expect(
            isLeft(
                given { $0.review.checks = [PullRequestCheck("test", .failed, isRequired: true)] }, "'test' failed"
            ))
        #expect(isLeft(given { $0.review.checks = [PullRequestCheck("test", .failed)] }, "'test' failed"))
        #expect(
            waits(given { $0.review.checks = [PullRequestCheck("test", .pending, isRequired: true)] }, "'test'"))
        // Only what is not required passed: nothing that counts is proved.
        let onlyOptional = given { given in
            given.review.checks = [PullRequestCheck("lint", .passed, isRequired: false)]
            given.review.state.checks = .none
        }
        #expect(isLeft(onlyOptional, "no check"))
    }

    @Test func asksForApprovalsAndObeysTheForge() {
        #expect(waits(given { $0.review.state.approvals = 0 }, "1 more approval is needed"))
        #expect(waits(given { $0.settings.requiredApprovals = 3 }, "2 more approvals are needed"))
        #expect(
            given { ($0.settings.requiredApprovals, $0.review.state.approvals) = (0, 0) }.reason.contains("there"))
        #expect(waits(given { ($0.review.missingApprovals, $0.forgeMerges) = (1, false) }, "forge wants"))
        #expect(waits(given { ($0.review.state.mergeability, $0.forgeMerges) = (.blocked, false) }, "rules"))
        #expect(
            waits(
                given { ($0.review.state.mergeability, $0.review.state.isAutoMergeEnabled) = (.blocked, true) },
                "forge will"))
    }
}
