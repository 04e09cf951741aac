internal import CPostgres

/// A value that goes into a statement.
package enum PostgresValue: Hashable, Sendable {
    case null
    case integer(Int)
    case real(Double)
    /// Without the character U+0000, which no text of the server can hold.
    case text(String)
    /// For a column of `bytea`.
    case bytes([UInt8])
    /// One value for each row of `unnest`.
    case integers([Int])
    case texts([String?])
    case bytesArray([[UInt8]])

    package static func optional(_ text: String?) -> PostgresValue { text.map(PostgresValue.text) ?? .null }

    /// What goes over the wire; `nil` for NULL.
    var encoded: [UInt8]? {
        switch self {
        case .null: nil
        case .integer(let number): Array(String(number).utf8)
        case .real(let number): Array(String(number).utf8)
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .integers(let numbers): Array("{\(numbers.map(String.init).joined(separator: ","))}".utf8)
        case .texts(let texts): Self.literal(texts)
        case .bytesArray(let all): Self.binary(all)
        }
    }

    /// 1 for bytes as they are; text is read by the server as the type that the place of the value has.
    var format: Int32 {
        switch self {
        case .bytes, .bytesArray: 1
        default: 0
        }
    }

    private static func literal(_ texts: [String?]) -> [UInt8] {
        var bytes = [UInt8(ascii: "{")]
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            guard let text else {
                bytes += "NULL".utf8
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// One dimension from 1 on, without NULL, of `bytea`, whose number in the catalogue is 17.
    private static func binary(_ all: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(all.reduce(20) { $0 + $1.count + 4 })
        func append(_ number: Int) {
            withUnsafeBytes(of: Int32(truncatingIfNeeded: number).bigEndian) { bytes.append(contentsOf: $0) }
        }
        for number in [all.isEmpty ? 0 : 1, 0, 17] { append(number) }
        if !all.isEmpty { for number in [all.count, 1] { append(number) } }
        for element in all {
            append(element.count)
            bytes += element
        }
        return bytes
    }
}

/// The rows that a statement gave.
package final class PostgresAnswer {
    fileprivate let library: PostgresLibrary
    fileprivate let pointer: OpaquePointer
    package let count: Int

    init(_ library: PostgresLibrary, _ pointer: OpaquePointer) {
        (self.library, self.pointer) = (library, pointer)
        count = Int(cpostgres_rows(library.functions, pointer))
    }

    deinit { cpostgres_clear(library.functions, pointer) }

    /// How many rows the statement inserted, changed or removed.
    package var changes: Int { Int(String(cString: cpostgres_changed(library.functions, pointer))) ?? 0 }

    package subscript(row: Int) -> PostgresRow { PostgresRow(self, Int32(row)) }

    package func forEach<Failure: Error>(
        _ body: (borrowing PostgresRow) throws(Failure) -> Void
    ) throws(Failure) {
        for row in 0..<count { try body(self[row]) }
    }
}

/// One row of an answer, which stays as long as its rows do.
package struct PostgresRow: ~Copyable {
    private let answer: PostgresAnswer
    private let row: Int32

    init(_ answer: PostgresAnswer, _ row: Int32) { (self.answer, self.row) = (answer, row) }

    private var library: PostgresLibrary { answer.library }
    private var pointer: OpaquePointer { answer.pointer }

    /// The same row once more, for whoever wraps it.
    package var again: PostgresRow { PostgresRow(answer, row) }

    package var count: Int { Int(cpostgres_columns(library.functions, pointer)) }

    package func isNull(_ column: Int) -> Bool {
        cpostgres_is_null(library.functions, pointer, row, Int32(column))
    }

    /// Lends the bytes of a text or of `bytea`; none for NULL.
    package func withBytes<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let count = Int(cpostgres_length(library.functions, pointer, row, Int32(column)))
        let raw = UnsafeRawPointer(cpostgres_value(library.functions, pointer, row, Int32(column)))
        return body(UnsafeBufferPointer(start: raw?.assumingMemoryBound(to: UInt8.self), count: count))
    }

    /// `nil` for NULL; numbers as they are written.
    package func text(_ column: Int) -> String? {
        if isNull(column) { return nil }
        return isInteger(column)
            ? String(integer(column)) : withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    /// 0 for NULL and for what is no number.
    package func integer(_ column: Int) -> Int {
        guard isInteger(column) else { return 0 }
        return withBytes(column) { bytes in
            guard let first = bytes.first else { return 0 }
            let sign = first & 0x80 == 0 ? 0 : -1
            return bytes.reduce(sign) { $0 << 8 | Int($1) }
        }
    }

    /// `int8`, `int4`, `int2` and `bool` by their numbers in the server's catalogue.
    package func isInteger(_ column: Int) -> Bool {
        switch cpostgres_type(library.functions, pointer, Int32(column)) {
        case 20, 23, 21, 16: true
        default: false
        }
    }

    package func isBytes(_ column: Int) -> Bool {
        cpostgres_type(library.functions, pointer, Int32(column)) == 17
    }
}
