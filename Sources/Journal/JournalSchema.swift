internal import SQLite

/// The tables of the journal, version by version; each version's database is kept among the tests.
enum JournalSchema {
    static let migrations = [version1, version2]

    static let columns = "sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash"
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
        CREATE INDEX events_by_task ON events (task_id, sequence) WHERE task_id IS NOT NULL;
        CREATE INDEX events_by_attempt ON events (attempt_id, sequence) WHERE attempt_id IS NOT NULL;
        CREATE INDEX events_by_type ON events (event_type, sequence);
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
        CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
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

    static let unguarding = "DROP TRIGGER events_are_never_deleted; DROP TRIGGER events_are_only_appended;"

    /// The head stands apart from the events, so that a truncated journal is noticed.
    private static let version2 =
        """
        CREATE TABLE head (
            one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, hash TEXT, projected INTEGER NOT NULL
        ) STRICT;
        INSERT INTO head VALUES (1, coalesce((SELECT max(sequence) FROM events), 0),
            (SELECT hash FROM events ORDER BY sequence DESC LIMIT 1), 0);
        DROP TRIGGER events_are_never_deleted;
        \(guards)
        CREATE TABLE claims (
            target TEXT NOT NULL, task_id TEXT NOT NULL, attempt_id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL,
            process_id INTEGER NOT NULL, started TEXT NOT NULL, machine TEXT NOT NULL, claimed_at TEXT NOT NULL,
            PRIMARY KEY (target, task_id)
        ) STRICT;
        """ + ProjectionTables.creation
}

/// The statements that appending needs.
enum JournalStatements {
    static let head = SQLText("SELECT sequence, hash, projected FROM head")
    static let last = SQLText("SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1")
    static let moveHead = SQLText("UPDATE head SET sequence = ?, hash = ?, projected = ?")
    static let byID = SQLText(JournalSchema.selection + " WHERE event_id = ?")
    static let insertion = SQLText(
        """
        INSERT INTO events (sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash, target,
        task_id, attempt_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
}
