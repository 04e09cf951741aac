internal import Basics
internal import Editing

/// The part of a file that belongs to one owner, between two marks; all else belongs to people.
struct ManagedBlock {
    private let begin: [UInt8]
    private let end: [UInt8]
    private let isClosed: Bool

    /// The marks are comments, in the style of the file.
    init(owner: String, style: CommentStyle = .markup) {
        begin = Array(style.line("leviathan:begin \(owner)").utf8)
        end = Array(style.line("leviathan:end \(owner)").utf8)
        isClosed = !style.closing.isEmpty
    }

    /// The content between its marks, as it stands in a file.
    func wrapping(_ content: String) -> String {
        String(decoding: begin, as: UTF8.self) + "\n" + content + String(decoding: end, as: UTF8.self) + "\n"
    }

    /// The file with the block replaced, or added at its end or at `place`; `nil` when the marks are no pair.
    func updating(_ file: [UInt8], with content: String, at place: Int? = nil) -> [UInt8]? {
        let newLine = Lines.ending(of: file)
        let block = Array(wrapping(content).replacing("\n", with: newLine).utf8)
        let (begins, ends) = (ranges(of: begin, in: file), ranges(of: end, in: file))
        if begins.isEmpty, ends.isEmpty {
            return place.map { inserting(block, into: file, at: $0, newLine) }
                ?? appending(block, to: file, newLine)
        }
        guard begins.count == 1, ends.count == 1, begins[0].upperBound <= ends[0].lowerBound else { return nil }
        return Array(file[..<begins[0].lowerBound]) + block.dropLast(newLine.utf8.count)
            + file[ends[0].upperBound...]
    }

    func isPresent(in file: [UInt8]) -> Bool { !ranges(of: begin, in: file).isEmpty }

    /// A mark without a closing sign ends with its line: `# leviathan:begin a` is no beginning of `ab`.
    private func ranges(of mark: [UInt8], in file: [UInt8]) -> [Range<Int>] {
        file.ranges(of: mark).filter { range in
            isClosed || range.upperBound == file.count || file[range.upperBound] == Lines.feed
                || file[range.upperBound] == Lines.carriageReturn
        }
    }

    private func appending(_ block: [UInt8], to file: [UInt8], _ newLine: String) -> [UInt8] {
        var result = file
        if result.count > file.textStart {
            if result.last != Lines.feed { result += newLine.utf8 }
            result += newLine.utf8
        }
        return result + block
    }

    private func inserting(_ block: [UInt8], into file: [UInt8], at place: Int, _ newLine: String) -> [UInt8] {
        let isLineStart = place <= file.textStart || file[place - 1] == Lines.feed
        return file[..<place] + (isLineStart ? [] : Array(newLine.utf8)) + block + file[place...]
    }
}
