import Basics
import Processes
import TestSupport
import Testing

/// Words that shells get from the built program, and that the real shells offer.
@Suite(.timeLimit(.minutes(60))) struct CompletionTests {
    private let target: TestTarget
    private let attempt: String

    init() throws {
        target = try TestTarget()
        attempt = try target.leviathan("propose", "task-001", "--json").json["attempt"]?.string ?? ""
        _ = try target.leviathan("target", "add", target.repository.path)
    }

    private func words(_ kind: String, _ start: String = "") throws -> [String] {
        let outcome = try target.leviathan("__complete", kind, "--", start)
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
        return outcome.output.text.split(separator: "\n").map(String.init)
    }

    @Test func everyKindIsAnswered() throws {
        #expect(try words("tasks") == ["task-001", "task-002"] && words("tasks", "task-002") == ["task-002"])
        #expect(try words("scopes") == ["docs"])
        #expect(try words("attempts") == [attempt] && words("attempts", "x").isEmpty)
        #expect(try words("event-types", "pr.m") == ["pr.merged", "pr.merge_decided"])
        #expect(try words("executors").contains("docs") && words("ids").contains("path-not-allowed"))
        #expect(try words("targets") == ["remote"] && words("workspaces").isEmpty && words("nonsense").isEmpty)
        let digest = try #require(
            try target.leviathan("artifacts", "--json").json.elements?.first?["sha256"]?.string)
        #expect(try words("artifacts").contains(String(digest.prefix(16))))
    }

    /// No shell has a place for an error, and no home is needed for what the checkout tells.
    @Test func withoutAHomeOrACheckoutNothingIsSaid() throws {
        var environment = target.repository.environment
        environment["HOME"] = nil
        for (kind, place, count) in [
            ("tasks", target.repository.path, 2), ("attempts", target.repository.path, 0), ("tasks", "/", 0),
            ("workspaces", "/", 0),
        ] {
            let outcome = try TestTarget.run(["__complete", kind], in: place, environment: environment)
            #expect(outcome.succeeded && outcome.errors.isEmpty, "\(kind) \(outcome.errors.text)")
            #expect(outcome.output.text.split(separator: "\n").count == count, "\(kind)")
        }
    }

    private static let lines = [
        ("propose ta", "task-00"), ("tasks --scope d", "docs"), ("attempts show att", "attempt-task-001"),
        ("events --type policy", "policy.judged"), ("autonomy on --target re", "remote"),
        ("explain path-not-a", "path-not-allowed"), ("tasks --sort pri", "priority"), ("--pl", "--plain"),
        ("dem", "demo"), ("executors do", "docs"),
    ]

    private func environment(_ directory: TemporaryDirectory) throws -> [String: String] {
        if !FileSystem.exists(directory.path + "/leviathan") {
            try directory.write("leviathan", "#!/bin/sh\nexec '\(TestTarget.program)' \"$@\"\n")
            _ = try BackgroundProgram.run(["chmod", "+x", directory.path + "/leviathan"])
        }
        return target.repository.environment.merging([
            "LEVIATHAN_HOME": target.home, "PATH": directory.path + ":/usr/bin:/bin",
        ]) { $1 }
    }

    private func run(_ words: [String], _ input: String, _ directory: TemporaryDirectory) throws -> String {
        var shell = Subprocess(words[0], Array(words.dropFirst()), environment: try environment(directory))
        shell.workingDirectory = target.repository.path
        shell.input = .bytes(Array(input.utf8))
        let outcome = try shell.run()
        #expect(outcome.succeeded, "\(outcome.errors.text)")
        return outcome.output.text
    }

    @Test func bashOffersThem() throws {
        let directory = try TemporaryDirectory()
        for (line, expected) in Self.lines {
            let words = ["leviathan"] + line.split(separator: " ").map(String.init)
            let found = try run(
                ["bash", "--norc", "--noprofile", "-s"],
                """
                source <(leviathan completions bash)
                COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                _leviathan && printf '%s\\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}

                """, directory)
            #expect(found.contains(expected), "\(line): \(found)")
        }
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/fish"), "fish is not installed"))
    func fishOffersThem() throws {
        let directory = try TemporaryDirectory()
        for (line, expected) in Self.lines {
            let found = try run(
                [
                    "fish", "--no-config", "-c",
                    "leviathan completions fish | source; complete --do-complete=$argv[1]", "leviathan " + line,
                ], "", directory)
            #expect(found.contains(expected), "\(line): \(found)")
        }
    }

    /// Through a terminal of zsh's own, with its whole completion system.
    @Test(.enabled(if: FileSystem.exists("/usr/bin/zsh"), "zsh is not installed"))
    func zshOffersThem() throws {
        let directory = try TemporaryDirectory()
        let script = try directory.write(
            "script",
            """
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z 'PS1= RPS1=; setopt nolistbeep; bindkey -e; autoload -Uz compinit && compinit -u -D'
            zpty -w z 'source <(leviathan completions zsh); compdef _leviathan leviathan; print READY''!'
            local text= line
            while [[ $text != *READY!* ]]; do zpty -r z line || break; text+=$line; done
            zpty -n -w z "$1"$'\\t'
            zpty -n -w z $'\\C-a''print -r -- "<"'$'\\C-e'' ">"'$'\\n'
            text=
            while [[ $text != *'> '* && $text != *'>'$'\\r'* ]]; do zpty -r z line || break; text+=$line; done
            print -r -- "$text"
            zpty -d z

            """)
        for (line, expected) in Self.lines.prefix(6) {
            var shell = Subprocess(
                "zsh", ["-f", script, "leviathan " + line], environment: try environment(directory))
            shell.workingDirectory = target.repository.path
            shell.timeout = .seconds(120)
            let outcome = try shell.run()
            #expect(
                outcome.output.text.contains(expected), "\(line): \(outcome.output.text)\(outcome.errors.text)")
        }
    }
}
