import Basics
import Processes
import TestSupport

/// A repository with a contract and a bare remote, and the built program to run in it.
final class TestTarget: Sendable {
    let repository: TestRepository
    let remote: String

    static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**, README.md], executor: docs}
        """

    static let backlog = """
        version: 1
        tasks:
          # the first
          - id: task-001
            title: Add a guide
            description: What it is about.
            scope: docs
            ready: true
            allowed_paths: [docs/guide.md]
          - {id: task-002, title: Later, scope: docs, ready: false, allowed_paths: [docs/later.md]}
        """

    /// `hasHome`: whether Leviathan has a home already, with limits that hold no test up.
    init(
        policy: String = TestTarget.policy, backlog: String = TestTarget.backlog, contract: String? = nil,
        hasHome: Bool = true
    ) throws {
        repository = try TestRepository()
        try repository.write(".leviathan/policy.yaml", policy)
        try repository.write(".leviathan/backlog.yaml", backlog)
        if let contract { try repository.write(".leviathan/contract.yaml", contract) }
        try repository.write("README.md", "# Hello\n")
        try repository.commitAll("Start")
        remote = try repository.addRemote()
        guard hasHome else { return }
        // Most tests propose more than the usual limits allow; those of limits set their own.
        try FileSystem.createDirectory(home, permissions: 0o700)
        try FileSystem.write(
            Array("limits: {max_open_prs: 1000, circuit_breaker: {failures: 1000}}\n".utf8),
            to: home + "/config.yaml")
    }

    var home: String { repository.directory.path + "/leviathan" }

    /// The program that this test run built.
    static let program: String = {
        let test = FileSystem.realPath("/proc/self/exe") ?? ""
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") } + [test]
        let candidates = bundles.compactMap { bundle in
            bundle.lastIndex(of: "/").map { bundle[..<$0] + "/leviathan" }
        }.map { String($0) }
        return candidates.first { FileSystem.exists($0) } ?? "leviathan"
    }()

    static func run(
        _ words: [String], in directory: String, environment: [String: String], input: [UInt8] = []
    ) throws -> ProcessOutcome {
        var subprocess = Subprocess(program, words, environment: environment)
        subprocess.workingDirectory = directory
        subprocess.input = .bytes(input)
        return try subprocess.run()
    }

    /// Runs `leviathan` in the checkout.
    func leviathan(
        _ words: String..., arguments: [String] = [], in directory: String? = nil, extra: [String: String] = [:]
    ) throws -> ProcessOutcome {
        let words = words + arguments
        let environment = repository.environment.merging(["LEVIATHAN_HOME": home]) { $1 }.merging(extra) { $1 }
        return try Self.run(words, in: directory ?? repository.path, environment: environment)
    }

    /// Every reference here and on the remote, and the checkout's state: what a refused command must leave alone.
    func everything() throws -> String {
        try repository.git("for-each-ref") + repository.git("--git-dir", remote, "for-each-ref")
            + repository.git("status", "--porcelain", "--ignored") + repository.git("stash", "list")
    }
}

extension ProcessOutcome {
    var json: JSON { (try? JSON.parse(output.text)) ?? .null }
}
