import Basics
import Enforcement
import Model
import Paths
import Testing

/// Files that would act on whoever checks them out, or on a machine that looks at them.
@Suite struct ProtectedPlaceTests {
    /// A path that a place stands for.
    private func example(_ place: ProtectedPlace) -> String {
        let path = place.pattern.replacing("**/", with: "any/where/").replacing("*", with: "x")
        return path.hasSuffix("/") ? path + "file.yml" : path
    }

    private func rules(_ path: String, allowed: [String] = ["**"]) throws -> [String] {
        try ChangeFixture(allowed: allowed).with(path, "{}\n").rules()
    }

    @Test func everyPlaceIsOpenedByItsExactNameAlone() throws {
        #expect(ProtectedPlace.all.count > 300)
        for place in ProtectedPlace.all {
            let path = example(place)
            #expect(try rules(path).contains("path-protected"), "\(path)")
            #expect(try rules(path.uppercased()).contains("path-protected"), "\(path)")
            #expect(try !rules(path, allowed: [path]).contains("path-protected"), "\(path)")
        }
    }

    @Test func everyPlaceHasAPageThatSaysSo() {
        for place in ProtectedPlace.all {
            #expect(place.source.hasPrefix("https://") && !place.service.isEmpty, "\(place.pattern)")
            #expect(place.pattern == place.pattern.lowercased(), "\(place.pattern)")
        }
        #expect(Set(ProtectedPlace.all.map(\.pattern)).count == ProtectedPlace.all.count)
    }

    @Test(arguments: [
        ".github/Workflows/ci.yml", ".github./workflows/ci.yml", ".github/workflows /ci.yml",
        ".g\u{200B}ithub/workflows/x.yml", "\u{2060}.travis.yml", ".travi\u{17F}.yml", ".TRAVIS.YML",
        ".travis.yml.",
        ".HUSKY/pre-commit", "LEFTHOOK.yml", "a/b/Jenkin\u{17F}file", ".\u{212A}odiak.toml",
        ".git\u{AD}hub/dependabot.yml",
        "\u{34F}.leviathan/policy.yaml", ".pre-commit-config.yaml::$DATA", "GITHUB~1/workflows/x.yml",
    ])
    func aNameThatSomeSystemTakesForAProtectedOne(path: String) throws {
        #expect(try rules(path).contains("path-protected"), "\(path)")
    }

    @Test(arguments: [
        ("Secrets/Key.pem", "secrets/**"), ("secrets./key.pem", "secrets/**"),
        ("secret\u{17F}/key.pem", "secrets/**"),
        ("docs/cafe\u{301}.md", "docs/caf\u{E9}.md"), ("docs/caf\u{E9}.md", "docs/cafe\u{301}.md"),
        ("DOCS/CAF\u{C9}.md", "docs/cafe\u{301}.*"), ("a\u{200D}/b", "a/b"), ("x/B .key", "X/**/*.KEY"),
        ("a/b ", "a/b"),
    ])
    func aNameThatSomeSystemTakesForAForbiddenOne(path: String, pattern: String) throws {
        let exhibit = try ChangeFixture(forbidden: [pattern]).with(path, "x\n")
        #expect(try exhibit.rules().contains("path-forbidden"), "\(path) \(pattern)")
    }

    /// What is allowed stays exact.
    @Test func anAllowedNameIsExact() throws {
        #expect(try rules("Docs/a.md", allowed: ["docs/**"]).contains("path-not-allowed"))
        #expect(try rules("docs/cafe\u{301}.md", allowed: ["docs/caf\u{E9}.md"]).contains("path-not-allowed"))
        #expect(try rules("docs/a.md", allowed: ["docs/**"]) == [])
    }

    @Test(arguments: [
        "docs/workflows/ci.yml", "docs/travis.yml", "src/owners.py", "docs/husky/a.md", "action.ymlx", "a.gocd",
    ])
    func otherNamesAreOpen(path: String) throws { #expect(try !rules(path).contains("path-protected"), "\(path)") }

    /// What is looked for in a monorepo's parts, or under a name with something in it.
    @Test(arguments: [
        "web/.gitlab-ci.yml", "ci/azure-pipelines-release.yml", "a/action.yml", "app/ci_scripts/ci_post_clone.sh",
        "buildspec-test.yml", "a/b/.dir-locals.el", "x.code-workspace", ".mise.ci.toml", ".renovaterc.jsonc",
    ])
    func placesAreFoundWhereServicesLook(path: String) throws {
        #expect(try rules(path).contains("path-protected"), "\(path)")
    }

    // MARK: Symlinks

    private func link(_ path: String, _ target: String) throws -> [Violation] {
        try ChangeFixture().with(path, target, mode: 0o120000).violations(seesTree: true)
    }

    @Test(arguments: [
        ("docs/a", "../.github/workflows/ci.yml"), ("docs/a", "../.LEVIATHAN/policy.yaml"),
        ("docs/a", "../.leviathan"),
        ("docs/a", "CODEOWNERS"), ("a", ".husky/pre-commit"), ("a/b/c", "../../.github./workflows/x"),
    ])
    func aLinkThatLeadsToAProtectedPathIsThatPath(path: String, target: String) throws {
        let found = try link(path, target)
        #expect(found.contains { $0.rule == "symlink" && $0.message.contains("which is protected") }, "\(found)")
    }

    @Test(arguments: [".github", ".GitHub", "docs", ".circleci", ".husky", ".gitlab", ".config"])
    func aLinkInThePlaceOfAProtectedDirectory(path: String) throws {
        let found = try link(path, "elsewhere")
        #expect(found.contains { $0.rule == "symlink" || $0.rule == "path-protected" }, "\(path): \(found)")
    }

    @Test func aLinkIsFollowedThroughOtherLinks() throws {
        let exhibit = try ChangeFixture().with("docs/b", "../.github/workflows", mode: 0o120000)
            .with("docs/a", "b/ci.yml", mode: 0o120000)
        let found = try exhibit.violations(seesTree: true).filter { $0.rule == "symlink" }
        #expect(found.map(\.path?.description) == ["docs/b", "docs/a"], "\(found)")
        let circle = try ChangeFixture().with("a", "b", mode: 0o120000).with("b", "a", mode: 0o120000)
        #expect(try circle.violations(seesTree: true).contains { $0.message.contains("cannot be checked") })
    }

    /// Where capitals do not count, another spelling leads through the same links.
    @Test func aLinkIsFollowedInAnySpelling() throws {
        let exhibit = try ChangeFixture().beside("docs/deep/x").with(
            "docs/b", "../.github/workflows", mode: 0o120000
        )
        .with("docs/a", "B/ci.yml", mode: 0o120000).with("c", "DOCS/B./ci.yml", mode: 0o120000)
        for seesTree in [true, false] {
            let found = try exhibit.violations(seesTree: seesTree).filter { $0.rule == "symlink" }
            #expect(Set(found.map(\.path?.description)) == ["docs/b", "docs/a", "c"], "\(found)")
        }
    }

    // MARK: Bare repositories

    private static let parts = [
        ["HEAD", "objects/info/packs", "refs/heads/main"], ["head", "Objects/x", "REFS/x"], ["HEAD", "commondir"],
        ["HEAD", "objects/x", "refs", "config"],
    ]

    @Test(arguments: parts) func aDirectoryThatLooksLikeABareRepository(names: [String]) throws {
        for directory in ["", "tests/fixture.git/", "d/"] {
            var exhibit = try ChangeFixture()
            for name in names { exhibit = try exhibit.with(directory + name, "x\n") }
            for seesTree in [true, false] {
                #expect(try exhibit.rules(seesTree: seesTree).contains("bare-repository"), "\(directory) \(names)")
            }
        }
    }

    @Test func whatMakesOneWithFilesOfTheBaseIsOne() throws {
        let half = try ChangeFixture().beside("d/HEAD").beside("d/objects/x")
        #expect(try half.with("d/refs/x", "").rules(seesTree: true).contains("bare-repository"))
        #expect(try half.with("d/readme.md", "x\n").rules(seesTree: true) == [])
        #expect(try half.with("d/objects/y", "").rules(seesTree: true) == [])
        let whole = try half.beside("d/refs/x")
        for name in ["config", "config.worktree", "hooks/post-checkout", "info/attributes", "Info/attributes"] {
            #expect(try whole.with("d/" + name, "x").rules(seesTree: true).contains("bare-repository"), "\(name)")
        }
        #expect(try whole.with("d/readme.md", "x\n").rules(seesTree: true) == [])
    }
}
