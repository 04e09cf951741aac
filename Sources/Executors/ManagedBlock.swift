/// The part of a file that belongs to one task, between two marks; all else belongs to people.
struct ManagedBlock {
    private let begin: [UInt8]
    private let end: [UInt8]

    init(owner: String) {
        begin = Array("<!-- leviathan:begin \(owner) -->".utf8)
        end = Array("<!-- leviathan:end \(owner) -->".utf8)
    }

    /// The content between its marks, as it stands in a file.
    func wrapping(_ content: String) -> String {
        String(decoding: begin, as: UTF8.self) + "\n" + content + String(decoding: end, as: UTF8.self) + "\n"
    }

    /// The file with the block replaced, or added at its end; `nil` when only one of the marks is there.
    func updating(_ file: [UInt8], with content: String) -> [UInt8]? {
        let newLine = Self.lineEnding(of: file)
        let block = Array(wrapping(content).replacing("\n", with: newLine).utf8)
        guard let start = file.firstRange(of: begin) else {
            return file.firstRange(of: end) == nil ? appending(block, to: file, newLine) : nil
        }
        guard let stop = file[start.upperBound...].firstRange(of: end) else { return nil }
        return Array(file[..<start.lowerBound]) + block.dropLast(newLine.utf8.count) + file[stop.upperBound...]
    }

    private func appending(_ block: [UInt8], to file: [UInt8], _ newLine: String) -> [UInt8] {
        var result = file
        if !result.isEmpty {
            if result.last != UInt8(ascii: "\n") { result += newLine.utf8 }
            result += newLine.utf8
        }
        return result + block
    }

    private static func lineEnding(of file: [UInt8]) -> String {
        guard let first = file.firstIndex(of: UInt8(ascii: "\n")), first > 0 else { return "\n" }
        return file[first - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }
}
