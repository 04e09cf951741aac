import Basics
import Testing

/// The page about security names a test for each claim.
@Suite struct SecurityPageTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private static func sources(in directory: String) throws -> String {
        try FileSystem.list(directory).map { name in
            let path = directory + "/" + name
            if FileSystem.isDirectory(path) { return try sources(in: path) }
            return name.hasSuffix(".swift") ? try text(path) : ""
        }.joined(separator: "\n")
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path, limit: 4 << 20), as: UTF8.self)
    }

    /// The names in backticks in the last column of a table of claims.
    private static func names(in page: String) -> [Substring] {
        page.split(separator: "| claim | test |").dropFirst().flatMap { table in
            table.drop { $0.isNewline }.split(separator: "\n", omittingEmptySubsequences: false).prefix {
                $0.hasPrefix("|")
            }
            .flatMap { row -> [Substring] in
                let last = row.dropLast().split(separator: "|").last ?? ""
                return last.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset % 2 == 1 && !$0.element.hasPrefix("make ") }.map(\.element)
            }
        }
    }

    @Test func everyClaimHasATestThatIsThere() throws {
        let tests = try Self.sources(in: Self.root + "/Tests")
        let names = Self.names(in: try Self.text(Self.root + "/docs/security.md"))
        #expect(names.count > 80)
        for name in names {
            let last = name.split(separator: ".").last ?? ""
            let isThere = ["func \(last)(", "struct \(last) ", "enum \(last) ", "class \(last) "].contains {
                tests.contains($0)
            }
            #expect(isThere, "docs/security.md names the test '\(name)', which is not there")
        }
    }
}
