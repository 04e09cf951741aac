internal import API
internal import Basics
internal import Crypto
internal import HTTP
internal import HTTPServer
internal import Journal
internal import Model
internal import Runner
internal import Scheduler

/// Repositories that have no `.leviathan/` yet: it is proposed to them, and nothing else is written there.
extension Operations {
    static let onboarding: [Operation] = [
        Operation(
            Endpoint(
                "onboard", .post, "/v1/onboarding", .admin, .everything,
                "Propose a first .leviathan/ to a repository"
            ).with {
                $0.body = .json(
                    .object([
                        Schema.Property("url", .text(1...1000), "What git clones"),
                        Schema.Property("name", .text(1...100), required: false, "Else as its address says"),
                        Schema.Property(
                            "tests", .boolean, required: false, "Whether its test commands become invariants"),
                        Schema.Property(
                            "scopes", .choice(["found", "docs"]), required: false,
                            "Whatever is found there, or documentation alone"),
                        Schema.Property(
                            "max_open", .integer(1...1000), required: false, "The most open pull requests"),
                        Schema.Property("draft", .boolean, required: false, "Open pull requests as drafts"),
                        Schema.Property(
                            "writeback", .boolean, required: false, "Whether pull requests mark their tasks"),
                        Schema.Property(
                            "dry_run", .boolean, required: false, "Show the files, and do nothing more"),
                        Shapes.reason,
                    ]))
                $0.answers = [Endpoint.Answer(202, "It has begun: ask for it among the triggers", .anyObject)]
                $0.problems = [409, 422]
                $0.isRepeatable = true
            }, onboard)
    ]

    private static func onboard(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let (url, isDryRun) = (call.body["url"]?.string ?? "", call.body["dry_run"]?.bool == true)
        let context = home.context(of: call)
        guard !(try TargetRegistry(context).readable().contains { $0.repositoryURL == url }) else {
            throw Problem(.conflict, "'\(url)' is registered already")
        }
        if !isDryRun { try refuseIfStopped(context) }
        let trigger = TriggerTable.Trigger(
            id: context.identifiers.uuid(), target: call.body["name"]?.string ?? url, task: "onboarding",
            isDryRun: isDryRun, actor: call.principal.name, since: context.clock.now().secondsText)
        guard try home.triggers.begin(trigger) else {
            throw Problem(.unavailable, "too many tasks are being done")
        }
        if !isDryRun {
            let facts: JSON = ["url": .string(url), "task_id": "onboarding", "reason": .string(call.reason)]
            do {
                _ = try home.journals.with { try $0.append([context.event(.other(AuditTypes.triggered, facts))]) }
            } catch {
                home.ended(trigger, ["outcome": "failed", "message": .string("\(error)")])
                throw error
            }
        }
        let arguments = Self.arguments(call, isDryRun)
        Workers.inBackground {
            home.ended(trigger, outcome(url, arguments, home, context))
        }
        return .json(trigger.json(), 202, headers: ["Location": "/v1/triggers/" + trigger.id])
    }

    private static func arguments(_ call: APICall, _ isDryRun: Bool) -> [String] {
        (call.body["name"]?.string.map { ["--target", $0] } ?? [])
            + (call.body["tests"]?.bool == false ? ["--no-tests"] : [])
            + (call.body["scopes"] == "docs" ? ["--docs-only"] : [])
            + (call.body["max_open"]?.integer.map { ["--max-open", String($0)] } ?? [])
            + (call.body["draft"]?.bool == true ? ["--draft"] : [])
            + (call.body["writeback"]?.bool == false ? ["--no-writeback"] : [])
            + (isDryRun ? ["--dry-run"] : [])
    }

    /// In a clone that goes again: the repository is no target yet.
    private static func outcome(
        _ url: String, _ arguments: [String], _ home: ControlPlaneHome, _ context: Context
    ) -> JSON {
        let digest = SHA256.digest(of: Array(url.utf8)).hex.prefix(16)
        let clone = TargetClone(
            TargetRegistration(name: "onboarding-\(digest)-\(context.identifiers.short())", repositoryURL: url),
            context)
        defer {
            do throws(StageError) { try clone.remove() } catch { context.observer.warning(error) }
        }
        do throws(StageError) {
            let directory = try clone.ready()
            let dispatcher = ChildDispatcher(onboarding: home.program, arguments: arguments, context)
            let grant = Grant(target: url, task: "onboarding", scope: nil, directory: directory)
            return TriggerTable.outcome(dispatcher.carryOut(grant))
        } catch {
            return ["outcome": "failed", "message": .string(error.description)]
        }
    }
}
