import Basics
import Processes
import TestSupport
import Testing

/// What a program says of itself.
@Suite struct VersionTests {
    @Test func aReportNamesTheBuildAndItsLibraries() throws {
        let target = try TestTarget()
        let said = try target.leviathan("version", "--json").json
        #expect(said.members?.map(\.name) == ["version", "commit", "build", "libraries"])
        #expect(said["build"]?["kind"] == "debug" && said["build"]?["architecture"]?.string?.isEmpty == false)
        let libraries = said["libraries"]?.elements ?? []
        let names = libraries.compactMap { $0["name"]?.string }
        #expect(names.contains("libgit2") && names.contains("SQLite") && names.contains("libcurl"))
        for library in libraries where library["use"] == "linked" {
            let version = library["version"]?.string ?? ""
            #expect(version.contains(#/^[0-9]+\.[0-9]+/#), "\(library.text())")
        }
        let text = try target.leviathan("version", "-v").output.text
        #expect(text.hasPrefix("leviathan \(said["version"]?.string ?? "?")\ncommit "), "\(text)")
        #expect(names.allSatisfy { text.contains($0) }, "\(text)")
        #expect(try target.leviathan("version").output.text.split(separator: "\n").count == 1)
    }

    /// Swift finds the words below the environment, which a library like libfaketime puts elsewhere before.
    @Test func aLibraryThatMovesTheEnvironmentTakesNoWordsAway() throws {
        let place = try TemporaryDirectory()
        let source = try place.write(
            "moves.c",
            "#include <stdlib.h>\n__attribute__((constructor)) static void move(void) { setenv(\"MOVED\", \"1\", 1); }\n"
        )
        let library = place.path + "/moves.so"
        let made = try Subprocess(
            "gcc", ["-shared", "-fPIC", "-o", library, source], environment: ["PATH": "/usr/bin:/bin"]
        )
        .run()
        try #require(made.succeeded, "\(made.errors.text)")
        let said = try TestTarget.run(["version"], in: place.path, environment: ["LD_PRELOAD": library])
        #expect(said.succeeded && said.output.text.hasPrefix("leviathan "), "\(said.output.text)")
    }
}
