internal import Basics
package import Model
internal import YAML

/// The tasks of a backlog that other branches may mark as completed before this branch is merged.
///
/// git takes two changes for one conflict where no unchanged line lies between them, so that two branches may not mark
/// tasks whose lines touch. Which of the two gives way follows from the base alone, so that every run decides the same.
package struct BacklogNeighbours: Sendable {
    private let open: Set<String>
    private let needs: [String: [String]]
    private let needed: Set<String>
    private let rank: [String: Int]

    /// Nobody else writes to the file.
    package static let none = BacklogNeighbours([])

    package init(_ tasks: [BacklogTask]) {
        var open = Set<String>(minimumCapacity: tasks.count)
        var (needs, needed) = ([String: [String]](), Set<String>())
        for task in tasks where task.status != .completed && task.status != .declined {
            let isFirst = open.insert(task.id).inserted
            guard !task.dependencies.isEmpty else { continue }
            if isFirst { needs[task.id] = task.dependencies }
            needed.formUnion(task.dependencies)
        }
        var rank: [String: Int] = [:]
        for (number, task) in tasks.enumerated() where needed.contains(task.id) && rank[task.id] == nil {
            rank[task.id] = number
        }
        (self.open, self.needs, self.needed, self.rank) = (open, needs, needed, rank)
    }

    var isEmpty: Bool { open.isEmpty }

    /// Whether both may be marked on branches of their own at the same time.
    func meet(_ task: String, _ other: String) -> Bool {
        task != other && open.contains(other) && needs[other]?.contains(task) != true
            && needs[task]?.contains(other) != true
    }

    /// Whether `task` is marked where its lines touch those of `other`: only one that further tasks wait for is.
    func goes(_ task: String, before other: String) -> Bool {
        guard needed.contains(task) else { return false }
        return !needed.contains(other) || rank[task] ?? 0 < rank[other] ?? 0
    }
}

/// The whole lines that edits change: an empty range where lines are only put in between two others.
struct EditedLines {
    private let ranges: [Range<Int>]

    init(_ edits: [ByteEdit], in bytes: [UInt8]) {
        ranges = edits.map { edit in
            let start = LineEnding.start(in: bytes, of: edit.range.lowerBound)
            let addsLines = edit.range.isEmpty && start == edit.range.lowerBound
            if addsLines, edit.replacement.last.map(LineEnding.isBreak) == true { return start..<start }
            return start..<(LineEnding.next(in: bytes, after: edit.range.upperBound) ?? bytes.count + 1)
        }
    }

    /// Whether no unchanged line lies between the two.
    func touch(_ other: EditedLines) -> Bool {
        ranges.contains { mine in
            other.ranges.contains { mine.lowerBound <= $0.upperBound && $0.lowerBound <= mine.upperBound }
        }
    }

    /// Whether the lines that a part of the file stands on could touch these.
    func mayTouch(_ part: Range<Int>, in bytes: [UInt8]) -> Bool {
        let start = LineEnding.start(in: bytes, of: part.lowerBound)
        let end = LineEnding.next(in: bytes, after: part.upperBound) ?? bytes.count + 1
        return ranges.contains { $0.lowerBound <= end && start <= $0.upperBound }
    }
}
