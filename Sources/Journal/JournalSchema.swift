/// The tables of the journal, version by version.
enum JournalSchema {
    static let migrations = [version1]

    static let selection = """
        SELECT sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash FROM events
        """

    static let insertion = """
        INSERT INTO events (sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash, target,
        task_id, attempt_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

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
}
