#ifndef TOKEND_CSQLITE_H
#define TOKEND_CSQLITE_H

#include <sqlite3.h>

/// Switches one of a connection's yes-or-no settings. `sqlite3_db_config` itself is variadic, which Swift cannot call.
static inline int csqlite_switch(sqlite3 *database, int setting, int on) {
    return sqlite3_db_config(database, setting, on, (int *)0);
}

/// Binds a text that SQLite copies. `SQLITE_TRANSIENT` is a cast, which Swift cannot import.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds bytes that SQLite copies.
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                      : sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

#endif
