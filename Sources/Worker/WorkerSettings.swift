internal import Basics
package import Model
package import Runner
package import Secrets

/// Where a control plane answers, and what proves to it who asks.
package struct PlaneAddress: Sendable {
    package let url: String
    package let token: Secret

    /// A token goes over TLS, or stays on this machine.
    package init(_ url: String, token: Secret) throws(StageError) {
        guard let keepsTokens = PlaneTransport.keepsTokens(url) else {
            throw StageError(
                .invalid, "'\(url)' is no address of a control plane", hint: "https://HOST[:PORT]")
        }
        guard keepsTokens else {
            throw StageError(
                .invalid, "'\(url)' would carry the token in plain text",
                hint:
                    "give the control plane a certificate ('leviathan serve --tls-cert'), or put a front with TLS before it"
            )
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
    }
}

/// What a job says about the one attempt that it is for.
package struct WorkerSettings: Sendable {
    private static let nameLimit = 200
    package let target: TargetRegistration
    package let task: String
    package let attempt: String
    package let plane: PlaneAddress
    /// Where the clone and everything else of the attempt is.
    package let directory: String
    /// How long the control plane may be away, before the work begins and after it has ended.
    package let patience: Duration

    /// From the variables that the older system's job sets, and this program's own names for two of them.
    package init(_ environment: [String: String]) throws(StageError) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let url = value("CONTROL_PLANE_URL", "LEVIATHAN_CONTROL_PLANE_URL")
        let token = value("CONTROL_PLANE_TOKEN", "LEVIATHAN_CONTROL_PLANE_TOKEN")
        let needed = [
            ("TARGET_NAME", value("TARGET_NAME")), ("TARGET_REPO_URL", value("TARGET_REPO_URL")),
            ("TASK_ID", value("TASK_ID")), ("ATTEMPT_ID", value("ATTEMPT_ID")),
            ("LEVIATHAN_CONTROL_PLANE_URL", url), ("LEVIATHAN_CONTROL_PLANE_TOKEN", token),
        ]
        let missing = needed.filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty, let url, let token else {
            throw StageError(
                .invalid,
                "a worker is told by its environment what to do, and \(missing.joined(separator: ", ")) is missing",
                hint: "'leviathan propose TASK' does a task of the repository that you stand in")
        }
        (task, attempt) = (environment["TASK_ID"] ?? "", environment["ATTEMPT_ID"] ?? "")
        guard Self.isName(attempt) else {
            throw StageError(
                .invalid, "ATTEMPT_ID is no name of an attempt",
                hint: "letters, digits, '.', '_' and '-', at most 200")
        }
        target = Self.target(environment, branch: value("TARGET_BRANCH"))
        plane = try PlaneAddress(url, token: Secret(token))
        directory = value("LEVIATHAN_WORKSPACE_DIR") ?? "/workspace"
        let given = value("LEVIATHAN_WORKER_PATIENCE") ?? "1h"
        guard let patience = DurationText.parse(given) else {
            throw StageError(.invalid, "LEVIATHAN_WORKER_PATIENCE is no duration", hint: "such as 10m or 1h")
        }
        self.patience = patience
    }

    private static func target(_ environment: [String: String], branch: String?) -> TargetRegistration {
        var target = TargetRegistration(
            name: environment["TARGET_NAME"] ?? "", repositoryURL: environment["TARGET_REPO_URL"] ?? "")
        target.defaultBranch = branch
        return target
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= nameLimit && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
