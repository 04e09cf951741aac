internal import CLinux
internal import Glibc

/// What the threads of this process compute for a while, in the form that flame graphs are made of: one line for each
/// way of calls, the outermost first, with how often it was seen.
package enum StackProfile {
    private static let perSecond: Int32 = 99
    private static let mostSamples = 100_000

    package enum Failure: Error, Equatable {
        /// Another one is taken.
        case busy
        case system(Int32)
    }

    /// Takes one; `wait` returns when it is enough.
    package static func take(while wait: () -> Void) throws(Failure) -> String {
        let code = clinux_profile_start(perSecond, mostSamples)
        guard code == 0 else { throw code == EBUSY ? .busy : .system(code) }
        wait()
        var (words, lost): (UnsafePointer<UInt>?, Int) = (nil, 0)
        let count = clinux_profile_stop(&words, &lost)
        guard let words else { return "" }
        return text(UnsafeBufferPointer(start: words, count: count), lost: lost)
    }

    private static func text(_ words: UnsafeBufferPointer<UInt>, lost: Int) -> String {
        var (counts, names): ([String: Int], [UInt: String]) = ([:], [:])
        var place = 0
        while place < words.count {
            let frames = Int(words[place])
            guard frames > 0, place + frames < words.count else { break }
            let calls = words[(place + 1)...(place + frames)].reversed().enumerated().map {
                index, address -> String in
                // A return address lies behind its call.
                let address = index == frames - 1 ? address : address &- 1
                if let known = names[address] { return known }
                let name = name(of: address)
                names[address] = name
                return name
            }
            counts[calls.joined(separator: ";"), default: 0] += 1
            place += frames + 1
        }
        if lost > 0 { counts["[lost]"] = lost }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)\n" }.joined()
    }

    /// A name where the file has one, else the file and the place in it, from which its symbols tell the name.
    private static func name(of address: UInt) -> String {
        var (symbol, file, offset): (UnsafePointer<CChar>?, UnsafePointer<CChar>?, UInt) = (nil, nil, 0)
        guard clinux_profile_name(address, &symbol, &file, &offset) != 0 else { return "[unknown]" }
        if let symbol { return String(cString: symbol) }
        let name = file.map { String(cString: $0).split(separator: "/").last.map(String.init) ?? "" } ?? ""
        return "\(name)+0x\(String(offset, radix: 16))"
    }
}
