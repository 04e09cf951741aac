internal import PostgreSQL
internal import SQLite

/// The row that a statement stands on, whatever database gave it; valid only while it does.
///
/// Nothing of it is inlined: the optimizer of Swift 6.3 ends with "Cannot initialize a nonCopyable type with a guaranteed
/// value" where several of these choices stand in one function.
enum JournalRow: ~Copyable {
    case sqlite(Row)
    case postgres(PostgresRow)

    var count: Int {
        @inline(never)
        get {
            switch self {
            case .sqlite(let row): row.count
            case .postgres(let row): row.count
            }
        }
    }

    @inline(never)
    func isNull(_ column: Int) -> Bool {
        switch self {
        case .sqlite(let row): row.isNull(column)
        case .postgres(let row): row.isNull(column)
        }
    }

    /// 0 for NULL.
    @inline(never)
    func integer(_ column: Int) -> Int {
        switch self {
        case .sqlite(let row): row.integer(column)
        case .postgres(let row): row.integer(column)
        }
    }

    /// `nil` for NULL.
    @inline(never)
    func text(_ column: Int) -> String? {
        switch self {
        case .sqlite(let row): row.text(column)
        case .postgres(let row): row.text(column).map(PostgresText.decoded)
        }
    }

    /// Lends the bytes of a text; none for NULL.
    @inline(never)
    func withUTF8<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch self {
        case .sqlite(let row): return row.withUTF8(column, body)
        case .postgres(let row):
            let isPlain = row.isBytes(column) || row.withBytes(column) { !$0.contains(PostgresText.escape) }
            guard isPlain else {
                return Array((text(column) ?? "").utf8).withUnsafeBufferPointer(body)
            }
            return row.withBytes(column, body)
        }
    }

    subscript(column: Int) -> SQLValue {
        @inline(never)
        get {
            switch self {
            case .sqlite(let row): row[column]
            case .postgres(let row):
                row.isNull(column)
                    ? .null : row.isInteger(column) ? .integer(row.integer(column)) : .optional(text(column))
            }
        }
    }
}

/// How text stands in PostgreSQL, where none may hold U+0000: that is written as U+0010 and `0`, and U+0010 itself as
/// U+0010 and `P`.
enum PostgresText {
    static let escape: UInt8 = 0x10

    static func encoded(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0 || $0 == escape }) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0: bytes += [escape, UInt8(ascii: "0")]
            case escape: bytes += [escape, UInt8(ascii: "P")]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(escape) else { return text }
        var (bytes, isEscaped): ([UInt8], Bool) = ([], false)
        for byte in text.utf8 {
            if isEscaped {
                bytes.append(byte == UInt8(ascii: "0") ? 0 : escape)
                isEscaped = false
            } else if byte == escape {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
