import Processes
import Testing

/// How programs of many kinds say that they could not do something.
@Suite struct DeniedAccessTests {
    @Test(arguments: [
        ("touch: cannot touch '/usr/x': Read-only file system", DeniedAccess.writing("/usr/x")),
        ("/bin/sh: 1: cannot create b.md: Read-only file system", .writing("b.md")),
        ("OSError: [Errno 30] Read-only file system: '/work/a.py'", .writing("/work/a.py")),
        ("Error: EROFS: read-only file system, open '/usr/lib/x'", .writing("/usr/lib/x")),
        ("open /usr/x: read-only file system", .writing("/usr/x")),
        ("mkdir: cannot create directory ‘build/out’: Read-only file system", .writing("build/out")),
        ("error: failed to write /opt/x.toml: Read-only file system (os error 30)", .writing("/opt/x.toml")),
        ("PermissionError: [Errno 13] Permission denied: '/srv/data.csv'", .permission("/srv/data.csv")),
        ("cat: /etc/shadow: Permission denied", .permission("/etc/shadow")),
        ("ls: cannot access '/home/u/lib': No such file or directory", .missing("/home/u/lib")),
        ("curl: (6) Could not resolve host: example.com", .network),
        ("urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", .network),
        ("Error: getaddrinfo EAI_AGAIN registry.npmjs.org", .network),
        ("dial tcp: lookup proxy.golang.org: no such host", .network),
        ("connect: Network is unreachable", .network),
        ("PermissionError: [Errno 1] Operation not permitted: socket", .network),
    ])
    func isReadFromTheirWords(line: String, access: DeniedAccess) {
        #expect(DeniedAccess.found(in: "before\n\(line)\nafter\n") == [access])
    }

    @Test(arguments: [
        "", "all is well", "Permission denied (publickey).", "error: 3 tests failed", "No such file or directory",
        String(repeating: "x", count: 9000) + ": Read-only file system",
    ])
    func saysNothingOfWhatNamesNothing(text: String) {
        #expect(DeniedAccess.found(in: text) == [])
    }

    @Test func tellsEachOnceAndFew() {
        let lines = (0..<1000).map { "open /x/\($0 % 20): read-only file system" }
        #expect(DeniedAccess.found(in: lines.joined(separator: "\n")).count == 8)
    }
}
