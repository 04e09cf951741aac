import Testing

@testable import Editing

@Suite struct PatchImageTests {
    /// Each hunk changes the second of three lines, which stand far from where it says.
    private func outcome(hunks: Int, lines: Int, stepLimit: Int) -> PatchImage.Outcome {
        let file = (0..<lines).map { "line \($0)\n" }.joined()
        let patch = (0..<hunks).map { number in
            PatchHunk(
                oldStart: 2 + number * 3, newStart: 2 + number * 3,
                lines: [
                    PatchLine(kind: .context, text: Array("line \(lines - number * 3 - 3)\n".utf8)),
                    PatchLine(kind: .removed, text: Array("line \(lines - number * 3 - 2)\n".utf8)),
                    PatchLine(kind: .context, text: Array("line \(lines - number * 3 - 1)\n".utf8)),
                ], line: 1)
        }
        return PatchImage.applying(patch, to: Array(file.utf8), .offset(fuzz: 0), stepLimit: stepLimit)
    }

    @Test func lookingFarForManyHunksIsGivenUp() {
        guard case .tooManySteps = outcome(hunks: 200, lines: 1000, stepLimit: 50_000) else {
            Issue.record("it was not given up")
            return
        }
        guard case .applied(_, let offsets) = outcome(hunks: 200, lines: 1000, stepLimit: 500_000) else {
            Issue.record("it was given up too early")
            return
        }
        #expect(offsets.count == 200)
    }
}
