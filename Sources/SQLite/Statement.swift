internal import CSQLite

/// A value that goes into a database or comes out of it.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int)
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// Text that is UTF-8 already; it comes out as `text`.
    case utf8([UInt8])

    package static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    package static func optional(_ number: Int?) -> SQLValue { number.map(SQLValue.integer) ?? .null }

    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    package var text: String? { if case .text(let value) = self { value } else { nil } }
}

/// A prepared statement, to be run any number of times.
package struct Statement: ~Copyable {
    private let pointer: OpaquePointer
    private let sql: String
    private let arena = BindingArena()

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
        arena.reserve(values)
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
            case .text(var text): text.withUTF8 { shim_bind_text(pointer, index, arena.keep($0), Int32($0.count)) }
            case .utf8(let bytes):
                bytes.withUnsafeBufferPointer {
                    shim_bind_text(pointer, index, arena.keep($0), Int32(clamping: $0.count))
                }
            case .blob(let bytes):
                bytes.withUnsafeBufferPointer {
                    shim_bind_blob(pointer, index, arena.keep($0), Int32(clamping: $0.count))
                }
            }
        guard code == SQLITE_OK else { throw SQLiteError(code: code, "bind value \(index)", sql: sql) }
    }
}

/// Holds what is bound while a statement runs, so that SQLite need not copy each value to a place of its own.
private final class BindingArena {
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
    private var used = 0

    deinit { buffer.deallocate() }

    /// Makes room for all values at once: what is kept must not move.
    func reserve(_ values: [SQLValue]) {
        used = 0
        let needed = values.reduce(1) { sum, value in
            switch value {
            case .text(let text): sum + text.utf8.count
            case .utf8(let bytes), .blob(let bytes): sum + bytes.count
            default: sum
            }
        }
        guard needed > buffer.count else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: max(needed, 512), alignment: 1)
    }

    func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeRawPointer? {
        let place = UnsafeMutableRawBufferPointer(rebasing: buffer[used..<used + bytes.count])
        place.copyBytes(from: bytes)
        used += bytes.count
        return UnsafeRawPointer(place.baseAddress ?? buffer.baseAddress)
    }
}

/// The row that a statement stands on; valid only while it does.
package struct Row: ~Copyable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// The same row once more, for whoever wraps it; as valid as this one.
    package var again: Row { Row(pointer) }

    package var count: Int { Int(sqlite3_column_count(pointer)) }

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

    /// Lends the bytes of a text; none for NULL.
    package func withUTF8<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = sqlite3_column_text(pointer, Int32(column))
        return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, Int32(column)))))
    }

    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL }

    /// 0 for NULL.
    package func integer(_ column: Int) -> Int { Int(sqlite3_column_int64(pointer, Int32(column))) }
}
