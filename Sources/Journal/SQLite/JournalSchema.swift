internal import SQLite

/// The tables of the journal, version by version; each version's database is kept among the tests.
enum JournalSchema {
    static let migrations = [version1, version2, version3, version4, version5, version6]

    static let columns = """
        sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash, chain, target, task_id,
        attempt_id
        """
    static let selection = "SELECT \(columns) FROM events"

    private static let version1 = """
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY,
            event_id TEXT NOT NULL UNIQUE,
            event_type TEXT NOT NULL,
            timestamp TEXT NOT NULL,
            actor_id TEXT NOT NULL,
            payload TEXT NOT NULL,
            prev_hash TEXT,
            hash TEXT NOT NULL,
            target TEXT,
            task_id TEXT,
            attempt_id TEXT
        ) STRICT;
        \(indexes)
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
        CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
        """

    private static let indexes = """
        CREATE INDEX events_by_task ON events (task_id, sequence) WHERE task_id IS NOT NULL;
        CREATE INDEX events_by_attempt ON events (attempt_id, sequence) WHERE attempt_id IS NOT NULL;
        CREATE INDEX events_by_type ON events (event_type, sequence);
        """

    /// `REPLACE` deletes without a delete trigger, so that what is there already must stop the insertion itself.
    static let guards = """
        CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
        CREATE TRIGGER events_are_only_appended BEFORE INSERT ON events
            WHEN NEW.sequence <= (SELECT sequence FROM head) OR EXISTS
                (SELECT 1 FROM events WHERE event_id = NEW.event_id)
            BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
        """

    static let unguarding =
        "DROP TRIGGER IF EXISTS events_are_never_deleted; DROP TRIGGER IF EXISTS events_are_only_appended;"

    /// The head stands apart from the events, so that a truncated journal is noticed.
    private static let version2 =
        """
        CREATE TABLE head (
            one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, hash TEXT, projected INTEGER NOT NULL
        ) STRICT;
        INSERT INTO head VALUES (1, coalesce((SELECT max(sequence) FROM events), 0),
            (SELECT hash FROM events ORDER BY sequence DESC LIMIT 1), 0);
        DROP TRIGGER IF EXISTS events_are_never_deleted;
        \(guards)
        CREATE TABLE claims (
            target TEXT NOT NULL, task_id TEXT NOT NULL, attempt_id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL,
            process_id INTEGER NOT NULL, started TEXT NOT NULL, machine TEXT NOT NULL, claimed_at TEXT NOT NULL,
            PRIMARY KEY (target, task_id)
        ) STRICT;
        """ + ProjectionTables.version2

    /// Chains of their own for targets and the home, behind the one chain that was there and is now closed; actors
    /// that nobody wrote down; claims that are told by a lock.
    private static let version3 = """
        CREATE TABLE chains (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, start TEXT, events INTEGER NOT NULL, head TEXT,
            sequence INTEGER NOT NULL, sealed TEXT
        ) STRICT;
        INSERT INTO chains SELECT 1, 'first-edition', NULL, sequence, hash, sequence, NULL FROM head
            WHERE sequence > 0;
        ALTER TABLE events RENAME TO events_before;
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, event_type TEXT NOT NULL,
            timestamp TEXT NOT NULL, actor_id TEXT, payload TEXT NOT NULL, prev_hash TEXT, hash TEXT NOT NULL,
            chain INTEGER NOT NULL, target TEXT, task_id TEXT, attempt_id TEXT
        ) STRICT;
        INSERT INTO events SELECT sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash, 1,
            coalesce(target, CASE WHEN json_valid(payload) AND json_type(payload, '$.target_id') = 'text'
                THEN json_extract(payload, '$.target_id') END), task_id, attempt_id FROM events_before ORDER BY sequence;
        DROP TABLE events_before;
        \(indexes)
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
        \(guards)
        ALTER TABLE claims RENAME TO claims_before;
        CREATE TABLE claims (
            target TEXT NOT NULL, task_id TEXT NOT NULL, attempt_id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL,
            lock TEXT, deadline TEXT, process_id INTEGER, started TEXT, machine TEXT, holder TEXT NOT NULL,
            claimed_at TEXT NOT NULL, PRIMARY KEY (target, task_id)
        ) STRICT;
        INSERT INTO claims SELECT target, task_id, attempt_id, repository, NULL, NULL, process_id, started, machine,
            'process ' || process_id, claimed_at FROM claims_before;
        DROP TABLE claims_before;
        \(ProjectionTables.version3)
        UPDATE head SET projected = 0;
        """

    private static let version4 = ProjectionTables.version4 + " UPDATE head SET projected = 0;"

    /// No older journal has an event that the new tables are derived from.
    private static let version5 = ProjectionTables.version5
    private static let version6 = ProjectionTables.version6
}

/// The statements that appending needs.
enum JournalStatements {
    static let head = SQLText("SELECT sequence, hash, projected FROM head")
    static let last = SQLText("SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1")
    /// Changes with every commit of another process.
    static let dataVersion = SQLText("PRAGMA data_version")
    static let moveHead = SQLText("UPDATE head SET sequence = ?, hash = ?, projected = ?")
    static let byID = SQLText(JournalSchema.selection + " WHERE event_id = ?")
    static let insertion = SQLText(
        """
        INSERT INTO events (sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash, chain, target,
        task_id, attempt_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)

    private static let chain = "SELECT id, name, start, events, head, sequence, sealed FROM chains"
    static let chains = SQLText(chain + " ORDER BY name")
    static let chainNamed = SQLText(chain + " WHERE name = ?")
    static let chainEndingWith = SQLText(chain + " WHERE head = ?")
    static let addChain = SQLText("INSERT INTO chains (name, start, events, sequence) VALUES (?, ?, 0, 0)")
    static let moveChain = SQLText("UPDATE chains SET events = ?, head = ?, sequence = ? WHERE id = ?")
    static let sealChain = SQLText("UPDATE chains SET sealed = ? WHERE name = ?")
    static let unsealed = SQLText(
        chain
            + " WHERE name <> 'home' AND name NOT LIKE 'target/%' AND (sealed IS NULL OR sealed <> head) AND head IS NOT NULL"
    )
}
