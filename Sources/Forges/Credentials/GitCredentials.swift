package import Basics
internal import Processes
internal import Secrets

/// What the user's own git already knows, asked with `git credential fill`.
///
/// Nobody is ever asked anything: helpers answer from what they keep, or not at all.
package struct GitCredentials: CredentialSource {
    private static let longestAnswer = 64 << 10

    private let environment: [String: String]
    private let directory: String?
    private let timeout: Duration
    private let cancellation: Cancellation?

    /// `directory` is the checkout whose configuration counts too, as it does for `git fetch`.
    package init(
        environment: [String: String], directory: String?, timeout: Duration = .seconds(20),
        cancellation: Cancellation? = nil
    ) {
        (self.environment, self.directory, self.timeout) = (environment, directory, timeout)
        self.cancellation = cancellation
    }

    package var name: String { "git credential" }

    package func provider(for request: CredentialRequest) throws(ForgeError) -> (any CredentialProvider)? {
        let scheme = request.isSecure ? "https" : "http"
        let lines = [
            "protocol=\(scheme)", "host=\(request.host)", "path=\(request.slug).git",
        ]
        guard lines.allSatisfy({ !$0.contains(where: \.isNewline) && !$0.contains("\0") }) else { return nil }
        guard let answer = try ask(lines.joined(separator: "\n") + "\n\n") else { return nil }
        var values: [String: String] = [:]
        for line in answer.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        guard let password = values["password"], !password.isEmpty else { return nil }
        // A helper may answer for another host than was asked for; that one's password stays with it.
        guard values["host"] == nil || values["host"]?.lowercased() == request.host,
            values["protocol"] == nil || values["protocol"] == scheme
        else { return nil }
        let wantsUser = request.kind == .gitea || request.kind == .gerrit
        let user = wantsUser ? values["username"].flatMap { $0.isEmpty ? nil : $0 } : nil
        return FixedCredential(try ForgeCredential(Secret(password), user: user, source: name))
    }

    /// `nil` when git or its helpers have nothing to say.
    private func ask(_ question: String) throws(ForgeError) -> String? {
        var program = Subprocess(
            "git", ["-c", "core.askPass=", "credential", "fill"], environment: quietEnvironment)
        program.workingDirectory = directory
        program.input = .bytes(Array(question.utf8))
        program.timeout = timeout
        program.captureLimit = Subprocess.CaptureLimit(head: Self.longestAnswer, tail: 0)
        let outcome: ProcessOutcome
        do throws(SpawnError) {
            outcome = try program.run(cancellation: cancellation)
        } catch {
            if error.isNotFound { return nil }
            throw failure(error.causes)
        }
        guard outcome.ending != .timedOut else { throw failure(["no helper answered in time"]) }
        // Without a helper git fails, as it may not ask; what it says then is of no use here.
        guard outcome.succeeded, let bytes = outcome.output.whole else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func failure(_ causes: [String]) -> ForgeError {
        ForgeError(.credentials, "ask git for credentials", host: "", details: causes)
    }

    /// The user's own environment, as helpers need it, but nothing that points git elsewhere or may ask.
    private var quietEnvironment: [String: String] {
        let kept: Set<String> = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"]
        var quiet = environment.filter { !$0.key.hasPrefix("GIT_") || kept.contains($0.key) }
        quiet["GIT_TERMINAL_PROMPT"] = "0"
        quiet["GIT_ASKPASS"] = ""
        quiet["SSH_ASKPASS"] = ""
        quiet["GCM_INTERACTIVE"] = "never"
        quiet["LC_ALL"] = "C"
        return quiet
    }
}
