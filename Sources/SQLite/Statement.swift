internal import CSQLite

/// A value that goes into a database or comes out of it.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int)
    case real(Double)
    case text(String)
    case blob([UInt8])

    package static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    package static func optional(_ number: Int?) -> SQLValue { number.map(SQLValue.integer) ?? .null }

    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    package var text: String? { if case .text(let value) = self { value } else { nil } }
}

/// A prepared statement, to be run any number of times.
package struct Statement: ~Copyable {
    private let pointer: OpaquePointer
    private let sql: String

    init(_ pointer: OpaquePointer, sql: String) { (self.pointer, self.sql) = (pointer, sql) }

    deinit { sqlite3_finalize(pointer) }

    package func run(
        _ values: [SQLValue] = [], each body: (borrowing Row) throws(SQLiteError) -> Void = { _ in }
    ) throws(SQLiteError) {
        defer {
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
        }
        guard values.count == Int(sqlite3_bind_parameter_count(pointer)) else {
            throw SQLiteError(.misuse, "bind \(values.count) values", sql: sql, extendedCode: SQLITE_RANGE)
        }
        for (index, value) in values.enumerated() { try bind(value, Int32(index + 1)) }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: try body(Row(pointer))
            case SQLITE_DONE: return
            case let code: throw SQLiteError(code: code, "run a statement", sql: sql)
            }
        }
    }

    private func bind(_ value: SQLValue, _ index: Int32) throws(SQLiteError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(pointer, index)
            case .integer(let number): sqlite3_bind_int64(pointer, index, Int64(number))
            case .real(let number): sqlite3_bind_double(pointer, index, number)
            case .text(let text): shim_bind_text(pointer, index, text, Int32(clamping: text.utf8.count))
            case .blob(let bytes): shim_bind_blob(pointer, index, bytes, Int32(clamping: bytes.count))
            }
        guard code == SQLITE_OK else { throw SQLiteError(code: code, "bind value \(index)", sql: sql) }
    }
}

/// The row that a statement stands on; valid only while it does.
package struct Row: ~Copyable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    package subscript(column: Int) -> SQLValue {
        let index = Int32(column)
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(Int(sqlite3_column_int64(pointer, index)))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT: return .text(text(column) ?? "")
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(pointer, index))
            return .blob(Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(pointer, index), count: count)))
        default: return .null
        }
    }

    /// `nil` for NULL.
    package func text(_ column: Int) -> String? {
        guard let raw = sqlite3_column_text(pointer, Int32(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: raw, count: count), as: UTF8.self)
    }

    /// 0 for NULL.
    package func integer(_ column: Int) -> Int { Int(sqlite3_column_int64(pointer, Int32(column))) }
}
