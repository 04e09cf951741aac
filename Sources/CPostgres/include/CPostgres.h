#pragma once

#include <postgresql/libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

// libpq, loaded when it is first needed rather than at every start of the program.
// Types and constants come from its header; its functions are reached through `cpostgres_library`.
typedef struct cpostgres_library cpostgres_library;

// Loads the library of that name; NULL with the reason in `problem`.
// Calls must not overlap. A loaded library stays loaded.
const cpostgres_library *cpostgres_open(const char *name, char *problem, size_t capacity);

// For instance 150020 for 15.20.
int cpostgres_version(const cpostgres_library *library);

// The settings of a connection URL or string; NULL where it is none, with nothing said that could show a password.
PQconninfoOption *cpostgres_parse(const cpostgres_library *library, const char *text);
void cpostgres_parse_free(const cpostgres_library *library, PQconninfoOption *options);

// Begins to connect; names and values end with NULL. Notices of the server are dropped rather than printed.
PGconn *cpostgres_connect(const cpostgres_library *library, const char *const *names, const char *const *values);
PostgresPollingStatusType cpostgres_connect_poll(const cpostgres_library *library, PGconn *connection);
void cpostgres_finish(const cpostgres_library *library, PGconn *connection);
bool cpostgres_is_good(const cpostgres_library *library, const PGconn *connection);
int cpostgres_socket(const cpostgres_library *library, const PGconn *connection);
const char *cpostgres_error(const cpostgres_library *library, const PGconn *connection);
// Whether a transaction is open on the connection, failed ones among them.
bool cpostgres_in_transaction(const cpostgres_library *library, const PGconn *connection);

// Makes no call wait, and lets several statements be on their way at once.
bool cpostgres_begin_pipeline(const cpostgres_library *library, PGconn *connection);
bool cpostgres_prepare(const cpostgres_library *library, PGconn *connection, const char *name, const char *sql);
// Answers come in binary.
bool cpostgres_send_prepared(
    const cpostgres_library *library, PGconn *connection, const char *name, int count, const char *const *values,
    const int *lengths, const int *formats);
bool cpostgres_send(
    const cpostgres_library *library, PGconn *connection, const char *sql, int count, const char *const *values,
    const int *lengths, const int *formats);
bool cpostgres_sync(const cpostgres_library *library, PGconn *connection);
// 0 when all is sent, 1 when some is left, -1 when the connection is gone.
int cpostgres_flush(const cpostgres_library *library, PGconn *connection);
bool cpostgres_consume(const cpostgres_library *library, PGconn *connection);
bool cpostgres_is_busy(const cpostgres_library *library, PGconn *connection);
PGresult *cpostgres_result(const cpostgres_library *library, PGconn *connection);
// Asks the server, over a connection of its own, to give up what it does.
void cpostgres_cancel(const cpostgres_library *library, PGconn *connection);

void cpostgres_clear(const cpostgres_library *library, PGresult *result);
ExecStatusType cpostgres_status(const cpostgres_library *library, const PGresult *result);
// The part of an error by its letter, such as 'C' for the five signs of its SQLSTATE; NULL where it has none.
const char *cpostgres_field(const cpostgres_library *library, const PGresult *result, int letter);
int cpostgres_rows(const cpostgres_library *library, const PGresult *result);
int cpostgres_columns(const cpostgres_library *library, const PGresult *result);
Oid cpostgres_type(const cpostgres_library *library, const PGresult *result, int column);
bool cpostgres_is_null(const cpostgres_library *library, const PGresult *result, int row, int column);
const char *cpostgres_value(const cpostgres_library *library, const PGresult *result, int row, int column);
int cpostgres_length(const cpostgres_library *library, const PGresult *result, int row, int column);
// How many rows a statement changed, as text; empty where it says nothing of that.
const char *cpostgres_changed(const cpostgres_library *library, PGresult *result);
