import Basics
import Glibc
import Processes
import TestSupport
import Testing

private let environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]

private func shell(_ line: String, _ change: (inout Subprocess) -> Void = { _ in }) throws -> ProcessOutcome {
    var program = Subprocess.shell(line, environment: environment)
    change(&program)
    return try program.run()
}

/// Whether a process of that id is still there, zombies left out.
private func isAlive(_ pid: Int32) -> Bool {
    guard let status = try? FileSystem.read("/proc/\(pid)/stat", limit: 4096) else { return false }
    return !String(decoding: status, as: UTF8.self).contains(") Z ")
}

@Suite(.timeLimit(.minutes(60))) struct SubprocessTests {
    @Test func tellsHowAProgramEnded() throws {
        #expect(try shell("exit 7").ending == .exited(7))
        #expect(try shell("kill -9 $$").ending == .signalled(9))
        #expect(try shell("true").succeeded)
    }

    @Test func keepsTheStreamsApart() throws {
        let outcome = try shell("printf out; printf err >&2")
        #expect(outcome.output.text == "out")
        #expect(outcome.errors.text == "err")
    }

    @Test func passesExactlyItsEnvironmentAndDirectory() throws {
        let directory = try TemporaryDirectory()
        var program = Subprocess("env", environment: ["PATH": "/usr/bin:/bin", "A": "b c"])
        #expect(try program.run().output.text == "A=b c\nPATH=/usr/bin:/bin\n")
        program = Subprocess("pwd", environment: environment)
        program.workingDirectory = directory.path
        #expect(try program.run().output.text == directory.path + "\n")
    }

    @Test func feedsTenMegabytesThroughCat() throws {
        let input = [UInt8](repeating: 0x61, count: 10_000_000)
        let outcome = try shell("cat") {
            $0.input = .bytes(input)
            $0.captureLimit = Subprocess.CaptureLimit(head: 20_000_000, tail: 0)
        }
        #expect(outcome.output.whole?.count == input.count)
    }

    @Test func survivesAProgramThatNeverReads() throws {
        let outcome = try shell("exit 3") { $0.input = .bytes([UInt8](repeating: 0, count: 5_000_000)) }
        #expect(outcome.ending == .exited(3))
    }

    @Test func boundsAFlood() throws {
        let outcome = try shell("printf start; head -c 50000000 /dev/zero; printf end") {
            $0.captureLimit = Subprocess.CaptureLimit(head: 5, tail: 3)
        }
        #expect(outcome.output.head == Array("start".utf8))
        #expect(outcome.output.tail == Array("end".utf8))
        #expect(outcome.output.droppedBytes == 50_000_000)
        #expect(outcome.output.text.contains("50000000 bytes left out"))
    }

    @Test func streamsLines() throws {
        var lines: [String] = []
        let program = Subprocess.shell(
            "printf 'a\\r\\nb\\n'; printf '\\377x'; printf 'e\\n' >&2", environment: environment)
        _ = try program.run(onLine: { stream, line in lines.append("\(stream) \(line)") })
        #expect(lines.filter { $0.hasPrefix("output") } == ["output a", "output b", "output \u{FFFD}x"])
        #expect(lines.contains("errors e"))
    }

    @Test(arguments: ["no-such-program-anywhere", "/no/such/file"])
    func saysWhatCannotBeStarted(name: String) {
        #expect {
            try Subprocess(name, environment: environment).run()
        } throws: { error in
            (error as? SpawnError)?.isNotFound == true
        }
    }

    @Test func saysThatTheDirectoryIsMissing() {
        #expect {
            try shell("true") { $0.workingDirectory = "/no/such/directory" }
        } throws: { error in
            "\(error)".contains("working directory")
        }
    }

    @Test func refusesAFileThatIsNoProgram() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("data", "no program")
        #expect(throws: SpawnError.self) { try Subprocess(path, environment: environment).run() }
    }

    @Test func endsAProgramThatIgnoresTermination() throws {
        let outcome = try shell("trap '' TERM; while :; do sleep 1; done") {
            $0.timeout = .milliseconds(200)
            $0.teardown = [.terminate(grace: .milliseconds(100))]
        }
        #expect(outcome.ending == .timedOut)
    }

    @Test func letsAProgramEndGracefully() throws {
        let outcome = try shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done") {
            $0.timeout = .milliseconds(500)
        }
        #expect(outcome.ending == .timedOut)
        #expect(outcome.output.text == "ready\nbye\n")
    }

    @Test(arguments: [
        "setsid sh -c 'setsid sleep 300 & echo $!' & sleep 300", "(sleep 300 & echo $!; sleep 300)",
        "python3 -c 'import os,time\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\nprint(os.getpid(),flush=True); time.sleep(300)'; sleep 300",
    ])
    func killsWhoeverTriedToEscape(line: String) throws {
        let outcome = try shell(line) {
            $0.timeout = .milliseconds(700)
            $0.teardown = [.kill]
        }
        let escapee = try #require(Int32(outcome.output.text.split(separator: "\n").first ?? ""))
        #expect(!isAlive(escapee))
    }

    @Test func aGrandchildThatKeepsTheOutputOpenDoesNotHang() throws {
        let outcome = try shell("sleep 300 & echo $!")
        let pid = try #require(Int32(outcome.output.text.split(separator: "\n").first ?? ""))
        #expect(outcome.ending == .exited(0))
        #expect(!isAlive(pid))
    }

    @Test func stopsWhenCancelled() throws {
        let cancellation = Cancellation()
        let outcome = try Subprocess.shell("echo up; sleep 300", environment: environment)
            .run(cancellation: cancellation) { _, _ in cancellation.cancel() }
        #expect(outcome.ending == .cancelled)
    }

    @Test func descriptorsDoNotLeakIntoThePrograms() throws {
        let extra = open("/dev/null", O_RDONLY)
        defer { close(extra) }
        let names = try shell("ls /proc/self/fd").output.text.split(separator: "\n")
        #expect(names == ["0", "1", "2", "3"])  // 3 is ls reading the directory
    }

    @Test func twoThousandSpawnsLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            func descriptors() throws -> Int { try FileSystem.list("/proc/self/fd").count }
            let program = Subprocess("/bin/true", environment: [:])
            _ = try program.run()
            let before = try descriptors()
            for _ in 0..<2000 where try program.run().ending != .exited(0) { exit(2) }
            let children = try FileSystem.read("/proc/self/task/\(getpid())/children", limit: 4096)
            exit(try descriptors() == before && children.isEmpty ? 0 : 3)
        }
    }

    @Test func nobodySurvivesTheDeathOfLeviathan() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let line = "setsid sleep 300 & echo $!; kill -9 $(ps -o ppid= -p $(ps -o ppid= -p $$)); sleep 300"
            _ = try Subprocess.shell(line, environment: ["PATH": "/usr/bin:/bin"]).run { _, text in
                print(text)
                fflush(nil)
            }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let orphan = try #require(text.split(separator: "\n").compactMap { Int32($0) }.first)
        waitUntil { !isAlive(orphan) }
        #expect(!isAlive(orphan))
    }
}
