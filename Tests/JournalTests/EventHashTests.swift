import Basics
import Journal
import Processes
import TestSupport
import Testing

@Suite struct EventHashTests {
    @Test func hasTheKnownAnswer() {
        let draft = EventDraft(
            id: "e1", type: .attemptCreated, timestamp: "2026-01-01T00:00:00", actor: "w", payload: ["a": 1])
        #expect(
            EventHash.compute(draft, previous: nil).hex
                == "3f60a1eae0baf1e55a976e0ba5d4af2170613e8585b9018fbea504ee75e3fedc")
    }

    /// Values of every kind, the awkward ones often.
    private func value(_ random: inout SeededRandom, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0:
            return [.null, .bool(true), .bool(false), .string(""), .array([]), .object([])].randomElement(
                using: &random)!
        case 1: return .integer(Int.random(in: Int.min...Int.max, using: &random))
        case 2:
            return [
                .integer(9_007_199_254_740_993), .bigInteger("123456789012345678901234567890"), .double(1e21),
                .double(2.0), .double(0.1), .double(1e16), .double(-1.5e-7), .double(1e-4),
            ].randomElement(using: &random)!
        case 3:
            let double = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
            return double.isFinite ? .double(double) : .double(0)
        case 4, 5: return .string(text(&random))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            var names: Set<String> = []
            return .object(
                (0..<Int.random(in: 0..<5, using: &random)).compactMap { _ in
                    let name = text(&random)
                    return names.insert(name).inserted ? JSON.Member(name, value(&random, depth: depth - 1)) : nil
                })
        }
    }

    private func text(_ random: inout SeededRandom) -> String {
        let pieces = [
            "a", "B", "é", "\u{1}", "\"", "\\", "/", "\n", "😀", "日", "\u{7f}", "\u{2028}", "z", "\u{FFFF}",
            "\u{10000}",
        ]
        return (0..<Int.random(in: 0..<6, using: &random)).map { _ in pieces.randomElement(using: &random)! }
            .joined()
    }

    @Test func agreesWithPythonOnThousandsOfValues() throws {
        var random = SeededRandom(seed: 42)
        let drafts = (0..<3000).map { number in
            EventDraft(
                id: "e\(number)", type: EventType("x.\(text(&random))"), timestamp: "2026-01-01T00:00:00",
                actor: number % 7 == 0 ? nil : text(&random), payload: value(&random, depth: 4))
        }
        let input = drafts.map { draft in
            JSON.object([
                JSON.Member("actor_id", .optional(draft.actor)), JSON.Member("event_id", .string(draft.id)),
                JSON.Member("event_type", .string(draft.type.name)), JSON.Member("payload", draft.payload),
                JSON.Member("prev_hash", nil), JSON.Member("timestamp", .string(draft.timestamp)),
            ]).text()
        }.joined(separator: "\n")
        let script = """
            import sys, json, hashlib
            for line in sys.stdin.buffer.read().split(b'\\n'):
                text = json.dumps(json.loads(line), sort_keys=True, separators=(',', ':'))
                print(hashlib.sha256(text.encode()).hexdigest())
            """
        var program = Subprocess("python3", ["-c", script], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
        program.input = .bytes(Array(input.utf8))
        let answers = try program.run().output.text.split(separator: "\n").map(String.init)
        #expect(answers.count == drafts.count)
        for (draft, answer) in zip(drafts, answers) where EventHash.compute(draft, previous: nil).hex != answer {
            Issue.record("differs for \(draft.payload.text())")
        }
    }
}
