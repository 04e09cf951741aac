import Basics
import Processes
import TestSupport
import Testing

/// Clones of Leviathan's own that leave files at their remote, against servers of git that can do that and others.
@Suite(.timeLimit(.minutes(60))) struct PartialCloneTests {
    private static let pages = 60
    private static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: docs}
          edits: {allowed_paths: [docs/**], executor: edit}
          code: {allowed_paths: [src/**], executor: command}
          links: {allowed_paths: [docs/**], executor: edit}
        invariants:
          - {name: links, builtin: links, when: [docs/index.md]}
        limits: {max_open_prs: 100, max_running_attempts: 100}

        """
    private static let backlog = """
        version: 1
        tasks:
          - {id: page, title: A page, scope: docs, ready: true, allowed_paths: [docs/new.md]}
          - id: many
            title: Colours
            scope: edits
            ready: true
            allowed_paths: [docs/pages/]
            inputs: {edits: [{replace: "docs/pages/*.md", find: colour, with: color}]}
          - id: program
            title: A program
            scope: code
            ready: true
            allowed_paths: [src/]
            inputs: {run: "cat docs/pages/1.md >src/copy"}
          - id: linked
            title: An index
            scope: links
            ready: true
            allowed_paths: [docs/index.md]
            inputs: {edits: [{replace: docs/index.md, find: Index, with: All pages}]}

        """

    /// A target behind a server, a git that writes down what it is asked, and homes that know nothing yet.
    private final class World: Sendable {
        let target: TestTarget
        let url: String
        private let server: GitTestServer
        private let place: TemporaryDirectory
        private let access: [String: String]

        init(_ kind: GitTestServer.Kind = .daemon, filters: Bool = true) throws {
            target = try TestTarget(
                policy: PartialCloneTests.policy, backlog: PartialCloneTests.backlog,
                contract: "version: 1\ntarget: app\ndelivery: {forge: git}\n")
            place = try TemporaryDirectory()
            let repository = target.repository
            var index = "# Index\n\n"
            for number in 1...PartialCloneTests.pages {
                try repository.write(
                    "docs/pages/\(number).md", "# Page\n\n## Part \(number)\n\ncolour \(number)\n")
                index += "- [\(number)](pages/\(number).md#part-\(number))\n"
            }
            try repository.write("docs/index.md", index)
            try repository.write("src/main.c", "int main;\n")
            try repository.commitAll("Pages")
            try repository.git("push", "--quiet", "origin", "HEAD:main")
            try repository.git("--git-dir", target.remote, "config", "uploadpack.allowFilter", "\(filters)")
            let parts = target.remote.split(separator: "/")
            server = try GitTestServer(kind, root: "/" + parts.dropLast().joined(separator: "/"), in: place)
            (url, access) = (server.url(of: String(parts.last ?? "")), try server.access())
            let path = repository.environment["PATH"] ?? ""
            try FileSystem.createDirectory(place.path + "/bin", permissions: 0o755)
            try FileSystem.write(
                Array("#!/bin/sh\necho \"$*\" >>'\(place.path)/calls'\nPATH='\(path)' exec git \"$@\"\n".utf8),
                to: place.path + "/bin/git", permissions: 0o755)
        }

        func leviathan(
            _ words: String..., arguments: [String] = [], home: String = "home", extra: [String: String] = [:]
        ) throws -> ProcessOutcome {
            let path = "\(place.path)/bin:\(target.repository.environment["PATH"] ?? "")"
            let own = ["LEVIATHAN_HOME": place.path + "/" + home, "PATH": path]
            return try target.leviathan(
                arguments: words + arguments, in: place.path,
                extra: own.merging(access) { $1 }.merging(extra) { $1 })
        }

        func clone(_ home: String = "home") -> String { "\(place.path)/\(home)/clones/app" }

        /// How many objects of the base are not in the clone.
        func missing(_ home: String = "home") throws -> Int {
            // The store of a mirror counts, which the clone names.
            let text = try target.repository.git(
                "-C", clone(home), "rev-list", "--objects", "--missing=print", "origin/main")
            return text.split(separator: "\n").count { $0.hasPrefix("?") }
        }

        /// How often files were fetched since this was asked last.
        func rounds() throws -> Int {
            let log = place.path + "/calls"
            guard FileSystem.exists(log) else { return 0 }
            let text = String(decoding: try FileSystem.read(log, limit: 1 << 22), as: UTF8.self)
            try FileSystem.removeTree(log)
            return text.split(separator: "\n").count { $0.contains("--stdin") }
        }

        func vanish() throws { try FileSystem.replace(target.remote + ".gone", by: target.remote) }
        var mirrors: String { place.path + "/mirrors" }
    }

    private func propose(_ world: World, _ task: String, _ words: String...) throws -> ProcessOutcome {
        try world.leviathan("-C", world.clone(), "propose", task, "--json", arguments: words)
    }

    /// A server that leaves nothing out gives a whole clone, as ever.
    @Test(arguments: [GitTestServer.Kind.daemon, .http], [true, false])
    func aTargetIsClonedWithoutItsFiles(kind: GitTestServer.Kind, filters: Bool) throws {
        let world = try World(kind, filters: filters)
        let added = try world.leviathan("target", "add", world.url, "--name", "app")
        #expect(added.succeeded, "\(added.errors.text)")
        let missing = try world.missing()
        #expect(filters ? missing > Self.pages : missing == 0)
        // The contract came with one request.
        #expect(try world.rounds() == (filters ? 1 : 0))
        let run = try world.leviathan("run", "--once", "--target", "app", "--max", "1", "--json")
        #expect(
            run.json["dispatched"]?.elements?.first?["outcome"] == "delivered",
            "\(run.output.text)\(run.errors.text)"
        )
        #expect(try world.rounds() == 0 && world.missing() == missing)
        let branch = try world.target.repository.git(
            "--git-dir", world.target.remote, "show", "agent/page:docs/new.md")
        #expect(!branch.isEmpty)
    }

    /// However many files an executor, an invariant or a program reads, they are fetched with one request.
    @Test func filesAreFetchedTogether() throws {
        let world = try World()
        #expect(try world.leviathan("target", "add", world.url, "--name", "app").succeeded)
        #expect(try world.rounds() == 1)
        for (task, rounds) in [("linked", 2), ("many", 0), ("program", 1)] {
            let result = try propose(world, task)
            #expect(result.json["outcome"] == "delivered", "\(task): \(result.output.text)\(result.errors.text)")
            #expect(try world.rounds() == rounds, "\(task)")
        }
        let copy = try world.target.repository.git(
            "--git-dir", world.target.remote, "show", "agent/program:src/copy")
        #expect(copy.contains("## Part 1"))
        #expect(try world.missing() == 0)
    }

    @Test func anExecutorThatReadsManyFilesFetchesThemOnce() throws {
        let world = try World()
        #expect(try world.leviathan("target", "add", world.url, "--name", "app").succeeded)
        _ = try world.rounds()
        let dry = try propose(world, "many", "--dry-run")
        #expect(dry.json["outcome"] == "prepared", "\(dry.output.text)\(dry.errors.text)")
        #expect(try world.rounds() == 1)
        #expect(try propose(world, "many").json["outcome"] == "delivered")
        #expect(try world.rounds() == 0)
    }

    /// What one clone has fetched lies in the mirror, and the next clone finds it there.
    @Test func theNextCloneFindsFilesInTheMirror() throws {
        let world = try World()
        let extra = ["LEVIATHAN_MIRRORS": world.mirrors]
        for (home, rounds) in [("one", 1), ("two", 0)] {
            let added = try world.leviathan("target", "add", world.url, "--name", "app", home: home, extra: extra)
            #expect(added.succeeded, "\(added.errors.text)")
            #expect(try world.rounds() == rounds)
            let made = try world.leviathan(
                "-C", world.clone(home), "propose", "many", "--dry-run", "--json", home: home, extra: extra)
            #expect(made.json["outcome"] == "prepared", "\(made.output.text)\(made.errors.text)")
            #expect(try world.rounds() == rounds)
        }
    }

    /// A repository on this machine is asked as any other: to copy its files would meet those that a push is writing.
    @Test func aRepositoryHereIsClonedWhileOthersPush() throws {
        let world = try World()
        let incoming = world.target.remote + "/objects/tmp_objdir-incoming-abc"
        try FileSystem.createDirectory(incoming, permissions: 0o755)
        _ = try BackgroundProgram.run(["ln", "-s", "/nonexistent", incoming + "/half"])
        let added = try world.leviathan("target", "add", world.target.remote, "--name", "app")
        #expect(added.succeeded, "\(added.errors.text)")
        #expect(try world.missing() > Self.pages)
    }

    @Test func aRemoteThatIsAwayIsNamed() throws {
        let world = try World()
        #expect(try world.leviathan("target", "add", world.url, "--name", "app").succeeded)
        // Whoever works offline asks for nothing.
        let offline = try propose(world, "many", "--offline")
        let way = "git fetch --refetch --no-filter origin"
        let told = offline.output.text + offline.errors.text
        #expect(offline.ending == .exited(3) && told.contains("partial") && told.contains(way), "\(told)")
        #expect(try world.rounds() == 1)
        try world.vanish()
        let gone = try propose(world, "many", "--dry-run")
        let said = gone.output.text + gone.errors.text
        // It is the remote's failure, and not that of the task.
        #expect(
            gone.ending == .exited(8) && said.contains("left at 'origin'") && said.contains("git fetch"), "\(said)"
        )
        #expect(try world.rounds() == 1)
    }
}
