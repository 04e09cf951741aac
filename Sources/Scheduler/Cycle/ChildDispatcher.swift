package import Basics
internal import Model
internal import Processes

/// Carries a grant out in a child of this program, so that the crash of one attempt takes nobody along.
package struct ChildDispatcher: Dispatcher {
    private let program: String
    /// The words for a grant.
    private let command: @Sendable (Grant) -> [String]
    private let context: Context

    /// `program`: this program's own file; `arguments` are added to each `propose`.
    package init(program: String, arguments: [String] = [], _ context: Context) {
        (self.program, self.context) = (program, context)
        command = { ["propose", "--json"] + arguments + ["--", $0.task] }
    }

    /// Proposes a first `.leviathan/` in place of a task; no program of the repository runs for it.
    package init(onboarding program: String, arguments: [String], _ context: Context) {
        (self.program, self.context) = (program, context)
        command = { _ in ["init", "--propose", "--yes", "--no-proof", "--json"] + arguments }
    }

    package func carryOut(_ grant: Grant) -> GrantOutcome {
        var child = Subprocess(
            program, ["-C", grant.directory] + command(grant),
            environment: context.environment)
        // What the attempt writes and does belongs to the trace that began with its grant.
        if let trace = Traceparent(uuid: grant.id) { child.environment["TRACEPARENT"] = trace.text }
        child.captureLimit = Subprocess.CaptureLimit(head: 16 << 20, tail: 1 << 20)
        // It has its own deadline and looks at the order to stop itself: whoever waits for it only waits.
        let (name, observer) = ("\(grant.target)/\(grant.task)", context.observer)
        do throws(SpawnError) {
            let ended = try child.run { _, line in
                observer.progress("\(name): \(line)")
            }
            return Self.outcome(of: ended)
        } catch {
            var lost = GrantOutcome(outcome: "failed", exitCode: 1)
            lost.message = error.description
            return lost
        }
    }

    private static func outcome(of ended: ProcessOutcome) -> GrantOutcome {
        let code: Int32 =
            switch ended.ending {
            case .exited(let code): code
            case .signalled, .timedOut: 1
            case .cancelled: 130
            }
        guard let bytes = ended.output.whole, let json = try? JSON.parse(bytes), json.members != nil else {
            var lost = GrantOutcome(outcome: code == 130 ? "interrupted" : "lost", exitCode: code == 0 ? 1 : code)
            lost.message = ended.errors.lastLines(1).first ?? "it ended by \(ended.ending)"
            return lost
        }
        var outcome = GrantOutcome(outcome: json["outcome"]?.string ?? "failed", exitCode: code)
        (outcome.attempt, outcome.branch) = (json["attempt"]?.string, json["branch"]?.string)
        outcome.pullRequest = json["pull_request"]?["url"]?.string ?? json["pull_request"]?.string
        (outcome.message, outcome.document) = (json["error"]?["message"]?.string, json)
        return outcome
    }
}
