internal import Basics

/// Looks for words in bytes, capital letters or not.
enum LogSearch {
    /// Where the words stand first, at or behind a place; they are in small letters.
    static func first(_ words: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let letter = words.first, bytes.count >= words.count else { return nil }
        let other = capital(letter)
        return bytes.withUnsafeBufferPointer { bytes in
            words.withUnsafeBufferPointer { words in
                var place = start
                let last = bytes.count - words.count
                while place <= last {
                    if bytes[place] == letter || bytes[place] == other, matches(words, bytes, place) {
                        return place
                    }
                    place += 1
                }
                return nil
            }
        }
    }

    private static func matches(
        _ words: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
    ) -> Bool {
        for offset in words.indices where small(bytes[place + offset]) != words[offset] { return false }
        return true
    }

    static func small(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }

    private static func capital(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
    }
}
