// Inserts the rows of a journal into a new database through plain SQLite, with the same table, indexes and pragmas and
// nothing else: what the journal's own figures are held against. Prints the milliseconds.
//
// Usage: raw-journal SOURCE TARGET ROWS BATCH
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 12 };

static const char *schema =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
    "PRAGMA recursive_triggers=ON; PRAGMA cell_size_check=ON; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=10000;"
    "CREATE TABLE events (sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, event_type TEXT NOT NULL,"
    " timestamp TEXT NOT NULL, actor_id TEXT, payload TEXT NOT NULL, prev_hash TEXT, hash TEXT NOT NULL,"
    " chain INTEGER NOT NULL, target TEXT, task_id TEXT, attempt_id TEXT) STRICT;"
    "CREATE INDEX events_by_task ON events (task_id, sequence) WHERE task_id IS NOT NULL;"
    "CREATE INDEX events_by_attempt ON events (attempt_id, sequence) WHERE attempt_id IS NOT NULL;"
    "CREATE INDEX events_by_type ON events (event_type, sequence);";

static void check(int code, sqlite3 *database) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(database));
    exit(1);
}

int main(int count, char **words) {
    if (count != 5) return 2;
    int rows = atoi(words[3]), batch = atoi(words[4]);
    char **values = calloc((size_t)rows * COLUMNS, sizeof *values);
    sqlite3 *source, *target;
    sqlite3_stmt *read, *write;
    check(sqlite3_open(words[1], &source), source);
    check(sqlite3_prepare_v2(source, "SELECT sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash,"
        " chain, target, task_id, attempt_id FROM events ORDER BY sequence", -1, &read, NULL), source);
    int found = 0;
    for (; found < rows && sqlite3_step(read) == SQLITE_ROW; found++)
        for (int column = 0; column < COLUMNS; column++) {
            const char *text = (const char *)sqlite3_column_text(read, column);
            values[found * COLUMNS + column] = text ? strdup(text) : NULL;
        }
    check(sqlite3_open(words[2], &target), target);
    check(sqlite3_exec(target, schema, NULL, NULL, NULL), target);
    check(sqlite3_prepare_v3(target, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
        SQLITE_PREPARE_PERSISTENT, &write, NULL), target);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int row = 0; row < found; row++) {
        if (row % batch == 0) check(sqlite3_exec(target, "BEGIN IMMEDIATE", NULL, NULL, NULL), target);
        sqlite3_bind_int64(write, 1, row + 1);
        for (int column = 1; column < COLUMNS; column++)
            sqlite3_bind_text(write, column + 1, values[row * COLUMNS + column], -1, SQLITE_STATIC);
        check(sqlite3_step(write), target);
        sqlite3_reset(write);
        if (row % batch == batch - 1 || row == found - 1) check(sqlite3_exec(target, "COMMIT", NULL, NULL, NULL), target);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%f\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6);
    return 0;
}
