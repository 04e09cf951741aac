internal import CSQLite

/// The library's own version.
package enum SQLiteLibrary {
    package static var version: String { String(cString: sqlite3_libversion()) }
}
