internal import Basics
package import Paths

/// The tests of one file before and after the change.
package struct TestedFile {
    package let path: RepoPath
    package let before: TestInventory
    package let after: TestInventory
    let isDeleted: Bool
    /// Where the file's content seems to come from.
    let origin: RepoPath?

    package init(
        path: RepoPath, before: TestInventory, after: TestInventory, isDeleted: Bool, origin: RepoPath?
    ) {
        (self.path, self.before, self.after) = (path, before, after)
        (self.isDeleted, self.origin) = (isDeleted, origin)
    }
}

/// What a change did to a test.
package enum TestWeakening {
    case removed(RepoPath, TestFunction)
    /// A whole file of tests is gone.
    case fileDeleted(RepoPath, tests: Int)
    case skipped(RepoPath, TestFunction)
    case emptied(RepoPath, before: TestFunction, after: TestFunction)
    /// A mark that keeps every other test from running.
    case focused(RepoPath, line: Int)
}

/// Pairs the tests of before with those of after, across all changed files, and tells what became weaker.
package struct TestComparison {
    private typealias Place = (file: Int, test: TestFunction)

    private let files: [TestedFile]
    private var pairs: [(before: TestFunction, after: TestFunction, file: Int)] = []
    private var lost: [Place] = []
    private var added: [Place] = []

    package init(_ files: [TestedFile]) {
        self.files = files
        for index in files.indices { pairWithin(index) }
        pairAcross()
    }

    package var weakenings: [TestWeakening] {
        var found: [TestWeakening] = []
        let lostByFile = Dictionary(grouping: lost.filter { !$0.test.isSkipped }, by: \.file)
        let pairsByFile = Dictionary(grouping: pairs.filter { !$0.before.isSkipped }, by: \.file)
        for (index, file) in files.enumerated() {
            let gone = lostByFile[index]?.map(\.test) ?? []
            if file.isDeleted, !gone.isEmpty {
                found.append(.fileDeleted(file.path, tests: gone.count))
            } else {
                found += gone.map { .removed(file.path, $0) }
            }
            for pair in pairsByFile[index] ?? [] {
                if pair.after.isSkipped {
                    found.append(.skipped(file.path, pair.after))
                } else if pair.after.assertions < pair.before.assertions {
                    found.append(.emptied(file.path, before: pair.before, after: pair.after))
                }
            }
            if file.after.focusLines.count > file.before.focusLines.count, let line = file.after.focusLines.first {
                found.append(.focused(file.path, line: line))
            }
        }
        return found
    }

    // MARK: Pairs

    private mutating func pairWithin(_ index: Int) {
        var old = files[index].before.tests
        var new = files[index].after.tests
        for key in [Self.qualifiedName, Self.name, Self.content] {
            for (before, after) in Self.match(&old, &new, by: key) { pairs.append((before, after, index)) }
        }
        lost += old.map { (index, $0) }
        added += new.map { (index, $0) }
    }

    /// What is gone here and new elsewhere was moved: the same content, or the same full name, or, in a file
    /// that was moved as a whole, the same name.
    private mutating func pairAcross() {
        pairLost { $0.fingerprint.map(String.init) }
        pairLost { $0.scope.isEmpty ? nil : $0.qualifiedName }
        pairMovedFiles()
    }

    private mutating func pairMovedFiles() {
        let places = Dictionary(files.enumerated().map { ($1.path, $0) }) { first, _ in first }
        var old = Dictionary(grouping: lost, by: \.file).mapValues { $0.map(\.test) }
        var new = Dictionary(grouping: added, by: \.file).mapValues { $0.map(\.test) }
        for (index, file) in files.enumerated() {
            guard let origin = file.origin, let source = places[origin] else { continue }
            let matched = Self.match(&old[source, default: []], &new[index, default: []], by: Self.name)
            pairs += matched.map { ($0.0, $0.1, index) }
        }
        lost = old.flatMap { file, tests in tests.map { (file, $0) } }
        added = new.flatMap { file, tests in tests.map { (file, $0) } }
    }

    private mutating func pairLost(by key: (TestFunction) -> String?) {
        var places: [String: [Int]] = [:]
        for (place, entry) in added.enumerated().reversed() {
            if let key = key(entry.test) { places[key, default: []].append(place) }
        }
        var used: Set<Int> = []
        lost.removeAll { entry in
            guard let key = key(entry.test), let place = places[key]?.popLast() else { return false }
            used.insert(place)
            pairs.append((entry.test, added[place].test, added[place].file))
            return true
        }
        added = added.enumerated().filter { !used.contains($0.offset) }.map(\.element)
    }

    private static func qualifiedName(_ test: TestFunction) -> String? { test.qualifiedName }

    private static func name(_ test: TestFunction) -> String? { test.name }

    private static func content(_ test: TestFunction) -> String? { test.fingerprint.map(String.init) }

    /// Takes out of both lists what has the same key, in order.
    private static func match(
        _ old: inout [TestFunction], _ new: inout [TestFunction], by key: (TestFunction) -> String?
    ) -> [(TestFunction, TestFunction)] {
        guard !old.isEmpty, !new.isEmpty else { return [] }
        var places: [String: [Int]] = [:]
        for (place, test) in new.enumerated().reversed() {
            if let key = key(test) { places[key, default: []].append(place) }
        }
        var (used, matched) = (Set<Int>(), [(TestFunction, TestFunction)]())
        old.removeAll { test in
            guard let key = key(test), let place = places[key]?.popLast() else { return false }
            used.insert(place)
            matched.append((test, new[place]))
            return true
        }
        new = new.enumerated().filter { !used.contains($0.offset) }.map(\.element)
        return matched
    }
}
