/// What a run of tests says has failed, by name.
package struct TestFailures: Hashable, Sendable {
    /// More are no list that anybody compares.
    package static let limit = 20_000

    /// Each name once: where one is repeated, the second is `name (2)`.
    package private(set) var names: Set<String> = []
    /// Why the names do not tell everything that failed; `nil` when they do.
    package private(set) var problem: String?
    private var counts: [String: Int] = [:]

    package init(_ names: some Sequence<String> = [], problem: String? = nil) {
        self.problem = problem
        for name in names { add(name) }
    }

    mutating func add(_ name: some StringProtocol) {
        guard names.count < Self.limit else { return note("more than \(Self.limit) failures are named") }
        let name = String(name)
        let count = (counts[name] ?? 0) + 1
        counts[name] = count
        names.insert(count == 1 ? name : "\(name) (\(count))")
    }

    /// The first problem is the one that is told.
    package mutating func note(_ problem: String) { self.problem = self.problem ?? problem }

    mutating func add(_ other: TestFailures, of runner: String) {
        for name in other.names { add("\(runner): \(name)") }
        if let problem = other.problem { note("\(runner): \(problem)") }
    }

    /// What the output of the runners that are known names; empty where nothing in it is known.
    ///
    /// One pass for each runner, linear in the text.
    package static func read(_ output: String) -> TestFailures {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? line.dropLast() : line
        }
        var found = TestFailures()
        for reader in readers { found.add(reader.read(lines), of: reader.runner) }
        return found
    }

    struct Reader: Sendable {
        let runner: String
        let read: @Sendable ([Substring]) -> TestFailures
    }

    private static let readers = [
        Reader(runner: "pytest", read: pytest), Reader(runner: "unittest", read: unittest),
        Reader(runner: "go test", read: goTest), Reader(runner: "cargo test", read: cargoTest),
        Reader(runner: "swift test", read: swiftTest), Reader(runner: "TAP", read: tap),
        Reader(runner: "node --test", read: nodeTest), Reader(runner: "jest", read: jest),
        Reader(runner: "vitest", read: vitest),
    ]
}

extension Substring {
    /// What follows a beginning; `nil` where the line begins otherwise.
    func after(_ start: String) -> Substring? { hasPrefix(start) ? dropFirst(start.count) : nil }

    /// What stands before a text; `nil` where it is not there.
    func before(_ text: String) -> Substring? {
        guard let place = place(of: text) else { return nil }
        return self[..<place]
    }

    func holds(_ text: String) -> Bool { place(of: text) != nil }

    private func place(of text: String) -> Index? {
        let wanted = Array(text.utf8)
        var place = utf8.startIndex
        while place != utf8.endIndex {
            if utf8[place] == wanted[0], utf8[place...].starts(with: wanted) { return place }
            utf8.formIndex(after: &place)
        }
        return nil
    }

    var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start[...] }
        return start[...last]
    }

    var indentation: Int { prefix { $0 == " " }.count }
}
