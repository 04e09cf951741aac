import Basics
import Processes
import TestSupport
import Testing

/// Commits are signed by the real programs, and verified by git.
@Suite(.timeLimit(.minutes(60))) struct SigningTests {
    private func target(_ delivery: String = "") throws -> TestTarget {
        let target = try TestTarget(contract: "version: 1\ntarget: shop\ndelivery: {forge: git\(delivery)}\n")
        try target.repository.git("config", "commit.gpgsign", "true")
        return target
    }

    private func run(_ target: TestTarget, _ words: String...) throws {
        var environment = target.repository.environment
        environment["GNUPGHOME"] = target.repository.directory.path + "/gnupg"
        let outcome = try Subprocess(words[0], Array(words.dropFirst()), environment: environment).run()
        try #require(outcome.succeeded, "\(outcome.errors.text)")
    }

    /// A key of ssh's, with the file that says whose it is.
    private func makeSSHKey(_ target: TestTarget) throws {
        let place = target.repository.directory.path
        try run(target, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "c", "-f", place + "/key")
        let key = String(decoding: try FileSystem.read(place + "/key.pub", limit: 4096), as: UTF8.self)
        try target.repository.directory.write("signers", "committer@example.com \(key)")
        try target.repository.git("config", "gpg.format", "ssh")
        try target.repository.git("config", "user.signingkey", place + "/key")
        try target.repository.git("config", "gpg.ssh.allowedSignersFile", place + "/signers")
    }

    private func propose(_ target: TestTarget) throws -> ProcessOutcome {
        try target.leviathan(
            "propose", "task-001", "--json",
            extra: ["GNUPGHOME": target.repository.directory.path + "/gnupg"])
    }

    @Test func signsWithSSH() throws {
        let target = try target(", signoff: true")
        try makeSSHKey(target)
        let result = try propose(target)
        let commit = try #require(result.json["commit"]?.string, "\(result.output.text)")
        try target.repository.git("verify-commit", commit)
        #expect(try target.repository.id(commit + "^{tree}").hex == result.json["tree"]?.string)
        let message = try target.repository.git("show", "--no-patch", "--format=%B", commit)
        #expect(message.contains("\nSigned-off-by: C O Mitter <committer@example.com>"), "\(message)")
        #expect(
            try target.repository.git("show", "--no-patch", "--format=%an|%cn|%ct", commit).hasPrefix(
                "A U Thor|C O Mitter|"))
        #expect(try propose(target).json["outcome"] == "unchanged")
    }

    @Test func signsWithOpenPGP() throws {
        let target = try target()
        let home = target.repository.directory.path + "/gnupg"
        try FileSystem.createDirectory(home, permissions: 0o700)
        try run(
            target, "gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
            "--quick-generate-key", "C O Mitter <committer@example.com>", "ed25519", "sign", "never")
        defer { try? run(target, "gpgconf", "--kill", "all") }
        let result = try propose(target)
        let commit = try #require(result.json["commit"]?.string, "\(result.output.text)")
        var verify = Subprocess(
            "git", ["verify-commit", commit],
            environment: target.repository.environment.merging(["GNUPGHOME": home]) { $1 })
        verify.workingDirectory = target.repository.path
        let verified = try verify.run()
        #expect(verified.succeeded && verified.errors.text.contains("Good signature"), "\(verified.errors.text)")
        #expect(try target.repository.id(commit + "^{tree}").hex == result.json["tree"]?.string)
    }

    @Test func aSignerThatFailsEndsTheDeliveryWithItsWords() throws {
        let target = try target()
        let signer = target.repository.directory.path + "/signer"
        try FileSystem.write(
            Array("#!/bin/sh\necho 'the card is not there' >&2\nexit 2\n".utf8), to: signer, permissions: 0o755)
        try target.repository.git("config", "gpg.program", signer)
        let before = try target.everything()
        let failed = try propose(target)
        #expect(failed.ending == .exited(8), "\(failed.output.text)")
        #expect(
            failed.json["error"]?["causes"]?.elements?.first?.string?.contains("the card is not there") == true)
        #expect(failed.json["error"]?["hint"]?.string?.contains("sign: off") == true)
        #expect(try target.everything() == before)
    }

    @Test func theContractCanLeaveSigningAway() throws {
        let target = try target(", sign: off")
        try target.repository.git("config", "gpg.program", "/nonexistent")
        #expect(try propose(target).json["outcome"] == "delivered")
    }

    /// A "signer" that would have git write something else than was judged gets nowhere.
    @Test func aSignerCannotChangeWhatIsCommitted() throws {
        let target = try target()
        let signer = target.repository.directory.path + "/signer"
        let script = """
            #!/bin/sh
            cat >/dev/null
            printf '[GNUPG:] SIG_CREATED D\n' >&2
            printf -- '-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\ntree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n'
            """
        try FileSystem.write(Array(script.utf8), to: signer, permissions: 0o755)
        try target.repository.git("config", "gpg.program", signer)
        let result = try propose(target)
        let commit = try #require(result.json["commit"]?.string, "\(result.output.text)")
        #expect(try target.repository.id(commit + "^{tree}").hex == result.json["tree"]?.string)
        #expect(try target.repository.git("rev-parse", commit + "^@").split(separator: "\n").count == 1)
    }
}
