import Basics
import Processes
import TestSupport
import Testing

/// Every block of every page is run as it stands, or has a row here that says why not.
@Suite(.timeLimit(.minutes(60))) struct ShownBlocksTests {
    /// Command lines by page and beginning.
    static let elsewhere: [(page: String, line: String, reason: ShownElsewhere)] = [
        (
            "README.md", "make ",
            .needs("a build of everything; scripts/newcomer sources runs both in an empty Debian root")
        ),
        ("deploy/aws/README.md", "", .needs("terraform and an account at AWS; AWSFilesTests read the files")),
        (
            "docs/installing.md", "apt install",
            .needs("root and a release; scripts/newcomer deb runs it in an empty Debian root")
        ),
        (
            "docs/installing.md", "sh install.sh",
            .test("InstallerTests", "itInstallsWhatIsSignedAndRemovesItAgain")
        ),
        ("docs/installing.md", "make install", .needs("a release build; scripts/dist makes one")),
        ("docs/installing.md", "minisign", .needs("a published release; InstallerTests verify one of their own")),
        ("docs/kubernetes.md", "scripts/image", .needs("buildah and a release build")),
        (
            "docs/kubernetes.md", "kubectl -n leviathan get configmaps",
            .test("TargetsTests", "configMapsOfTheOlderSystemAreRegistered")
        ),
        ("docs/kubernetes.md", "apt-get install podman", .needs("root")),
        ("docs/kubernetes.md", "make up", .needs("podman, and a release build for its image")),
        ("docs/kubernetes.md", "make down", .needs("what 'make up' started")),
        ("docs/kubernetes.md", "kind load", .needs("a cluster in containers")),
        ("docs/kubernetes.md", "k3s ctr", .needs("k3s")),
        ("docs/kubernetes.md", "docker load", .needs("docker")),
        ("docs/operations.md", "", .test("OperationsTests", "everyCommandRunsInItsOrder")),
        ("docs/plugins.md", "", .test("PluginTests", "theDocumentationShowsTheExamplesAsTheyAre")),
        ("docs/scheduler.md", "useradd", .needs("root")),
        ("docs/scheduler.md", "install -d", .needs("root")),
        ("docs/scheduler.md", "printf 'GITHUB_TOKEN", .needs("root")),
        (
            "docs/scheduler.md", "cp deploy/systemd",
            .needs("root; ServiceUnitTests hold the units against systemd-analyze")
        ),
        ("docs/scheduler.md", "systemctl", .needs("a running systemd")),
        ("docs/scheduler.md", "journalctl", .needs("a running systemd")),
    ]

    private static func isElsewhere(_ command: ShownCommand) -> Bool {
        elsewhere.contains { $0.page == command.page && command.line.hasPrefix($0.line) }
    }

    private static func here(_ page: String) throws -> [ShownCommand] {
        try ShownBlock.blocks(of: page).flatMap(\.commands).filter { !isElsewhere($0) }
    }

    static let pages = ((try? ShownBlock.pages()) ?? []).filter { page in
        guard page != "docs/postgresql.md" || PostgresTestServer.isInstalled else { return false }
        return ((try? here(page)) ?? []).isEmpty == false
    }

    @Test(arguments: pages) func theCommandsOfAPageDoWhatItShows(page: String) throws {
        let make = try #require(
            BookWorld.pages[page],
            "\(page) shows commands: give it a world in BookWorld.swift, or rows in ShownBlocksTests")
        let commands = try Self.here(page)
        let ends = try make().run(commands)
        for (command, end) in zip(commands, ends) {
            #expect(command.isEnd(end.code), "\(page): \(command.line) ended with \(end.code):\n\(end.printed)")
            guard command.output != nil else { continue }
            #expect(command.isOutput(end.printed), "\(page): \(command.line) printed:\n\(end.printed)")
        }
    }

    @Test func everyRowIsNeeded() throws {
        let commands = try ShownBlock.all().flatMap(\.commands)
        for row in Self.elsewhere {
            #expect(
                commands.contains { $0.page == row.page && $0.line.hasPrefix(row.line) },
                "nothing in \(row.page) begins with '\(row.line)'")
            try row.reason.checkThatItIsTrue()
        }
        for page in BookWorld.pages.keys {
            #expect(try !Self.here(page).isEmpty, "\(page) shows no command that runs")
        }
    }
}

/// Why a block is not run or read by the tests of all blocks.
enum ShownElsewhere: Sendable {
    /// It is run, or the block is checked, by another test.
    case test(String, String)
    /// What it would take.
    case needs(String)

    /// The test that is named is there.
    func checkThatItIsTrue() throws {
        guard case .test(let suite, let name) = self else { return }
        let path = "\(ShownBlock.root)/Tests/EndToEndTests/\(suite).swift"
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        #expect(text.contains("func \(name)("), "\(suite) has no test \(name)")
    }
}
