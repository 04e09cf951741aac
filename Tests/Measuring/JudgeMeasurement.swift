import Basics
import Enforcement

/// Times the judgement of a change of 10,000 files whose text is read.
struct JudgeMeasurement {
    func run(_ rounds: Int) throws {
        let subject = try GeneratedChange(files: 10_000, seed: 1).subject()
        for _ in 0..<rounds {
            var violations = 0
            let time = ContinuousClock().measure { violations = Judge.judge(subject).violations.count }
            print(Double(time.microseconds) / 1000, violations)
        }
    }
}
