#pragma once
#include <sqlite3.h>

/// Binds text or bytes that stay where they are until the statement is reset.
static inline int shim_bind_text(sqlite3_stmt *statement, int index, const void *text, int length) {
    return sqlite3_bind_text(statement, index, (const char *)text, length, SQLITE_STATIC);
}
static inline int shim_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length) {
    return sqlite3_bind_blob(statement, index, bytes, length, SQLITE_STATIC);
}
