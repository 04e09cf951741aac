internal import Model

/// The declared keys of every file.
enum Formats {
    private static let version = Field("version", .integer(1...1), "The version of the format.")

    static let breaker = Format(
        "circuit_breaker",
        [
            Field(
                "failures", .integer(1...1000), aliases: ["consecutive_failures_threshold"], required: true,
                "Failures in a row that stop the target."),
            Field("cooldown", .duration, "How long it stays stopped; without it only a person resets it."),
            Field("cooldown_minutes", .integer(0...100_000), "The same in minutes."),
            Field("enabled", .boolean, "false switches the breaker's own setting off."),
        ])

    static let limitFields: [Field] = [
        Field("allowed_path_prefixes", .list(.pattern), "No change leaves these paths."),
        Field("max_open_prs", .integer(0...10000), "Open pull requests at one time."),
        Field(
            "max_running_attempts", .integer(0...10000), aliases: ["max_concurrent_attempts"],
            "Attempts running at one time."),
        Field("max_attempts_per_task", .integer(0...1000), "Attempts before a task is given up."),
        Field("circuit_breaker", .mapping(breaker), "Stops a target that keeps failing."),
        Field("attempt_timeout", .duration, "The longest time an attempt may take."),
        Field("attempt_timeout_seconds", .integer(1...1_000_000), "The same in seconds."),
        Field("backoff", .duration, "The wait between two attempts of a task."),
        Field("backoff_seconds", .integer(0...1_000_000), "The same in seconds."),
        Field("max_tasks_per_day", .integer(0...100_000), "Tasks begun within a day."),
        Field(
            "max_files", .integer(0...1_000_000), aliases: ["max_files_per_task"], "Files that one change touches."
        ),
        Field("max_patch_bytes", .size, "The size of one patch."),
        Field("max_file_size", .named(.size), "The size of a file, by pattern."),
        Field(
            "timeout",
            .mapping(
                Format(
                    "timeout",
                    [
                        Field(
                            "attempt_timeout_minutes", .integer(1...100_000),
                            "The longest time an attempt may take.")
                    ])), "An older place of attempt_timeout."),
    ]

    static let limits = Format("limits", limitFields)

    static let scope = Format(
        "a scope",
        [
            Field("allowed_paths", .list(.pattern), required: true, "What changes of the scope may touch."),
            Field(
                "forbidden", .list(.pattern), aliases: ["forbidden_patterns", "forbidden_paths"],
                "What they may not touch all the same."),
            Field(
                "operations", .list(.choice(Operation.allCases.map(\.rawValue))), aliases: ["allowed_operations"],
                "create, update, delete; all three when missing."),
            Field("executor", .text, "Carries out tasks that name none."),
            Field("executors", .list(.text), "The only executors that may serve the scope."),
            Field(
                "requires", .list(.choice(Scope.Requirement.allCases.map(\.rawValue))),
                "A change must also touch these: tests, docs."),
            Field("requires_tests", .boolean, "An older spelling of requires: [tests]."),
            Field("requires_documentation", .boolean, "An older spelling of requires: [docs]."),
            Field("description", .text, "For people."),
        ] + limitFields)

    /// What older files say of a scope apart from its paths.
    static let scopeConstraints = Format(
        "scope_constraints", scope.fields.map { Field($0.name, $0.kind, aliases: $0.aliases, $0.summary) })

    static let invariant = Format(
        "an invariant",
        [
            Field("name", .text, "What it is called in reports."),
            Field("check", .text, "The shell line that must succeed."),
            Field("builtin", .choice(["secrets", "parse", "links", "no-op"]), "A check that is built in."),
            Field("path", .text, "A document that describes the invariant; nothing is run."),
            Field("description", .text, "For people."),
            Field("timeout", .duration, "The longest time the check may take."),
            Field("when", .list(.pattern), "Runs only when the change touches one of these."),
            Field("network", .choice(["deny", "allow"]), "Whether the check may use the network."),
            Field("env", .list(.text), "Variables that it may see."),
            Field("severity", .choice(Invariant.Severity.allCases.map(\.rawValue)), "block or warn."),
            Field("baseline", .boolean, "When it fails, also run it on the base."),
            Field("retries", .integer(0...10), "Repeats of a failing check."),
        ])

    static let sandbox = Format(
        "sandbox",
        [
            Field("network", .choice(["deny", "allow"]), "Whether programs may use the network."),
            Field("read", .list(.text), "More that they may read."),
            Field("scratch", .list(.pattern), "Writable, and never part of the change."),
            Field("env", .list(.text), "Variables that they may see."),
            Field("memory", .size, "Memory for each program."),
        ])

    static let workspace = Format(
        "workspace",
        [
            Field("link", .list(.text), "Linked from the user's checkout."),
            Field("copy", .list(.text), "Copied from the user's checkout."),
            Field("setup", .text, "Run once, and again when a lock file changed."),
            Field("lock_files", .list(.text), "The files that decide whether set-up is repeated."),
        ])

    static let autoMerge = Format(
        "auto_merge",
        [
            Field("enabled", .boolean, "Off unless this is true."),
            Field("scopes", .list(.text), aliases: ["allowed_scopes"], "Only these scopes."),
            Field("require_ci", .boolean, aliases: ["require_ci_pass"], "Only with green checks."),
            Field("require_approvals", .integer(0...100), "Approvals by people."),
            Field("method", .choice(AutoMerge.Method.allCases.map(\.rawValue)), "merge, squash or rebase."),
        ])

    static let schedule = Format(
        "schedule",
        [
            Field("cron", .text, "When the scheduler looks."),
            Field("windows", .list(.text), "When it may work."),
            Field("weight", .number, aliases: ["fairness_weight"], "Its share among targets."),
            Field("priority", .text, "For people."),
        ])

    static let policy = Format(
        "policy.yaml",
        [
            version,
            Field("scopes", .named(.mapping(scope)), "The kinds of tasks, by name."),
            Field("forbidden", .list(.pattern), aliases: ["forbidden_paths"], "What no change may touch."),
            Field("limits", .mapping(limits), aliases: ["safety_rules", "guardrails"], "Limits for the target."),
            Field("invariants", .list(.mapping(invariant)), "What must hold after each change."),
            Field("sandbox", .mapping(sandbox), "What programs may reach."),
            Field("workspace", .mapping(workspace), "What a workspace gets besides the base's files."),
            Field("auto_merge", .mapping(autoMerge), "Whether approved pull requests merge by themselves."),
            Field("schedule", .mapping(schedule), aliases: ["scheduling"], "When tasks may run."),
            Field("weakened_tests", .choice(["warn", "block"]), "What happens when a change weakens tests."),
            Field("scope_paths", .named(.list(.pattern)), "An older form of scopes: paths by scope."),
            Field(
                "allowed_paths", .either([.list(.pattern), .named(.list(.pattern))]),
                "An older form of scopes: paths by scope, or one list for every task."),
            Field(
                "scope_constraints", .named(.mapping(scopeConstraints)), "An older form: the rest of each scope."),
            Field(
                "file_size_limits",
                .mapping(
                    Format(
                        "file_size_limits",
                        [
                            Field(
                                "max_file_size_kb", .named(.integer(0...10_000_000)),
                                "The size of a file, by pattern, in KB.")
                        ])), "An older form of limits.max_file_size."),
            Field(
                "autonomy", .mapping(Format("autonomy", [Field("enabled", .boolean, "Whether runs may start.")])),
                "Whether the scheduler may start runs."),
            Field("code_style", .any, "Kept, and not acted on."),
            Field("target", .any, "Kept, and not acted on."),
            Field("description", .text, "For people."),
        ])

    static let task = Format(
        "a task",
        [
            Field(
                "id", .text, aliases: ["task_id"], required: true, "Kebab-case, at most 100 characters, unique."),
            Field("title", .text, "One line for people."),
            Field("description", .text, "The task in full."),
            Field("scope", .text, "A scope that policy.yaml defines."),
            Field("priority", .choice(BacklogTask.Priority.allCases.map(\.rawValue)), "high, medium or low."),
            Field(
                "size", .choice(["xs", "s", "m", "l", "xl", "small", "medium", "large", "unknown"]),
                aliases: ["estimated_size"], "xs to xl."),
            Field("ready", .boolean, "Nothing runs that nobody released."),
            Field("status", .choice(BacklogTask.Status.allCases.map(\.rawValue)), "What became of it."),
            Field("allowed_paths", .list(.pattern), "What the task may touch."),
            Field("acceptance_criteria", .list(.text), "What must be true afterwards."),
            Field("dependencies", .list(.text), "Tasks that must be completed before."),
            Field("executor", .text, "Who carries it out; by default the scope's."),
            Field("inputs", .named(.any), "What the executor needs to know."),
            Field(
                "invariants", .list(.either([.text, .mapping(invariant)])),
                "Further invariants, by name or inline."),
            Field("not_before", .date, "Not to be run earlier."),
            Field("labels", .list(.text), "Labels for its pull request."),
            Field("limits", .mapping(limits), "Limits for this task alone."),
            Field("pr_number", .integer(0...Int.max), "Written back."),
            Field("branch_name", .text, "Written back."),
            Field("commit", .text, "Written back."),
            Field("blocked_reason", .text, "Why it is blocked."),
            Field("last_attempt_id", .text, "Written back."),
            Field("completed_at", .date, "Written back."),
        ])

    static let backlog = Format(
        "backlog.yaml",
        [
            version,
            Field("tasks", .list(.mapping(task)), required: true, "The tasks, in any order."),
            Field("max_open_prs", .integer(0...10000), "Open pull requests at one time."),
            Field("description", .text, "For people."),
        ])
}
