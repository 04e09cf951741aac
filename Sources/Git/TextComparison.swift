internal import Basics
internal import CLibGit2

/// How far two texts are apart, found out before libgit2 compares them line by line.
///
/// Its way takes a time that grows with the lines times what differs, minutes for a few megabytes of lines that are all
/// `a` or `b`, and nothing can interrupt it.
package enum TextComparison {
    /// Texts with fewer lines in common are compared whatever differs.
    private static let fewLines = 50_000
    /// Of those with more, so many may have to come and go.
    private static let mostChanges = 3_000
    /// No text of fewer bytes has more lines than are always compared.
    static let smallSize = fewLines

    /// How many lines the second text has and the first has not, and the other way round.
    package static func lineCounts(from old: [UInt8], to new: [UInt8]) throws(GitError) -> (
        added: Int, removed: Int
    ) {
        precondition(Repository.isStarted, "libgit2 could not be initialised")
        try requireComparable(old, new, "two texts")
        var patch: OpaquePointer?
        let code = old.withUnsafeBytes { old in
            new.withUnsafeBytes { new in
                git_patch_from_buffers(
                    &patch, old.baseAddress, old.count, nil, new.baseAddress, new.count, nil, nil)
            }
        }
        guard code == 0 else { throw GitError.last(code, "compare two texts") }
        defer { git_patch_free(patch) }
        var (added, removed) = (0, 0)
        _ = git_patch_line_stats(nil, &added, &removed, patch)
        return (added, removed)
    }

    static func requireComparable(_ old: [UInt8], _ new: [UInt8], _ name: String) throws(GitError) {
        guard min(old.count, new.count) > smallSize, old != new, !isComparable(old, new) else { return }
        throw GitError(
            .tooLarge, "compare \(name) line by line",
            reason:
                "of lines that both sides have, more than \(mostChanges) would have to move, among more than \(fewLines)"
        )
    }

    private static func isComparable(_ old: [UInt8], _ new: [UInt8]) -> Bool {
        var numbers: [ArraySlice<UInt8>: Int32] = [:]
        var (left, right) = (lines(of: old, &numbers), lines(of: new, &numbers))
        // what only one side has costs nothing
        var sides = [UInt8](repeating: 0, count: numbers.count)
        for line in left { sides[Int(line)] |= 1 }
        for line in right { sides[Int(line)] |= 2 }
        left.removeAll { sides[Int($0)] != 3 }
        right.removeAll { sides[Int($0)] != 3 }
        trim(&left, &right)
        return left.count + right.count <= fewLines || isNear(left, right)
    }

    private static func lines(of text: [UInt8], _ numbers: inout [ArraySlice<UInt8>: Int32]) -> [Int32] {
        text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            if let known = numbers[line] { return known }
            let number = Int32(numbers.count)
            numbers[line] = number
            return number
        }
    }

    /// Leaves out what both begin and end with.
    private static func trim(_ left: inout [Int32], _ right: inout [Int32]) {
        let start = zip(left, right).prefix { $0 == $1 }.count
        (left, right) = (Array(left[start...]), Array(right[start...]))
        let end = zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
        left.removeLast(end)
        right.removeLast(end)
    }

    /// Whether as many lines to take out and put in as are allowed make one text of the other (Myers, 1986).
    private static func isNear(_ left: [Int32], _ right: [Int32]) -> Bool {
        guard abs(left.count - right.count) <= mostChanges else { return false }
        let middle = mostChanges + 1
        var furthest = [Int32](repeating: 0, count: 2 * middle + 1)
        return left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                furthest.withUnsafeMutableBufferPointer { furthest in
                    (0...mostChanges).contains { changes in
                        reaches(changes, left, right, furthest, middle)
                    }
                }
            }
        }
    }

    /// Goes on from where fewer changes came to, on each diagonal.
    private static func reaches(
        _ changes: Int, _ left: UnsafeBufferPointer<Int32>, _ right: UnsafeBufferPointer<Int32>,
        _ furthest: UnsafeMutableBufferPointer<Int32>, _ middle: Int
    ) -> Bool {
        for diagonal in stride(from: -changes, through: changes, by: 2) {
            let (below, above) = (furthest[middle + diagonal - 1], furthest[middle + diagonal + 1])
            let isDown = diagonal == -changes || diagonal != changes && below < above
            var place = Int(isDown ? above : below + 1)
            while place < left.count, place - diagonal < right.count, place - diagonal >= 0,
                left[place] == right[place - diagonal]
            { place += 1 }
            furthest[middle + diagonal] = Int32(place)
            if place >= left.count, place - diagonal >= right.count { return true }
        }
        return false
    }
}
