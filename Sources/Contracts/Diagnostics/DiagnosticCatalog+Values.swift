extension DiagnosticID {
    /// What is wrong with one key or value.
    var valueEntry: DiagnosticEntry? { keyEntry ?? syntaxEntry ?? settingEntry }

    private var keyEntry: DiagnosticEntry? {
        switch self {
        case .unknownKey:
            DiagnosticEntry(
                self,
                "The format has no such key; it has no effect, and where one is nearly the same it is an error. Keys that begin with `x-` are yours.",
                bad: .task("colour: blue"), mended: .task("x-colour: blue"))
        case .aliasedSpelling:
            DiagnosticEntry(
                self, "An older spelling: it works, and `leviathan lint --fix` rewrites it to the canonical one.",
                bad: .task("estimated_size: s"), mended: .task("size: s"))
        case .conflictingSpellings:
            DiagnosticEntry(
                self, "Two spellings of one field have different values.",
                bad: .task("size: s\nestimated_size: large"), mended: .task("size: s"))
        case .wrongType:
            DiagnosticEntry(
                self, "The value is of another kind than the field takes.", bad: .task("labels: docs"),
                mended: .task("labels: [docs]"))
        case .missingField:
            DiagnosticEntry(
                self, "A field is missing without which the rest means nothing.",
                bad: .policyWith("invariants:\n  - check: make test"),
                mended: .policyWith("invariants:\n  - name: Tests must pass\n    check: make test"))
        case .emptyValue:
            DiagnosticEntry(
                self, "The text is empty where it has to say something.", bad: .task("title: \"\""),
                mended: .task("title: Write the guide"))
        case .unknownValue:
            DiagnosticEntry(
                self, "The field takes one of a few values, and this is none of them.",
                bad: .task("priority: hihg"),
                mended: .task("priority: high"))
        case .outOfRange:
            DiagnosticEntry(
                self, "The number, duration or list is beyond what makes sense.",
                bad: .policyWith("limits: {max_attempts_per_task: 0}"),
                mended: .policyWith("limits: {max_attempts_per_task: 2}"))
        case .unsupportedVersion:
            DiagnosticEntry(
                self, "The file is of a version that this Leviathan does not read.",
                bad: .contract("version: 2\ntarget: my-repo"), mended: .contract("version: 1\ntarget: my-repo"))
        default: nil
        }
    }

    private var syntaxEntry: DiagnosticEntry? {
        switch self {
        case .badDuration:
            DiagnosticEntry(
                self, "A duration is whole numbers with units: 90s, 15m, 1h30m, 2d.",
                bad: .policyWith("limits: {attempt_timeout: 15 minutes}"),
                mended: .policyWith("limits: {attempt_timeout: 15m}"))
        case .badSize:
            DiagnosticEntry(
                self, "A size is a whole number with a unit: 500KB, 4MB, 1GiB.",
                bad: .policyWith("limits: {max_patch_bytes: 1.5MB}"),
                mended: .policyWith("limits: {max_patch_bytes: 1500KB}"))
        case .badDate:
            DiagnosticEntry(
                self, "A date is 2026-02-01, a date-time 2026-02-01T09:00:00Z.",
                bad: .task("not_before: 1.2.2026"),
                mended: .task("not_before: 2026-02-01"))
        case .badCron:
            DiagnosticEntry(
                self, "A cron expression has five fields: minute, hour, day of month, month, day of week.",
                bad: .policyWith("schedule: {cron: \"*/5 * * *\"}"),
                mended: .policyWith("schedule: {cron: \"*/5 * * * *\"}"))
        case .badWindow:
            DiagnosticEntry(
                self, "A window is days, hours and a time zone.",
                bad: .policyWith("schedule: {windows: [\"Mon-Fri 8-18\"]}"),
                mended: .policyWith("schedule: {windows: [\"Mon-Fri 08:00-18:00 Europe/Berlin\"]}"))
        case .badPattern:
            DiagnosticEntry(
                self,
                "A path pattern is relative to the repository's root, without `..`, backslashes or open brackets.",
                bad: .policyWith("forbidden: [/etc/passwd]"), mended: .policyWith("forbidden: [etc/passwd]"))
        case .badVariable:
            DiagnosticEntry(
                self, "The names of variables are letters, digits and underscores.",
                bad: .policyWith("sandbox: {env: [$LANG]}"), mended: .policyWith("sandbox: {env: [LANG]}"))
        default: nil
        }
    }

    private var settingEntry: DiagnosticEntry? {
        switch self {
        case .ignoredSetting:
            DiagnosticEntry(
                self, "The setting is understood and has no effect.",
                bad: .policyWith("limits: {circuit_breaker: {enabled: false}}"),
                mended: .policyWith("limits: {max_attempts_per_task: 5}"))
        case .unsupportedOutputMode:
            DiagnosticEntry(
                self, "Leviathan proposes changes; it knows no other way to deliver them.",
                bad: .contract("target: my-repo\nsafety: {output_mode: direct_push}"),
                mended: .contract("target: my-repo\nsafety: {output_mode: pr_only}"))
        case .conflictingChecks:
            DiagnosticEntry(
                self, "An invariant is a command or a builtin, not both.",
                bad: .policyWith("invariants: [{name: Tests, check: make test, builtin: secrets}]"),
                mended: .policyWith("invariants: [{name: Tests, check: make test}]"))
        case .secretInContract:
            DiagnosticEntry(
                self, "A token, key or password stands in the file; it is never shown, and belongs revoked.",
                bad: .contract(
                    "target: my-repo\nrepository: {url: \"https://bot:hunter2hunter2@example.com/r.git\"}"),
                mended: .contract("target: my-repo\nrepository: {url: \"https://example.com/r.git\"}"))
        default: nil
        }
    }
}
