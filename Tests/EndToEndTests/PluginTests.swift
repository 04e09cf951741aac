import Basics
import Processes
import TestSupport
import Testing

/// Executors that are programs of their own.
@Suite(.timeLimit(.minutes(60))) struct PluginTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    /// A target whose one task names a plugin, and a directory for `PATH` that holds it.
    private struct World {
        let target: TestTarget
        let bin: String

        init(_ name: String, _ program: String, inputs: String = "{}", inRepository: Bool = false) throws {
            target = try TestTarget(
                policy: "version: 1\nscopes: {data: {allowed_paths: [data/**]}}\n",
                backlog: """
                    version: 1
                    tasks:
                      - id: run
                        title: Run it
                        scope: data
                        ready: true
                        executor: \(name)
                        allowed_paths: [data/a.txt, data/b.txt]
                        inputs: \(inputs)
                    """)
            bin = target.repository.directory.path + "/bin"
            try FileSystem.createDirectory(bin)
            let file = "leviathan-executor-\(name)"
            try FileSystem.write(Array(program.utf8), to: bin + "/" + file, permissions: 0o755)
            try target.repository.write("data/a.txt", "b\na\nb\n")
            try target.repository.write("data/b.txt", "z\n")
            try target.repository.write("HEADER", "# Ours\n")
            if inRepository {
                let place = target.repository.path + "/.leviathan/executors"
                try FileSystem.createDirectory(place)
                try FileSystem.write(Array(program.utf8), to: place + "/" + file, permissions: 0o755)
                try FileSystem.removeTree(bin + "/" + file)
            }
            try target.repository.commitAll("Files")
            try target.repository.git("push", "-q", "origin", "main")
        }

        func leviathan(_ words: String...) throws -> ProcessOutcome {
            let path = bin + ":" + (target.repository.environment["PATH"] ?? "")
            return try target.leviathan(arguments: words, extra: ["PATH": path])
        }

        func file(_ path: String) throws -> String {
            try target.repository.git("--git-dir", target.remote, "show", "agent/run:" + path)
        }
    }

    private static func example(_ name: String) throws -> String {
        let bytes = try FileSystem.read(root + "/examples/plugins/leviathan-executor-" + name, limit: 1 << 16)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [false, true]) func theExampleInPythonWorks(inRepository: Bool) throws {
        let world = try World(
            "sorted", Self.example("sorted"), inputs: "{files: [data/a.txt, data/b.txt]}",
            inRepository: inRepository)
        let result = try world.leviathan("propose", "run", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(try world.file("data/a.txt") == "a\nb")
        #expect(result.json["notes"]?.elements?.contains("data/a.txt: 1 repeated lines dropped") == true)
        let trailer = try world.target.repository.git(
            "--git-dir", world.target.remote, "log", "-1", "--format=%(trailers:key=Leviathan-Executor)",
            "agent/run")
        #expect(trailer.contains("sorted@1.0"))
        let attempt = try #require(result.json["attempt"]?.string)
        #expect(try world.leviathan("verify", attempt).output.text.hasPrefix("reproduced"))
    }

    @Test func theExampleInTheShellWorks() throws {
        let world = try World("header", Self.example("header"))
        let result = try world.leviathan("propose", "run", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(try world.file("data/b.txt") == "# Ours\nz")
    }

    @Test func theDocumentationShowsTheExamplesAsTheyAre() throws {
        let page = String(
            decoding: try FileSystem.read(Self.root + "/docs/plugins.md", limit: 1 << 20), as: UTF8.self)
        for name in ["sorted", "header"] { #expect(page.contains(try Self.example(name)), "\(name)") }
    }

    @Test func pluginsAreListedWithWhatTheySayOfThemselves() throws {
        let world = try World("sorted", Self.example("sorted"))
        try FileSystem.write(
            Array("#!/bin/sh\necho nonsense\n".utf8), to: world.bin + "/leviathan-executor-odd", permissions: 0o755
        )
        let listed = try world.leviathan("executors", "--json").json.elements ?? []
        let sorted = listed.first { $0["name"] == "sorted" }
        #expect(sorted?["version"] == "1.0" && sorted?["summary"] == "sorts the lines of inputs.files")
        let odd = listed.first { $0["name"] == "odd" }
        #expect(odd?["problem"]?.string?.contains("'nonsense' is not a message") == true)
    }

    @Test(arguments: [
        ("echo garbage", "is not a message"),
        ("echo '{\"type\":\"progress\",\"message\":\"x\"}'", "its first message is 'progress'"),
        ("echo '{\"type\":\"hello\",\"protocol\":2}'", "it speaks protocol 2"),
        ("echo '{\"type\":\"hello\",\"protocol\":1}'", "ended without a result"),
        ("exit 3", "ended without a result: exit code 3"),
        (
            "echo '{\"type\":\"hello\",\"protocol\":1}'; yes '{\"type\":\"log\",\"message\":\"x\"}'",
            "more than 10000"
        ),
        ("echo '{\"type\":\"hello\",\"protocol\":1}'; cat /dev/zero", "is not a message"),
        (
            "echo '{\"type\":\"hello\",\"protocol\":1}'; echo '{\"type\":\"dance\"}'",
            "'dance' is no type of message"
        ),
        (
            "echo '{\"type\":\"hello\",\"protocol\":1}'; echo '{\"type\":\"result\",\"ok\":false,\"error\":\"no\"}'",
            "could not do the task: no"
        ),
        (
            "echo '{\"type\":\"hello\",\"protocol\":1}'; echo '{\"type\":\"result\",\"ok\":true}'; exit 9",
            "gave a result and then failed: exit code 9"
        ),
        ("echo '{\"type\":\"hello\",\"protocol\":1}'; sleep 300", "did not end: timed out"),
    ]) func whatBreaksTheProtocolFails(body: String, reason: String) throws {
        let world = try World("bad", "#!/bin/sh\n\(body)\n")
        try world.target.repository.write(
            ".leviathan/policy.yaml",
            "version: 1\nscopes: {data: {allowed_paths: [data/**]}}\nlimits: {attempt_timeout: 3s}\n")
        try world.target.repository.commitAll("Hurry")
        try world.target.repository.git("push", "-q", "origin", "main")
        let result = try world.leviathan("propose", "run")
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains(reason), "\(result.errors.text)")
    }

    @Test func inputsThatAPluginDoesNotDeclareAreRefusedAndTheOnesItDeclaresAreShown() throws {
        let world = try World("sorted", Self.example("sorted"), inputs: "{fiels: [data/a.txt]}")
        let result = try world.leviathan("propose", "run", "--dry-run")
        #expect(result.ending == .exited(6) && result.errors.text.contains("inputs knows no 'fiels'"))
        #expect(result.errors.text.contains("did you mean 'files'?"), "\(result.errors.text)")
        #expect(try world.leviathan("help", "executor", "sorted").output.text.contains("a list of texts"))
    }

    @Test func aPluginThatIsNotThereIsAnError() throws {
        let world = try World("gone", "#!/bin/sh\n")
        try FileSystem.removeTree(world.bin + "/leviathan-executor-gone")
        let result = try world.leviathan("propose", "run")
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains("there is no executor 'gone'"))
    }
}
