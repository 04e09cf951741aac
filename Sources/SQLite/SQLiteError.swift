internal import Basics
internal import CSQLite

/// A database operation that failed; says which SQL, never which values.
package struct SQLiteError: ExplainedError, Equatable {
    /// The cases that a caller can act on.
    package enum Kind: Hashable, Sendable {
        case busy, constraint, corrupt, notADatabase, full, inputOutput, readOnly, cannotOpen, misuse, other
        /// The file was written by a newer program.
        case tooNew(found: Int, known: Int)
    }

    package let kind: Kind
    package let operation: String
    package let sql: String?
    package let extendedCode: Int32

    package init(_ kind: Kind, _ operation: String, sql: String? = nil, extendedCode: Int32 = 0) {
        (self.kind, self.operation, self.sql, self.extendedCode) = (kind, operation, sql, extendedCode)
    }

    init(code: Int32, _ operation: String, sql: String? = nil) {
        self.init(Self.kind(of: code), operation, sql: sql, extendedCode: code)
    }

    package var message: String { "cannot \(operation)" }

    package var causes: [String] {
        var causes: [String] = []
        if case .tooNew(let found, let known) = kind {
            causes.append("its schema is version \(found), and this program knows up to \(known)")
        } else {
            causes.append("\(String(cString: sqlite3_errstr(extendedCode))) (SQLite code \(extendedCode))")
        }
        if let sql { causes.append("in: \(sql)") }
        return causes
    }

    package var hint: String? {
        switch kind {
        case .busy: "another process is writing; try again when it has finished"
        case .full: "free some space on the disk"
        case .inputOutput: "free some space on the disk, or check that it works"
        case .tooNew: "use a newer version of this program"
        case .notADatabase: "move the file away, or name another one"
        default: nil
        }
    }

    private static func kind(of code: Int32) -> Kind {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_CONSTRAINT: .constraint
        case SQLITE_CORRUPT: .corrupt
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_FULL: .full
        case SQLITE_IOERR: .inputOutput
        case SQLITE_READONLY: .readOnly
        case SQLITE_CANTOPEN: .cannotOpen
        case SQLITE_MISUSE: .misuse
        default: .other
        }
    }
}
