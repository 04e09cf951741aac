import Basics
import ExecutorTestSupport
import Executors
import TestSupport
import Testing

/// What has to hold for any operation on any file: twice is once, and a refusal changes nothing.
@Suite struct EditPropertyTests {
    private static let words = ["a", "b", "ab", "ba", "aa", "\n", "\r\n", " ", "x: ", "é", "# ", "[", "\"", "1"]

    private static func text(_ random: inout SeededRandom, _ length: Int) -> String {
        (0..<Int.random(in: 0...length, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
            .joined()
    }

    private static func operation(_ random: inout SeededRandom) -> JSON {
        let (first, second) = (JSON.string(text(&random, 3)), JSON.string(text(&random, 4)))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return ["replace": "a.py", "find": first, "with": second]
        case 1: return ["insert": "a.py", "after": first, "text": second]
        case 2: return ["insert": "a.py", "before": first, "text": second]
        case 3: return ["insert": "a.py", "at": "end", "text": second]
        case 4: return ["block": "a.py", "id": "x", "text": second]
        default: return ["replace": "a.py", "pattern": first, "with": second]
        }
    }

    @Test(arguments: 0..<10) func twiceIsOnce(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var applied = 0
        for _ in 0..<100 {
            let before = Self.text(&random, 12)
            let inputs: JSON = ["edits": [Self.operation(&random)]]
            let files = try MemoryFileView(["a.py": before])
            let first = try EditExecutor().outcome(inputs, in: files)
            let once = try files.text("a.py")
            if first.hasPrefix("refused") {
                #expect(files.writeCount == 0)
                continue
            }
            applied += 1
            let second = try EditExecutor().outcome(inputs, in: files)
            #expect(
                second == "everything is as the edits want it already",
                "\(inputs.text()) on \(before.debugDescription) gave \(once ?? "")")
            #expect(try files.text("a.py") == once)
        }
        #expect(applied > 10)
    }
}
