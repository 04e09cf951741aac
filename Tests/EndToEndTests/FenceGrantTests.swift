import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// Allowed paths that are not there yet, or lead through symlinks: the fence can be built on them all the same.
@Suite(.timeLimit(.minutes(60))) struct FenceGrantTests {
    private static func target(_ run: String, _ paths: String) throws -> TestTarget {
        let target = try CommandTests.target(
            run, paths: paths,
            policy: """
                version: 1
                scopes:
                  code: {allowed_paths: [src/**, docs/**, new/**, link/**], executor: command}
                """)
        let repository = target.repository
        symlink("a.py", repository.path + "/src/link.py")
        symlink("other", repository.path + "/link")
        try repository.write("other/file.txt", "other\n")
        try repository.commitAll("Links")
        try repository.git("push", "-q", "origin", "main")
        return target
    }

    @Test(
        arguments: CommandTests.kinds,
        [
            ("[new/deep/file.md]", "mkdir -p new/deep; echo x > new/deep/file.md", "create new/deep/file.md"),
            (
                "[docs/deep/er/file.md]", "mkdir -p docs/deep/er; echo x > docs/deep/er/file.md",
                "create docs/deep/er/file.md"
            ),
            ("['src/*.py']", "echo x > src/a.py; test -L src/link.py", "update src/a.py"),
            ("['src/*.py']", "rm src/link.py; echo x > src/link.py", "update src/link.py"),
            ("[src/link.py]", "ln -sf b.py src/link.py", "update src/link.py"),
            ("['new/**']", "mkdir -p new; echo x > new/file.md", "create new/file.md"),
        ])
    func theFenceIsBuilt(kind: String, example: (paths: String, run: String, change: String)) throws {
        let target = try Self.target(example.run, example.paths)
        let result = try target.leviathan("propose", "run", "--dry-run", "--workspace", kind, "--json")
        #expect(result.json["outcome"] == "prepared", "\(result.output.text)\(result.errors.text)")
        let changes = result.json["changes"]?.elements?.map {
            "\($0["operation"]?.string ?? "") \($0["path"]?.string ?? "")"
        }
        #expect(changes == [example.change])
    }

    /// What a symlink leads to is not granted with it.
    @Test(arguments: CommandTests.kinds, ["[link/file.txt]", "['link/**']"])
    func nothingIsGrantedThroughASymlink(kind: String, paths: String) throws {
        let target = try Self.target(
            "echo changed > other/file.txt; echo y > link/file.txt; cat other/file.txt", paths)
        let result = try target.leviathan("propose", "run", "--dry-run", "--workspace", kind, "--json")
        // what was written lies in no part of the tree
        #expect(result.json["outcome"] == "unchanged", "\(result.output.text)")
        #expect(result.json["changes"] == [])
        #expect(!result.errors.text.contains("cannot fence") && !result.output.text.contains("cannot fence"))
    }

    @Test func anotherPartOfTheTreeStaysAsItIs() throws {
        let target = try Self.target(
            "mkdir -p new/deep; echo x > new/deep/file.md; echo y > src/a.py", "[new/deep/file.md]")
        let result = try target.leviathan("propose", "run", "--dry-run", "--json")
        #expect(result.ending == .exited(6), "\(result.output.text)")
        #expect(result.output.text.contains("Read-only file system"))
    }
}
