package import Basics

/// What git itself noted in an index: the tree of all that is staged, where nothing was staged since it was made.
///
/// `git commit` makes that tree before it calls its hooks, and commits it. The layout is that of gitformat-index(5).
package struct IndexNotes {
    private static let (header, hash, extensionHead) = (12, 20, 8)
    /// The times, owner, size and mode of an entry and its object's name.
    private static let entryHead = 40 + hash
    private static let (nameMask, extended): (UInt16, UInt16) = (0x0FFF, 0x4000)

    private let bytes: UnsafeRawBufferPointer
    private var place = Self.header

    /// `nil` where there is no such note, or where the file is none that this reads.
    package static func tree(in file: [UInt8]) -> ObjectID? {
        file.withUnsafeBytes { bytes in
            var notes = IndexNotes(bytes: bytes)
            return notes.tree()
        }
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Where the file's own digest begins.
    private var end: Int { bytes.count - Self.hash }

    private mutating func tree() -> ObjectID? {
        guard end >= Self.header, bytes.starts(with: "DIRC".utf8), let version = number(at: 4, as: UInt32.self),
            (2...4).contains(version), let count = number(at: 8, as: UInt32.self)
        else { return nil }
        for _ in 0..<count {
            guard skipEntry(version) else { return nil }
        }
        while place + Self.extensionHead <= end {
            guard let size = number(at: place + 4, as: UInt32.self).map(Int.init),
                size <= end - place - Self.extensionHead
            else { return nil }
            let content = place + Self.extensionHead
            if bytes[place..<place + 4].elementsEqual("TREE".utf8) { return root(bytes[content..<content + size]) }
            place = content + size
        }
        return nil
    }

    private func number<Value: FixedWidthInteger>(at place: Int, as type: Value.Type) -> Value? {
        guard place + MemoryLayout<Value>.size <= end else { return nil }
        return Value(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Value.self))
    }

    private mutating func skipEntry(_ version: UInt32) -> Bool {
        guard let flags = number(at: place + Self.entryHead, as: UInt16.self) else { return false }
        let name = place + Self.entryHead + (version > 2 && flags & Self.extended != 0 ? 4 : 2)
        let length = Int(flags & Self.nameMask)
        if version < 4, length < Self.nameMask {
            // Filled up with one to eight zeros.
            place += (name - place + length + 8) & ~7
            return place <= end
        }
        var text = name
        if version == 4 {
            // How much of the name before it this one leaves out; all bytes of that number but the last are above 127.
            while let byte = number(at: text, as: UInt8.self), byte & 0x80 != 0 { text += 1 }
            text += 1
        }
        guard text < end, let stop = bytes[text..<end].firstIndex(of: 0) else { return false }
        place = version == 4 ? stop + 1 : place + ((stop - place + 8) & ~7)
        return place <= end
    }

    /// Of the whole: no name, a zero, the number of entries, a blank, that of its parts, and the tree.
    private func root(_ note: Slice<UnsafeRawBufferPointer>) -> ObjectID? {
        guard note.first == 0, let line = note.firstIndex(of: UInt8(ascii: "\n")),
            note.dropFirst().first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true,
            note.endIndex - line > Self.hash
        else { return nil }
        return ObjectID(bytes: note[(line + 1)...line + Self.hash])
    }
}
