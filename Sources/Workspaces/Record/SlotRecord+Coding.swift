internal import Basics

/// The record on disk: a head of fixed numbers, then the three tables as they lie in memory.
///
/// Only this machine reads it. Whatever does not fit exactly is no record, and the slot is made again.
extension SlotRecord {
    private static let magic: UInt64 = 0x4C56_534C_4F54_0001
    private static let headLength = 8 * 8
    /// Ten million files with names of a hundred bytes.
    static let sizeLimit = 2 << 30

    func encoded() -> [UInt8] {
        let sizes = (
            files.count * MemoryLayout<FileEntry>.stride, directories.count * MemoryLayout<DirectoryEntry>.stride
        )
        let total = Self.headLength + sizes.0 + sizes.1 + names.count
        return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            var place = Self.headLength
            for part in 0..<3 {
                let copy = { (source: UnsafeRawBufferPointer) in
                    UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[place..<place + source.count]
                    )
                    .copyMemory(from: source)
                    place += source.count
                }
                switch part {
                case 0: files.withUnsafeBytes(copy)
                case 1: directories.withUnsafeBytes(copy)
                default: names.withUnsafeBytes(copy)
                }
            }
            let body = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[Self.headLength..<total])
            let head = [
                Self.magic, UInt64(MemoryLayout<FileEntry>.stride), UInt64(MemoryLayout<DirectoryEntry>.stride),
                UInt64(files.count), UInt64(directories.count), UInt64(names.count), UInt64(bitPattern: marker),
            ]
            let sum = Self.checksum(body, head)
            for (index, number) in (head + [sum]).enumerated() {
                UnsafeMutableRawBufferPointer(buffer).storeBytes(
                    of: number, toByteOffset: index * 8, as: UInt64.self)
            }
            count = total
        }
    }

    /// `nil` for anything that this program has not written in exactly this form.
    init?(encoded bytes: [UInt8]) {
        guard bytes.count >= Self.headLength else { return nil }
        let head = bytes.withUnsafeBytes { raw in
            (0..<8).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        guard head[0] == Self.magic, head[1] == MemoryLayout<FileEntry>.stride,
            head[2] == MemoryLayout<DirectoryEntry>.stride, head[3...5].allSatisfy({ $0 <= Self.sizeLimit })
        else { return nil }
        let (fileCount, directoryCount, nameCount) = (Int(head[3]), Int(head[4]), Int(head[5]))
        let ends = [fileCount * Int(head[1]), directoryCount * Int(head[2]), nameCount]
            .reduce(into: [Self.headLength]) { $0.append($0[$0.count - 1] + $1) }
        guard ends[3] == bytes.count else { return nil }
        let isSound = bytes.withUnsafeBytes { raw in
            Self.checksum(UnsafeRawBufferPointer(rebasing: raw[Self.headLength...]), Array(head[..<7])) == head[7]
        }
        guard isSound else { return nil }
        bytes.withUnsafeBytes { raw in
            files = Self.array(UnsafeRawBufferPointer(rebasing: raw[ends[0]..<ends[1]]), fileCount)
            directories = Self.array(UnsafeRawBufferPointer(rebasing: raw[ends[1]..<ends[2]]), directoryCount)
            names = Array(raw[ends[2]..<ends[3]])
        }
        marker = Int64(bitPattern: head[6])
        guard holdsTogether else { return nil }
    }

    private static func array<Entry: BitwiseCopyable>(_ raw: UnsafeRawBufferPointer, _ count: Int) -> [Entry] {
        [Entry](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
            initialized = count
        }
    }

    /// Whether every number leads to where something is: the sum only tells damage, not an older program's idea.
    private var holdsTogether: Bool {
        guard !directories.isEmpty, directories[0].end == directories.count, names.last ?? 0 == 0 else {
            return false
        }
        for file in files where !isName(file.name, file.nameLength) || !file.isSound { return false }
        var lastEnd: Int32 = 0
        for (place, directory) in directories.enumerated() {
            guard isName(directory.name, directory.nameLength), directory.firstFile == lastEnd,
                directory.endFile >= directory.firstFile, directory.endFile <= files.count,
                directory.end > place, directory.end <= directories.count,
                place == 0
                    || (directory.parent >= 0 && directory.parent < place
                        && directories[Int(directory.parent)].end >= directory.end)
            else { return false }
            lastEnd = directory.endFile
        }
        return Int(lastEnd) == files.count
    }

    private func isName(_ start: UInt32, _ length: UInt16) -> Bool {
        Int(start) + Int(length) < names.count && names[Int(start) + Int(length)] == 0
    }

    /// Multiplies and folds word by word: it has to find damage, not malice.
    private static func checksum(_ bytes: UnsafeRawBufferPointer, _ head: [UInt64]) -> UInt64 {
        var sum: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
        func mix(_ word: UInt64) {
            let product = (sum ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            sum = product.high ^ product.low &+ 0x2545_F491_4F6C_DD1D
        }
        for word in head { mix(word) }
        var place = 0
        while place + 8 <= bytes.count {
            mix(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            place += 8
        }
        while place < bytes.count {
            mix(UInt64(bytes[place]) | 0x100)
            place += 1
        }
        return sum
    }
}
