internal import Basics

/// A file as a run of lines that hunks are found in, and changed.
package struct PatchImage {
    /// What became of a file.
    package enum Outcome {
        /// The new content, and how far each hunk had to be moved.
        case applied([UInt8], offsets: [Int])
        case conflicts([PatchConflict])
        /// The hunks stand so far from where they say, in so long a file, that it was given up.
        case tooManySteps
    }

    package enum Freedom {
        /// Every hunk stands exactly where it says.
        case none
        /// A hunk may stand elsewhere, with up to so many of its outer context lines not as it says.
        case offset(fuzz: Int)
    }

    private var lines: [ArraySlice<UInt8>]
    /// A number for each line, the same for lines that are the same.
    ///
    /// `taken` for lines that a hunk has stood on, where no other one may stand.
    private var numbers: [Int]
    private let numberOf: [ArraySlice<UInt8>: Int]
    /// How many lines were looked at or moved so far.
    private var steps = 0
    package static let stepLimit = 100_000_000

    private static let taken = -1
    private static let unknown = -2

    package init(_ bytes: [UInt8]) {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = Lines.next(after: start, in: bytes) ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        var numberOf: [ArraySlice<UInt8>: Int] = [:]
        numbers = lines.map { line in
            let number = numberOf[line] ?? numberOf.count
            numberOf[line] = number
            return number
        }
        (self.lines, self.numberOf) = (lines, numberOf)
    }

    /// The file with all hunks applied, or taken back.
    package static func applying(
        _ hunks: [PatchHunk], to bytes: [UInt8], _ freedom: Freedom, backwards: Bool = false,
        stepLimit: Int = PatchImage.stepLimit
    ) -> Outcome {
        var image = PatchImage(bytes)
        var offsets: [Int] = []
        var conflicts: [PatchConflict] = []
        let isBare = hunks.allSatisfy { $0.leadingContext == 0 && $0.trailingContext == 0 }
        for (number, hunk) in hunks.enumerated() {
            let wanted = HunkImage(hunk, backwards: backwards)
            if let place = image.place(of: wanted, freedom, isBare: isBare) {
                image.replace(wanted, at: place)
                offsets.append(place.start - wanted.expectedPlace)
            } else {
                conflicts.append(image.conflict(of: wanted, number: number + 1, hunk))
            }
            if image.steps > stepLimit { return .tooManySteps }
        }
        guard conflicts.isEmpty else { return .conflicts(conflicts) }
        return .applied(Array(image.lines.joined()), offsets: offsets)
    }

    /// Where a hunk fits, and how many of its outer lines are left out of it.
    private struct Place {
        let start: Int
        var leading = 0
        var trailing = 0
    }

    private mutating func place(of hunk: HunkImage, _ freedom: Freedom, isBare: Bool) -> Place? {
        let expected = min(hunk.expectedPlace, lines.count)
        let wanted = hunk.before.map { numberOf[$0[...]] ?? Self.unknown }
        if isBare { return matchesWithoutContext(hunk, wanted, expected, freedom) ? Place(start: expected) : nil }
        // A hunk that says line 1 begins the file, and one without context at its end ends it, as for `git apply`.
        let (begins, ends) = (hunk.oldStart <= 1, hunk.trailing == 0)
        guard case .offset(let fuzz) = freedom else {
            let isAtEnds = (!begins || expected == 0) && (!ends || expected + wanted.count == lines.count)
            return isAtEnds && matches(wanted[...], at: expected) ? Place(start: expected) : nil
        }
        if begins || ends {
            let start = begins ? 0 : lines.count - wanted.count
            let isAtEnds = !ends || start + wanted.count == lines.count
            if isAtEnds, matches(wanted[...], at: start) { return Place(start: start) }
        } else if let start = nearest(to: expected, wanted) {
            return Place(start: start)
        }
        return fuzz > 0 ? place(of: hunk, wanted, near: expected, fuzz: fuzz) : nil
    }

    /// The side with the longer context gives way first.
    private mutating func place(of hunk: HunkImage, _ wanted: [Int], near expected: Int, fuzz: Int) -> Place? {
        for level in 1...fuzz {
            let context = max(hunk.leading, hunk.trailing)
            let leading = max(0, min(level + hunk.leading - context, hunk.leading))
            let trailing = max(0, min(level + hunk.trailing - context, hunk.trailing))
            let inner = Array(wanted.dropFirst(leading).dropLast(trailing))
            if !inner.isEmpty, let start = nearest(to: expected + leading, inner) {
                return Place(start: start - leading, leading: leading, trailing: trailing)
            }
        }
        return nil
    }

    /// Without any context there is nothing that would tell one place from another, or what was inserted before from
    /// what was not: only after it was made sure that it is not there already does an insertion fit.
    private func matchesWithoutContext(
        _ hunk: HunkImage, _ wanted: [Int], _ expected: Int, _ freedom: Freedom
    ) -> Bool {
        guard wanted.isEmpty else { return matches(wanted[...], at: expected) }
        if case .offset = freedom, !hunk.isBackwards { return true }
        return lines.isEmpty
    }

    /// The nearest line where the wanted ones stand, the lower one of two that are as near.
    private mutating func nearest(to line: Int, _ wanted: [Int]) -> Int? {
        steps += numbers.count
        return nearestPlace(to: line, wanted)
    }

    private func nearestPlace(to line: Int, _ wanted: [Int]) -> Int? {
        RunSearch(wanted).ranges(in: numbers, overlapping: true).map(\.lowerBound)
            .min { (abs($0 - line), -$0) < (abs($1 - line), -$1) }
    }

    private func matches(_ wanted: ArraySlice<Int>, at start: Int) -> Bool {
        start >= 0 && start + wanted.count <= numbers.count && numbers[start..<(start + wanted.count)] == wanted
    }

    private mutating func replace(_ hunk: HunkImage, at place: Place) {
        let first = place.start + place.leading
        let removed = hunk.before.count - place.leading - place.trailing
        let added = hunk.after.dropFirst(place.leading).dropLast(place.trailing).map { $0[...] }
        // What lies behind has to make room, or to close up.
        if added.count != removed { steps += lines.count - first }
        lines.replaceSubrange(first..<(first + removed), with: added)
        numbers.replaceSubrange(first..<(first + removed), with: [Int](repeating: Self.taken, count: added.count))
    }

    /// The first line that is not as it should be, where the hunk says it stands.
    private func conflict(of hunk: HunkImage, number: Int, _ original: PatchHunk) -> PatchConflict {
        let start = min(hunk.expectedPlace, lines.count)
        for (offset, line) in hunk.before.enumerated() {
            let found = start + offset < lines.count ? lines[start + offset] : nil
            if let found, found.elementsEqual(line) { continue }
            return PatchConflict(
                hunk: number, line: start + offset + 1, expected: PatchConflict.text(line[...]),
                found: found.map(PatchConflict.text))
        }
        return PatchConflict(
            hunk: number, line: start + hunk.before.count + 1, expected: nil,
            found: start + hunk.before.count < lines.count
                ? PatchConflict.text(lines[start + hunk.before.count]) : nil)
    }
}

/// A hunk, seen forwards or backwards.
private struct HunkImage {
    let before: [[UInt8]]
    let after: [[UInt8]]
    let oldStart: Int
    let leading: Int
    let trailing: Int
    let isBackwards: Bool
    /// Where it should stand once the hunks before it are applied, counted from 0.
    let expectedPlace: Int

    init(_ hunk: PatchHunk, backwards: Bool) {
        (before, after) = (hunk.image(backwards ? .after : .before), hunk.image(backwards ? .before : .after))
        isBackwards = backwards
        oldStart = backwards ? hunk.newStart : hunk.oldStart
        (leading, trailing) = (hunk.leadingContext, hunk.trailingContext)
        // An empty side names the line before it.
        let start = backwards ? hunk.oldStart : hunk.newStart
        expectedPlace = after.isEmpty ? start : max(start - 1, 0)
    }
}

/// Why a hunk could not be applied.
package struct PatchConflict {
    let hunk: Int
    /// In the file, counted from 1.
    package let line: Int
    /// `nil` for the end of the file.
    let expected: String?
    let found: String?

    package var message: String {
        let expected = expected.map { "'\($0)'" } ?? "the end of the file"
        let found = found.map { "'\($0)'" } ?? "the end of the file"
        return "hunk \(hunk), line \(line): expected \(expected), found \(found)"
    }

    package static func text(_ line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line.prefix(200), as: UTF8.self)
        let hasEnd = text.hasSuffix("\n")
        let plain = text.replacing("\r", with: "\\r").replacing("\n", with: "")
        return plain.count > 80
            ? plain.prefix(80) + "…" : hasEnd || line.count > 200 ? plain : plain + "\\ no newline"
    }
}
