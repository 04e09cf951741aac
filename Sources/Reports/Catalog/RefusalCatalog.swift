/// Every reason for which a task may not run, by the id that refusals carry.
package enum RefusalCatalog {
    package static let entries = own + limits + switches + standing

    package static func entry(_ id: String) -> CatalogEntry? { entries.first { $0.id == id } }

    private static let own = [
        CatalogEntry(
            "invalid", "The task's text has a mistake.",
            why: "A task that cannot be understood is not guessed at.",
            mend: "'leviathan lint' shows the line; mend it.", example: "scope: dosc"),
        CatalogEntry(
            "blocked", "The backlog says that the task is blocked.", why: "A person set it aside.",
            mend: "Set its status to pending.", example: "status: blocked"),
        CatalogEntry(
            "status", "The task's status is one that does not run.",
            why: "It was done, declined or taken up already.",
            mend: "Set its status to pending, if it is to be done again.", example: "status: completed"),
        CatalogEntry(
            "not-ready", "Nobody released the task.", why: "Nothing runs that nobody released.",
            mend: "Set ready: true.",
            example: "ready: false, or no ready at all"),
        CatalogEntry(
            "not-before", "The task's date has not come.", why: "not_before holds it until then.",
            mend: "Wait, or change not_before.", example: "not_before: 2030-01-01"),
        CatalogEntry(
            "dependencies", "The task depends on tasks that are not completed at the base.",
            why: "It would be done on files that are still to change.",
            mend: "Merge the proposals of those tasks first.",
            example: "dependencies: [task-000], which is under review"),
        CatalogEntry(
            "no-path", "The task allows no path.", why: "An empty list allows nothing.",
            mend: "Write its allowed_paths.",
            example: "allowed_paths: []"),
        CatalogEntry(
            "executor-not-allowed", "The scope does not allow the task's executor.",
            why: "A scope's executors are those whose changes it trusts.",
            mend: "Take another executor, or add it to the scope's executors.",
            example: "executors: [docs] and executor: command"),
    ]

    private static let limits = [
        CatalogEntry(
            "max-attempts-per-task", "The task failed as often as max_attempts_per_task allows.",
            why: "What failed so often fails again.", mend: "Find out why, then 'leviathan retry TASK'.",
            example: "max_attempts_per_task: 2 and two failures"),
        CatalogEntry(
            "max-running-attempts", "As many attempts run as max_running_attempts allows.",
            why: "It bounds what runs at once.", mend: "Wait for one to end, or raise the limit.",
            example: "max_running_attempts: 1 and another task that runs"),
        CatalogEntry(
            "max-open-prs", "As many proposals are open as max_open_prs allows.",
            why: "A reviewer can look at so many and no more.", mend: "Merge or close one, or raise the limit.",
            example: "max_open_prs: 1 and an open pull request"),
        CatalogEntry(
            "max-open-prs-per-path",
            "As many proposals that may touch a path of the task's are open as max_open_prs_per_path allows.",
            why:
                "Changes of the same files conflict with each other, and each is looked at again after the other.",
            mend: "Merge or close one, or raise the limit.",
            example: "max_open_prs_per_path: 1 and an open pull request of a task that allows docs/"),
        CatalogEntry(
            "max-open-prs-per-owner",
            "As many proposals that may touch files of one owner are open as max_open_prs_per_owner allows.",
            why:
                "CODEOWNERS of the base says who has to look at a change, and nobody can look at everything at once.",
            mend: "Merge or close one, or raise the limit.",
            example: "max_open_prs_per_owner: 3 and three open pull requests for @docs-team"),
        CatalogEntry(
            "budget-per-day", "What models may cost in a day leaves no room for what the task may need.",
            why:
                "What an attempt may spend at the worst is reserved before it begins, so that no bill is a surprise.",
            mend: "Wait, lower inputs.budget of the task, or raise budget_per_day.",
            example: "budget_per_day: {usd: 20} and 18 dollars that are spent or reserved"),
        CatalogEntry(
            "forge-writes", "The forge was asked for as many changes as it takes.",
            why: "Forges shut out who changes too much too fast, for everything and for hours.",
            mend: "Wait; writes_per_minute and writes_per_hour stand under forges: in config.yaml.",
            example: "500 changes within an hour at GitHub"),
        CatalogEntry(
            "service-breaker", "A forge or a model service failed so often in a row that it is left alone.",
            why: "An outage is not mended by asking, and each attempt that runs into it is lost.",
            mend: "Wait until it is tried again, or 'leviathan breaker reset forge:HOST'.",
            example: "service_breaker: {failures: 5, cooldown: 5m} and a forge that answers 503"),
        CatalogEntry(
            "unmeasurable",
            "A limit could not be measured, such as open proposals while the forge does not answer.",
            why: "What cannot be counted is never taken for zero.",
            mend: "See why with 'leviathan target show NAME', and run again once it can be measured.",
            example: "a forge that answers 503"),
        CatalogEntry(
            "max-tasks-per-hour", "As many tasks began within an hour as max_tasks_per_hour allows.",
            why: "It bounds how fast work is made.", mend: "Wait, or raise the limit.",
            example: "max_tasks_per_hour: 2"),
        CatalogEntry(
            "max-tasks-per-day", "As many tasks began within a day as max_tasks_per_day allows.",
            why: "It bounds how much work is made.", mend: "Wait, or raise the limit.",
            example: "max_tasks_per_day: 10"),
        CatalogEntry(
            "backoff", "The task failed, and waits before it is tried again.",
            why: "What failed a moment ago mostly fails again.", mend: "Wait; 'leviathan next' says until when.",
            example: "backoff: 1m"),
        CatalogEntry(
            "circuit-breaker", "So many attempts failed in a row that the target is stopped.",
            why: "A target on which everything fails has a cause that more attempts do not mend.",
            mend: "Find the cause, then 'leviathan breaker reset'.", example: "circuit_breaker: {failures: 2}"),
    ]

    private static let switches = [
        CatalogEntry(
            "stopped", "Somebody stopped everything on this machine.",
            why: "'leviathan stop' holds whatever would begin.",
            mend: "'leviathan resume', once its reason is gone.", example: "leviathan stop \"the forge is down\""),
        CatalogEntry(
            "autonomy-off", "The scheduler may not begin tasks of the target by itself.",
            why: "A person or the policy turned it off; a person may still propose a task.",
            mend: "'leviathan autonomy on', or autonomy.enabled in the policy.", example: "leviathan autonomy off"),
        CatalogEntry(
            "outside-window", "It is outside of the hours that the policy allows.",
            why: "schedule.windows says when the scheduler may begin.", mend: "Wait, or change schedule.windows.",
            example: "windows: [\"Mon-Fri 08:00-18:00 Europe/Berlin\"] on a Sunday"),
        CatalogEntry(
            "same-failure", "The task failed on this very base.", why: "Nothing has changed since.",
            mend: "Change the task or the base, or propose it by hand.",
            example: "a failed attempt, and no commit since"),
        CatalogEntry(
            "already-running", "An attempt at the task runs.", why: "A task is done once.",
            mend: "Wait for it to end.",
            example: "leviathan propose in two terminals"),
        CatalogEntry(
            "job-waiting", "The task was handed to a cluster, where its Job has not begun.",
            why:
                "An image that cannot be pulled, a quota, or no node with room holds it up; it counts as running.",
            mend:
                "Do what the hint says; after dispatch.start_timeout the Job is taken back and the task waits again.",
            example: "dispatch: {kind: kubernetes, image: registry.example.com/leviathan@sha256:…}"),
    ]

    private static let standing = [
        CatalogEntry(
            "under-review", "A proposal of the task waits for a person.",
            why: "A second one would be a duplicate.",
            mend: "Merge or close it; --refresh brings it up to date.", example: "an open pull request"),
        CatalogEntry(
            "merged", "The task's pull request was merged.", why: "It is done.",
            mend: "Write another task, or mark this one as completed.",
            example: "a merged pull request, no write-back"),
        CatalogEntry(
            "declined", "A person closed the task's pull request without merging it.",
            why: "What was declined is not reopened.",
            mend: "Change the task and give it another id, or 'leviathan retry TASK'.",
            example: "a closed pull request"),
        CatalogEntry(
            "foreign-commit", "A commit that Leviathan did not push stands where the proposal would go.",
            why: "Nobody's work is overwritten.", mend: "Look at the branch, and remove or rename it.",
            example: "a person pushed to agent/task-001"),
        CatalogEntry(
            "branch-in-use", "The branch that would have to be moved is checked out.",
            why: "It would change under the person who works on it.", mend: "Switch to another branch there.",
            example: "git worktree add ../w agent/task-001"),
    ]
}
