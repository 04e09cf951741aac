// Inserts events into PostgreSQL through pipelined libpq and nothing else: a bundle locks its chain's row, inserts its rows,
// and writes the chain's head, in one transaction. What the control plane's own figures are held against.
//
// Usage: raw-chain URL EVENTS BUNDLE
// Prints the milliseconds.
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static PGconn *database;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, PQerrorMessage(database));
    exit(1);
}

static void run(const char *sql) {
    PGresult *result = PQexec(database, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(sql);
    PQclear(result);
}

static void send(const char *sql, int count, const char *const *values) {
    if (!PQsendQueryParams(database, sql, count, NULL, values, NULL, NULL, 0)) fail(sql);
}

/// Takes the results of so many statements, and the end of the pipeline's part.
static void take(int statements) {
    for (int i = 0; i < statements; i++) {
        PGresult *result;
        while ((result = PQgetResult(database)) != NULL) {
            ExecStatusType status = PQresultStatus(result);
            if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("statement");
            PQclear(result);
        }
    }
    PGresult *end = PQgetResult(database);
    if (PQresultStatus(end) != PGRES_PIPELINE_SYNC) fail("sync");
    PQclear(end);
}

int main(int count, char **words) {
    if (count != 4) return 2;
    int events = atoi(words[2]), bundle = atoi(words[3]);
    database = PQconnectdb(words[1]);
    if (PQstatus(database) != CONNECTION_OK) fail("connect");
    run("SET client_min_messages = warning");
    run("CREATE SCHEMA IF NOT EXISTS raw; SET search_path = raw; DROP TABLE IF EXISTS events, chains, ingest;"
        "CREATE TABLE chains (name text PRIMARY KEY, position bigint NOT NULL, hash text);"
        "CREATE TABLE ingest (event_id text PRIMARY KEY);"
        "CREATE TABLE events (chain text NOT NULL, position bigint NOT NULL, event_id text NOT NULL,"
        " event_type text NOT NULL, timestamp text NOT NULL, actor_id text, payload bytea NOT NULL, prev_hash text,"
        " hash text NOT NULL, PRIMARY KEY (chain, position));"
        "INSERT INTO chains VALUES ('target/bench', 0, NULL)");
    char id[64], position[32], hash[65], payload[256];
    memset(hash, 'a', 64);
    hash[64] = 0;
    PQenterPipelineMode(database);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int first = 0; first < events; first += bundle) {
        send("BEGIN", 0, NULL);
        send("SELECT position, hash FROM chains WHERE name = 'target/bench' FOR UPDATE", 0, NULL);
        for (int number = first; number < first + bundle; number++) {
            snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", number);
            snprintf(position, sizeof position, "%d", number + 1);
            snprintf(payload, sizeof payload,
                "{\"attempt_id\":\"attempt-%d\",\"name\":\"tests\",\"outcome\":\"passed\",\"target\":\"bench\",\"task_id\":\"task-%d\"}",
                number, number);
            send("INSERT INTO ingest VALUES ($1)", 1, (const char *[]){id});
            send("INSERT INTO events VALUES ('target/bench', $1, $2, 'invariant.finished', '2026-01-01T00:00:00Z', 'w',"
                 " convert_to($3, 'UTF8'), $4, $4)", 4, (const char *[]){position, id, payload, hash});
        }
        send("UPDATE chains SET position = $1, hash = $2 WHERE name = 'target/bench'", 2, (const char *[]){position, hash});
        send("COMMIT", 0, NULL);
        if (!PQpipelineSync(database)) fail("sync");
        take(2 * bundle + 4);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%f\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6);
    return 0;
}
