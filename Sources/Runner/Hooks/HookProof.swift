package import Basics
internal import Git
internal import Glibc
internal import Processes

/// Lets git itself run a hook, to see whether it is found and does start Leviathan.
package struct HookProof {
    private let context: Context

    package init(_ context: Context) { self.context = context }

    /// `nil` where git ran the hook and Leviathan answered; else why nobody can say so.
    package func problem(_ hook: HookName, at place: HookPlace) throws(StageError) -> String? {
        guard !place.repository.isEmpty else { return try problemOfGlobal(hook, at: place) }
        let probe = place.directory + "/" + HookScript.probe
        let answer = Self.answer(hook, probe)
        do throws(FileError) {
            guard let lock = try FileLock.take(probe) else {
                return "another installation tries the hooks just now"
            }
            defer { lock.release(removing: true) }
            let outcome = try run(hook, in: place.repository)
            if try FileSystem.status(answer) != nil {
                try FileSystem.removeTree(answer)
                return nil
            }
            let said = outcome.errors.text.split(separator: "\n").first.map(String.init)
            return said ?? "git ended with success, and did not run it"
        } catch {
            throw StageError(.invalid, error)
        }
    }

    private static func answer(_ hook: HookName, _ probe: String) -> String { probe + "." + hook.rawValue }

    /// What a hook does that is run as proof; `false` where nobody waits for an answer, and it has to judge.
    ///
    /// A file that a dead installation left is removed, so that it keeps no hook from judging.
    package static func answer(_ hook: HookName, at probe: String) throws(StageError) -> Bool {
        do throws(FileError) {
            guard try FileLock.isHeld(probe) else {
                try FileSystem.removeTree(probe)
                return false
            }
            try FileSystem.write([], to: answer(hook, probe))
            return true
        } catch { throw StageError(.invalid, error) }
    }

    /// A global hook is run in a repository that is made for it and gone afterwards.
    private func problemOfGlobal(_ hook: HookName, at place: HookPlace) throws(StageError) -> String? {
        do {
            let parent = context.environment["TMPDIR"] ?? "/tmp"
            let directory = try FileSystem.createTemporaryDirectory(in: parent, prefix: "leviathan-hooks")
            var result = Result<String?, StageError>.success("git could not make a repository to try it in")
            do throws(GitCommandError) {
                _ = try GitCommand(context).run(["init", "--quiet"], in: directory, as: "make a repository")
                let trial = HookPlace(kind: place.kind, directory: place.directory, repository: directory)
                result = Result { () throws(StageError) in try problem(hook, at: trial) }
            } catch { result = .success(error.message) }
            try FileSystem.removeTree(directory)
            return try result.get()
        } catch let error as FileError { throw StageError(.invalid, error) } catch let error as StageError {
            throw error
        } catch { throw StageError(.unexpected, "\(error)") }
    }

    private func run(_ hook: HookName, in directory: String) throws(FileError) -> ProcessOutcome {
        let passed = ["PATH", "HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "LEVIATHAN_HOME"]
        var program = Subprocess(
            "git", ["hook", "run", hook.rawValue],
            environment: context.environment.filter { passed.contains($0.key) })
        (program.workingDirectory, program.timeout) = (directory, .seconds(60))
        do throws(SpawnError) { return try program.run(cancellation: context.cancellation) } catch {
            throw FileError("start git in", directory, ENOENT)
        }
    }
}
