/// What is known at the moment, derived from the events alone; `journal rebuild` makes the same again, byte for byte.
enum ProjectionTables {
    /// In the order in which they are written out; each with the columns that order its rows.
    static let all: [(name: String, order: String)] = [
        ("targets", "name"), ("tasks", "target, id"), ("dependencies", "target, task_id, dependency"),
        ("attempts", "sequence"), ("test_runs", "attempt, name"), ("model_calls", "attempt, call_id"),
        ("invalidations", "attempt, actor"), ("pull_requests", "target, number"),
        ("artifacts", "attempt_id, sha256, kind, name"), ("totals", "target, scope"), ("counters", "event_type"),
        ("services", "name"), ("budgets", "attempt_id"),
    ]

    static let creation = version2 + version3 + version4 + version5 + version6

    /// What is asked of attempts again and again, for each of a thousand targets: those of a target, those of the last
    /// day, and those that run.
    static let version6 = """
        CREATE INDEX attempts_by_target ON attempts (target, sequence);
        CREATE INDEX attempts_by_time ON attempts (created_at);
        CREATE INDEX attempts_without_end ON attempts (sequence) WHERE finished_at IS NULL;
        """

    /// The breakers of forges and model services, and what attempts may spend or have spent on models.
    static let version5 = """
        CREATE TABLE services (
            name TEXT PRIMARY KEY, failures INTEGER NOT NULL, since TEXT, opened TEXT, factor INTEGER NOT NULL,
            probes_at TEXT, probe TEXT, probe_until TEXT, cause TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE budgets (
            attempt_id TEXT PRIMARY KEY, target TEXT NOT NULL, task_id TEXT NOT NULL, scope TEXT,
            tokens INTEGER NOT NULL, usd_millionths INTEGER, reserved_at TEXT NOT NULL, settled_at TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX budgets_by_end ON budgets (settled_at);
        """

    /// The events by which a person last closed a target's breakers and set its switch: their order decides after
    /// they themselves are gone.
    static let version4 = """
        ALTER TABLE targets ADD COLUMN breaker_reset INTEGER;
        ALTER TABLE targets ADD COLUMN autonomy_set INTEGER;
        """

    /// What a task's row keeps of `task.unblocked`, and an attempt's of `delivery.started`: they outlive their events.
    static let version3 = """
        ALTER TABLE tasks ADD COLUMN unblocked INTEGER;
        ALTER TABLE tasks ADD COLUMN settled TEXT;
        ALTER TABLE attempts ADD COLUMN begun_commit TEXT;
        DROP INDEX attempts_by_task;
        CREATE INDEX attempts_by_task ON attempts (task_id, target, sequence);
        """

    static let version2 = """
        CREATE TABLE targets (
            name TEXT PRIMARY KEY, url TEXT, default_branch TEXT, failures INTEGER NOT NULL DEFAULT 0,
            breaker_tripped_at TEXT, breaker_reason TEXT, autonomy INTEGER, stopped_at TEXT, first_seen TEXT NOT NULL,
            last_seen TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tasks (
            target TEXT NOT NULL, id TEXT NOT NULL, title TEXT, scope TEXT, state TEXT NOT NULL, reason TEXT,
            attempts INTEGER NOT NULL DEFAULT 0, last_attempt TEXT, changed_at TEXT NOT NULL, PRIMARY KEY (target, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dependencies (
            target TEXT NOT NULL, task_id TEXT NOT NULL, dependency TEXT NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (target, task_id, dependency)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE attempts (
            sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, target TEXT NOT NULL, task_id TEXT NOT NULL, scope TEXT, number INTEGER NOT NULL,
            state TEXT NOT NULL, outcome TEXT, kind TEXT, reason TEXT, executor TEXT, workspace TEXT, slot TEXT,
            isolation TEXT, delegation TEXT,
            base TEXT, tree TEXT, spec TEXT, actor TEXT NOT NULL, files INTEGER, added INTEGER, removed INTEGER,
            violations INTEGER, remote TEXT, branch TEXT, commit_id TEXT, pull_request INTEGER,
            tokens INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, started_at TEXT, finished_at TEXT
        ) STRICT;
        CREATE INDEX attempts_by_task ON attempts (target, task_id, sequence);
        CREATE TABLE test_runs (
            attempt INTEGER NOT NULL, name TEXT NOT NULL, outcome TEXT, sequence INTEGER NOT NULL,
            PRIMARY KEY (attempt, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE model_calls (
            attempt INTEGER NOT NULL, call_id TEXT NOT NULL, tokens INTEGER, sequence INTEGER NOT NULL,
            PRIMARY KEY (attempt, call_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE invalidations (
            attempt INTEGER NOT NULL, actor TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (attempt, actor)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE pull_requests (
            target TEXT NOT NULL, number INTEGER NOT NULL, task_id TEXT, attempt_id TEXT, url TEXT, branch TEXT,
            state TEXT NOT NULL, created_at TEXT, merged_at TEXT, closed_at TEXT, sequence INTEGER NOT NULL,
            PRIMARY KEY (target, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pull_requests_by_merge ON pull_requests (merged_at) WHERE state = 'merged';
        CREATE TABLE artifacts (
            attempt_id TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
            bytes INTEGER NOT NULL, created_at TEXT NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (attempt_id, sha256, kind, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX artifacts_by_digest ON artifacts (sha256);
        CREATE TABLE totals (
            target TEXT NOT NULL, scope TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
            delivered INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
            interrupted INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (target, scope)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE counters (event_type TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        """
}
