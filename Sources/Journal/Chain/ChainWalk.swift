internal import Basics
internal import Crypto
internal import SQLite

/// Follows the chain row by row: nothing is decoded that the hash does not need decoded.
struct ChainWalk {
    private(set) var count = 0
    private(set) var sequence: Int
    private(set) var head: [UInt8]
    private var text: [UInt8] = []

    /// Starts behind the event of that place and hash.
    init(after sequence: Int = 0, hash: Digest? = nil) {
        (self.sequence, head) = (sequence, hash.map { Array($0.hex.utf8) } ?? [])
        text.reserveCapacity(4096)
    }

    /// What does not fit about the next row; `nil` when it was taken as the new head.
    mutating func problem(with row: borrowing Row) -> String? {
        guard row.integer(0) == sequence + 1 else { return "event \(sequence + 1) is missing before it" }
        let isLinked = row.withUTF8(6) { $0.elementsEqual(head) } && row.isNull(6) == head.isEmpty
        guard isLinked else { return "its prev_hash is not the hash of the event before it" }
        compose(row)
        let hash = Array(SHA256.digest(of: text).hex.utf8)
        guard row.withUTF8(7, { $0.elementsEqual(hash) }) else {
            return "its content does not have the hash that stands beside it"
        }
        (count, sequence, head) = (count + 1, sequence + 1, hash)
        return nil
    }

    /// Writes the object whose digest is the hash; see `EventHash`.
    private mutating func compose(_ row: borrowing Row) {
        text.removeAll(keepingCapacity: true)
        EventHash.append("{\"actor_id\":", to: &text)
        appendText(row, 4)
        EventHash.append(",\"event_id\":", to: &text)
        appendText(row, 1)
        EventHash.append(",\"event_type\":", to: &text)
        appendText(row, 2)
        EventHash.append(",\"payload\":", to: &text)
        row.withUTF8(5) { text.append(contentsOf: $0) }
        EventHash.append(",\"prev_hash\":", to: &text)
        appendText(row, 6)
        EventHash.append(",\"timestamp\":", to: &text)
        appendText(row, 3)
        text.append(UInt8(ascii: "}"))
    }

    private mutating func appendText(_ row: borrowing Row, _ column: Int) {
        if row.isNull(column) { return EventHash.append("null", to: &text) }
        let isPlain = row.withUTF8(column) { bytes in
            guard bytes.allSatisfy({ 0x20...0x7e ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
            else {
                return false
            }
            text.append(UInt8(ascii: "\""))
            text.append(contentsOf: bytes)
            text.append(UInt8(ascii: "\""))
            return true
        }
        if !isPlain { JSON.appendString(row.text(column) ?? "", to: &text, escapesNonASCII: true) }
    }
}
