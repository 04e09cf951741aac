#pragma once
#include <sqlite3.h>

/// Binds text or bytes that stay where they are until the statement is reset.
static inline int shim_bind_text(sqlite3_stmt *statement, int index, const void *text, int length) {
    return sqlite3_bind_text(statement, index, (const char *)text, length, SQLITE_STATIC);
}
static inline int shim_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length) {
    return sqlite3_bind_blob(statement, index, bytes, length, SQLITE_STATIC);
}

/// Leaves the write-ahead log where it is when the last connection closes.
static inline int shim_keep_log(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
