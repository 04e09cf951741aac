internal import Basics
internal import Crypto

/// Follows all chains row by row: nothing is decoded that the hash does not need decoded.
struct ChainWalk {
    /// How far one chain was followed.
    struct Place {
        let row: ChainRow
        var events: Int
        var head: [UInt8]
        /// The newest event of it.
        var sequence: Int
    }

    private(set) var count = 0
    private(set) var sequence: Int
    /// The hash of the newest event.
    private(set) var head: [UInt8]
    private(set) var places: [Int: Place] = [:]
    /// The heads of closed chains, as events of the home's chain seal them.
    private var seals: [ChainName: ChainHead] = [:]
    /// Where chains stood at the last event that was removed.
    private let removed: [ChainName: ChainHead]
    private var text: [UInt8] = []

    /// Starts at the beginning, or behind the events that a checkpoint seals.
    init(_ chains: [ChainRow], after seal: Event.PruneSeal?) {
        (sequence, head) = (seal?.lastSequence ?? 0, Self.bytes(seal?.lastHash))
        let sealed = Dictionary(
            (seal?.chains ?? []).map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        for row in chains {
            let known = sealed[row.name]
            places[row.id] = Place(
                row: row, events: known?.events ?? 0, head: Self.bytes(known?.hash ?? row.start), sequence: 0)
        }
        removed = sealed
        text.reserveCapacity(4096)
    }

    /// What vouches for the head of a closed chain: an event of the home's chain, or a checkpoint behind all of it.
    func seal(of head: ChainHead) -> ChainHead? {
        seals[head.name] ?? removed[head.name].flatMap { $0.hash == head.hash ? $0 : nil }
    }

    private static func bytes(_ digest: Digest?) -> [UInt8] { digest.map { Array($0.hex.utf8) } ?? [] }

    /// What does not fit about the next row; `nil` when it was taken as the new head of its chain.
    mutating func problem(with row: borrowing JournalRow) -> String? {
        guard row.integer(0) == sequence + 1 else { return "event \(sequence + 1) is missing before it" }
        guard let place = places[row.integer(8)] else { return "it belongs to no chain" }
        let isLinked = row.withUTF8(6) { $0.elementsEqual(place.head) } && row.isNull(6) == place.head.isEmpty
        guard isLinked else { return "its prev_hash is not the hash of the event before it" }
        compose(row)
        let hash = Array(SHA256.digest(of: text).hex.utf8)
        guard row.withUTF8(7, { $0.elementsEqual(hash) }) else {
            return "its content does not have the hash that stands beside it"
        }
        if let problem = column(row, place.row.name) { return problem }
        (count, sequence, head) = (count + 1, sequence + 1, hash)
        places[place.row.id]?.head = hash
        places[place.row.id]?.events += 1
        places[place.row.id]?.sequence = sequence
        if place.row.name == .home { takeSeal(row) }
        return nil
    }

    /// What the columns that no hash covers say differently than the payload.
    private func column(_ row: borrowing JournalRow, _ chain: ChainName) -> String? {
        let said = row.withUTF8(5) { PayloadScan.subject(in: $0) }
        for (index, name, value) in [
            (9, "target", said.target), (10, "task_id", said.task), (11, "attempt_id", said.attempt),
        ] {
            let isSame =
                row.isNull(index)
                ? value == nil
                : value.map { text in
                    row.withUTF8(index) { $0.elementsEqual(text.utf8) }
                } ?? false
            if !isSame { return "its column \(name) is not what its payload says" }
        }
        let isAtHome = chain.isClosed || ChainName(of: said) == chain
        return isAtHome ? nil : "it stands in the chain '\(chain)', and its payload belongs into another one"
    }

    private mutating func takeSeal(_ row: borrowing JournalRow) {
        let isSeal = row.withUTF8(2) {
            $0.elementsEqual(EventType.journalImported.name.utf8)
                || $0.elementsEqual(EventType.chainClosed.name.utf8)
        }
        // What cannot be read seals nothing, and a chain that nothing seals is told as such.
        guard isSeal, let payload = try? JSON.parse(row.text(5) ?? "") else { return }
        switch EventCodec.event(EventType(row.text(2) ?? ""), payload) {
        case .chainClosed(let head): seals[head.name] = head
        case .journalImported(let seal): if let chain = seal.chain { seals[chain.name] = chain }
        default: break
        }
    }

    /// Writes the object whose digest is the hash; see `EventHash`.
    private mutating func compose(_ row: borrowing JournalRow) {
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

    private mutating func appendText(_ row: borrowing JournalRow, _ column: Int) {
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

/// Finds what an event is about in the stored text of its payload, without reading all of it into values.
enum PayloadScan {
    static func subject(in text: UnsafeBufferPointer<UInt8>) -> EventSubject {
        var found: [String: String?] = [:]
        var (index, depth, start, isName) = (0, 0, 0, false)
        var name: Slice<UnsafeBufferPointer<UInt8>>?
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1 && text[index] == UInt8(ascii: "{")
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 1: (isName, name) = (true, nil)
            case UInt8(ascii: ":") where depth == 1: isName = false
            case UInt8(ascii: "\""):
                start = index + 1
                index = end(of: text, from: start)
                let piece = text[start..<min(index, text.count)]
                if depth == 1, isName { name = piece }
                if depth == 1, !isName, let name, isWanted(name) {
                    found[String(decoding: name, as: UTF8.self)] = unescaped(piece)
                }
            default: break
            }
            index += 1
        }
        return EventSubject(
            target: (found["target"] ?? nil) ?? (found["target_id"] ?? nil), task: found["task_id"] ?? nil,
            attempt: found["attempt_id"] ?? nil)
    }

    private static func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index
    }

    private static func isWanted(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        switch name.count {
        case 6: name.elementsEqual("target".utf8)
        case 7: name.elementsEqual("task_id".utf8)
        case 9: name.elementsEqual("target_id".utf8)
        case 10: name.elementsEqual("attempt_id".utf8)
        default: false
        }
    }

    private static func unescaped(_ piece: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        guard piece.contains(UInt8(ascii: "\\")) else { return String(decoding: piece, as: UTF8.self) }
        let quoted = [UInt8(ascii: "\"")] + Array(piece) + [UInt8(ascii: "\"")]
        // A payload that is no JSON has no such member for anybody else either; its bytes are what the hash covers.
        return (try? JSON.parse(quoted))?.string
    }
}
