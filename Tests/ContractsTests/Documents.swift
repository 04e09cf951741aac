import Basics
import Glibc
import Testing

/// Pages of the repository that are generated: a test compares them, and writes them when it is asked to.
enum Documents {
    private static let root = #filePath.components(dropping: 3)

    static func read(_ path: String) throws -> [UInt8] { try FileSystem.read(root + "/" + path, limit: 16 << 20) }

    static func list(_ path: String) throws -> [String] { try FileSystem.list(root + "/" + path) }

    /// With `LEVIATHAN_RECORD=1` the page is written, and the test fails so that nobody records by accident.
    static func expect(
        _ path: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = root + "/" + path
        if getenv("LEVIATHAN_RECORD") != nil {
            if let slash = file.lastIndex(of: "/") { try FileSystem.createDirectory(String(file[..<slash])) }
            try FileSystem.write(Array(text.utf8), to: file)
            Issue.record("\(path) was recorded", sourceLocation: sourceLocation)
            return
        }
        let found = FileSystem.exists(file) ? try FileSystem.read(file, limit: 16 << 20) : []
        let isSame = found == Array(text.utf8)
        #expect(
            isSame, "\(path) is out of date; LEVIATHAN_RECORD=1 swift test writes it",
            sourceLocation: sourceLocation)
    }

    /// The same for the part of a page between two marks.
    static func expect(
        _ path: String, from begin: String, to end: String, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let page = String(decoding: try read(path), as: UTF8.self)
        let start = try #require(page.firstRange(of: begin), sourceLocation: sourceLocation).upperBound
        let rest = try #require(page[start...].firstRange(of: end), sourceLocation: sourceLocation).lowerBound
        try expect(path, page[..<start] + text + page[rest...], sourceLocation: sourceLocation)
    }
}

extension String {
    fileprivate func components(dropping count: Int) -> String {
        split(separator: "/", omittingEmptySubsequences: false).dropLast(count).joined(separator: "/")
    }
}
