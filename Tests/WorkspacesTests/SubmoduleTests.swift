import Basics
import Git
import Model
import Paths
import Processes
import TestSupport
import Testing
import Workspaces

/// Submodules that are filled from objects that are here already.
@Suite(.timeLimit(.minutes(60))) struct SubmoduleTests {
    /// A repository with two submodules, one of them with one of its own, below a name that is not its path.
    fileprivate struct World {
        let repository: TestRepository
        let commit: ObjectID

        init() throws {
            repository = try TestRepository()
            let (inner, library) = (try TestRepository(), try TestRepository())
            try inner.write("deep.txt", "deep\n")
            try inner.commitAll("Inner")
            try library.write("lib.c", "int one;\n")
            try library.write(".gitignore", "*.o\n")
            try Self.add(inner.path, as: "inner", at: "inner", to: library)
            try library.commitAll("Library")
            try repository.write("x.txt", "text\n")
            try repository.write("x0", "text\n")
            try Self.add(library.path, as: "a name", at: "x", to: repository)
            try repository.git("-c", "protocol.file.allow=always", "submodule", "update", "--init", "--recursive")
            try Self.add(inner.path, as: "second", at: "sub/inner", to: repository)
            commit = try repository.commitAll("Super")
        }

        private static func add(_ source: String, as name: String, at path: String, to repository: TestRepository)
            throws
        {
            try repository.git(
                "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "--name", name, source, path)
        }

        var store: String { repository.directory.path + "/store" }

        func filled(_ opened: Repository) throws -> FilledTree {
            try FilledTree(
                opened.commit(commit).tree, of: opened,
                from: FilledTree.Places(of: opened, checkout: repository.path, store: store))
        }

        func claim(_ filled: FilledTree) throws -> ClaimedSlot {
            try pool(filled.repository).claim(
                filled.tree, at: commit, submodules: filled.submodules, cancellation: Cancellation())
        }

        func pool(_ opened: Repository) -> SlotPool {
            SlotPool(
                opened, directory: repository.directory.path + "/pool", limit: 2, clock: .system,
                identifiers: .system)
        }
    }

    @Test func allAreFilledAndGitSeesNoDifference() throws {
        let world = try World()
        let repository = try Repository.open(world.repository.path)
        let filled = try world.filled(repository)
        #expect(filled.notes == [])
        #expect(filled.submodules.keys.map(\.description).sorted() == ["sub/inner", "x"])
        let checkout = try world.claim(filled)
        for (path, text) in [
            "x/lib.c": "int one;\n", "x/inner/deep.txt": "deep\n", "sub/inner/deep.txt": "deep\n",
            "x.txt": "text\n",
        ] {
            #expect(
                try String(decoding: FileSystem.read("\(checkout.path)/\(path)", limit: 99), as: UTF8.self) == text
            )
        }
        var git = Subprocess("git", ["status", "--porcelain"], environment: world.repository.environment)
        git.workingDirectory = checkout.path
        let outcome = try git.run()
        #expect(outcome.succeeded && outcome.output.text == "", "\(outcome.output.text)\(outcome.errors.text)")
        git.arguments = ["ls-files", "--stage"]
        #expect(try git.run().output.text == world.repository.git("ls-files", "--stage") + "\n")
        // Nothing of it lies in the repository itself, which git would call broken.
        #expect(try world.repository.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func theSameSlotIsSharedWithAndWithout() throws {
        let world = try World()
        let repository = try Repository.open(world.repository.path)
        let plain = try repository.commit(world.commit).tree
        for _ in 0..<2 {
            let filled = try world.filled(repository)
            let pool = world.pool(filled.repository)
            do {
                let checkout = try pool.share(
                    filled.tree, at: world.commit, submodules: filled.submodules, cancellation: Cancellation())
                #expect(FileSystem.exists(checkout.path + "/x/lib.c"))
            }
            let checkout = try pool.share(plain, at: world.commit, cancellation: Cancellation())
            #expect(try FileSystem.list(checkout.path + "/x") == [])
        }
    }

    @Test func whatLiesInOneIsRefusedAndWhatItIgnoresIsLeftOut() throws {
        let world = try World()
        let repository = try Repository.open(world.repository.path)
        let filled = try world.filled(repository)
        let checkout = try world.claim(filled)
        for (path, text) in [
            "x/lib.c": "int two;\n", "x/lib.o": "object", "x/inner/new.txt": "new\n", "x.txt": "own\n",
        ] {
            try FileSystem.write(Array(text.utf8), to: "\(checkout.path)/\(path)")
        }
        try FileSystem.removeTree(checkout.path + "/sub/inner")
        let scan = ChangeScan(repository, base: filled)
        let changes = filled.refusingSubmodules(try scan.changes(in: checkout))
        #expect(changes.edits.map(\.path.description) == ["x.txt"] && changes.ignored == 1)
        #expect(
            changes.refusals.compactMap(\.path?.description).sorted() == [
                "sub/inner/deep.txt", "x/inner/new.txt", "x/lib.c",
            ])
        #expect(changes.refusals.allSatisfy { $0.rule == "submodule" })
    }

    /// What a change shares with a submodule has to lie in the repository all the same: it is pushed from there.
    @Test func theSameContentIsWrittenToTheRepository() throws {
        let world = try World()
        let repository = try Repository.open(world.repository.path)
        let filled = try world.filled(repository)
        let checkout = try world.claim(filled)
        try FileSystem.write(Array("int one;\n".utf8), to: checkout.path + "/copy.c")
        let changes = try ChangeScan(repository, base: filled).changes(in: checkout)
        let blob: ObjectID? = if case .upsert(_, let id, _) = changes.edits.first { id } else { nil }
        #expect(try world.repository.git("cat-file", "-t", #require(blob).hex) == "blob")
    }

    @Test func whatIsNotHereStaysEmptyAndIsNamed() throws {
        let world = try World()
        try FileSystem.removeTree(world.repository.path + "/.git/modules/a name/modules")
        try FileSystem.removeTree(world.repository.path + "/.git/modules/second")
        try FileSystem.removeTree(world.repository.path + "/sub/inner")
        let repository = try Repository.open(world.repository.path)
        let filled = try world.filled(repository)
        #expect(filled.submodules.keys.map(\.description) == ["x"])
        #expect(filled.notes.count == 2 && filled.notes.allSatisfy { $0.contains("git submodule update --init") })
        #expect(filled.notes.contains { $0.hasPrefix("the submodule 'x/inner' is empty") })
    }

    /// A name that leads out of `modules` leads nowhere.
    @Test(arguments: ["../..", "/etc", "a/../../b", ""]) func aNameThatLeadsOutIsNotFollowed(name: String) throws {
        let world = try World()
        try world.repository.write(".gitmodules", "[submodule \"\(name)\"]\n\tpath = x\n")
        try FileSystem.removeTree(world.repository.path + "/x")
        let commit = try ObjectID(hex: world.repository.git("commit-tree", "-m", "x", world.treeWithNames()))
        let repository = try Repository.open(world.repository.path)
        let filled = try FilledTree(
            repository.commit(#require(commit)).tree, of: repository,
            from: FilledTree.Places(of: repository, checkout: world.repository.path, store: world.store))
        #expect(filled.submodules.isEmpty && filled.notes.count == 1)
    }

    @Test func aDryRunWritesNothing() throws {
        let world = try World()
        let repository = try Repository.open(world.repository.path)
        try repository.keepNewObjectsInMemory()
        #expect(try world.filled(repository).submodules.count == 2)
        #expect(!FileSystem.exists(world.store))
    }
}

extension SubmoduleTests.World {
    /// The tree of the commit with `.gitmodules` as it lies in the checkout.
    fileprivate func treeWithNames() throws -> String {
        try repository.git("add", ".gitmodules")
        return try repository.git("write-tree")
    }
}
