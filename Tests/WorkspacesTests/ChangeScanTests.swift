import Basics
import Git
import Glibc
import Model
import Paths
import TestSupport
import Testing
import Workspaces

/// Every deed is really done in a checkout, and then collected.
@Suite(.timeLimit(.minutes(60))) struct ChangeScanTests {
    /// The edits as lines, after a shell line in a checkout of the first commit.
    static func outcome(
        _ line: String, options: ChangeScanOptions = ChangeScanOptions(), world: PoolWorld? = nil
    ) throws -> (edits: [String], refusals: [String], ignored: Int) {
        let world = try world ?? PoolWorld()
        let checkout = try world.claim(world.first, from: world.pool())
        try world.shell(line, in: checkout.path)
        let repository = try world.open()
        let changes = try ChangeScan(repository, base: world.tree(world.first), options: options).changes(
            in: checkout)
        return (
            try Self.lines(changes.edits, repository),
            changes.refusals.map { "\($0.rule) \($0.message)" }.sorted(), changes.ignored
        )
    }

    static func lines(_ edits: [TreeEdit], _ repository: Repository) throws -> [String] {
        try edits.map { edit in
            switch edit {
            case .remove(let path): "D \(path)"
            case .upsert(let path, let id, let mode):
                "\(String(mode.rawValue, radix: 8)) \(path) \(String(decoding: try repository.blob(id, limit: 1 << 20), as: UTF8.self))"
            }
        }.sorted()
    }

    @Test func nothingDoneIsNoChange() throws {
        let outcome = try Self.outcome("cat README.md; ls -lR > /dev/null; git status")
        #expect(outcome.edits.isEmpty && outcome.refusals.isEmpty)
    }

    @Test func whatWasWrittenIsCollected() throws {
        let outcome = try Self.outcome(
            """
            echo more >> README.md; mkdir -p x/y; printf 1 > x/y/z; rm a/one.txt; chmod +x a.txt; mv a0 a1
            touch run.sh; cp a/deep/two.txt t; mv t a/deep/two.txt; ln -sf ../a.txt docs/to
            """)
        #expect(
            outcome.edits == [
                "100644 README.md readme\nmore\n", "100644 a1/three.txt three\n", "100644 x/y/z 1",
                "100755 a.txt text\n", "120000 docs/to ../a.txt", "D a/one.txt", "D a0/three.txt",
            ])
        #expect(outcome.refusals.isEmpty)
    }

    @Test func kindsThatChangeAreCollected() throws {
        let outcome = try Self.outcome(
            "rm -r docs; echo f > docs; rm a.txt; mkdir a.txt; echo i > a.txt/i; rm run.sh; ln -s a0 run.sh; rm link; echo l > link"
        )
        #expect(
            outcome.edits == [
                "100644 a.txt/i i\n", "100644 docs f\n", "100644 link l\n", "120000 run.sh a0", "D a.txt",
                "D docs/guide.md",
            ])
    }

    /// A change that leaves size and times as they were is found all the same.
    @Test func aChangeThatHidesIsFound() throws {
        let outcome = try Self.outcome(
            "touch -r a.txt /tmp/ref-$$; printf 'TEXT\\n' > a.txt; touch -r /tmp/ref-$$ a.txt; rm /tmp/ref-$$")
        #expect(outcome.edits == ["100644 a.txt TEXT\n"])
    }

    @Test func scratchAndIgnoredAreLeftOut() throws {
        var options = ChangeScanOptions()
        options.scratch = [try PathPattern("cache/"), try PathPattern("a/*.txt")]
        let outcome = try Self.outcome(
            """
            mkdir cache build sub; echo 1 > cache/x; mkfifo cache/pipe; echo 1 > build/out; echo 1 > sub/err.log; echo x >> a/one.txt
            echo '!*.log' > sub/.gitignore; echo '*' >> .gitignore; echo 1 > sub/seen
            """, options: options)
        #expect(outcome.edits.map { $0.split(separator: " ")[1] } == [".gitignore", "sub/.gitignore", "sub/seen"])
        #expect(outcome.refusals.isEmpty)
        #expect(outcome.ignored == 4)
    }

    @Test func aTrackedFileIsNeverIgnored() throws {
        let world = try PoolWorld()
        let outcome = try Self.outcome("rm .gitignore; echo build/ > x.log; echo 1 > run.sh", world: world)
        #expect(outcome.edits.count == 2 && outcome.ignored == 1)
    }

    @Test(arguments: [
        (
            "ln -s /etc/passwd out",
            "symlink 'out' is a symlink that leaves the repository: it points to '/etc/passwd'"
        ),
        (
            "ln -s ../../x docs/out",
            "symlink 'docs/out' is a symlink that leaves the repository: it points to '../../x'"
        ),
        (
            "ln -s a/deep/../../../x out",
            "symlink 'out' is a symlink that goes up again behind a name, which can lead anywhere"
        ),
        ("ln -s .git/config out", "symlink 'out' is a symlink that leads into '.git'"),
        ("mkfifo pipe", "special-file 'pipe' is neither a file, a directory nor a symlink"),
        (
            "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"sock\")'",
            "special-file 'sock' is neither"
        ),
        ("mkdir mine; git init -q mine", "nested-repository 'mine' is a repository inside the repository"),
        ("git init -q docs", "nested-repository 'docs' is a repository inside the repository"),
        ("mkdir -p w; echo 'gitdir: x' > w/.git", "nested-repository 'w' is a repository inside the repository"),
        ("mkdir .GIT", "file-name '.GIT' cannot be committed: some systems would take a part of it for '.git'"),
        ("echo > 'git~1'", "file-name 'git~1' cannot be committed"),
        ("mkdir x; echo > $'x/.g\\xe2\\x80\\x8cit'", "file-name 'x/.g\\xe2\\x80\\x8cit' cannot be committed"),
        ("echo > '.git::$INDEX_ALLOCATION'", "file-name '.git::$INDEX_ALLOCATION' cannot be committed"),
        ("echo > $'a\\nb'", "file-name 'a\\nb' cannot be committed: its name contains a control character"),
        ("echo > $'a\\xffb'", "file-name 'a\\xffb' cannot be committed: its name is not valid UTF-8"),
        ("echo > s; chmod 4755 s", "file-mode 's' has the mode 4755"),
        ("chmod 2644 README.md", "file-mode 'README.md' has the mode 2644"),
        ("truncate -s 1G big", "file-too-large 'big' is larger than 104.8 MB, and was not read"),
        ("rm .git; echo x > .git", "git-metadata '.git' was changed or replaced"),
        ("for i in $(seq 300); do mkdir d; cd d; done; echo > f", "file-name 'd/d/d"),
    ]) func isRefused(line: String, reason: String) throws {
        let outcome = try Self.outcome(line)
        #expect(outcome.refusals.count == 1)
        #expect(outcome.refusals.first?.hasPrefix(reason) == true, "\(outcome.refusals)")
        #expect(outcome.edits.isEmpty)
    }

    @Test(.enabled(if: getuid() == 0)) func aDeviceIsRefused() throws {
        #expect(try Self.outcome("mknod null c 1 3").refusals.first?.hasPrefix("special-file 'null'") == true)
    }

    /// The content is what counts: where else the file has a name is nobody's business.
    @Test func aHardLinkIsCopied() throws {
        let outcome = try Self.outcome("echo secret > /tmp/link-$$; ln /tmp/link-$$ linked; rm /tmp/link-$$")
        #expect(outcome.edits == ["100644 linked secret\n"])
    }

    @Test func tooMuchIsOneRefusal() throws {
        var options = ChangeScanOptions()
        options.maxFiles = 1000
        let outcome = try Self.outcome("mkdir many; cd many; seq 1 1500 | xargs touch", options: options)
        #expect(outcome.edits.isEmpty)
        #expect(outcome.refusals == ["too-many-files more than 1000 files have changed"])
    }
}
