import Basics
import Enforcement

/// Times the rules on a change of 10,000 paths, and where asked that of their text too.
struct RulesMeasurement {
    let readsText: Bool

    func run(_ rounds: Int) throws {
        let change = try GeneratedChange(files: 10_000, seed: 1)
        let subject = try (readsText ? change : change.withoutContents()).subject()
        for _ in 0..<rounds {
            var violations = 0
            let time = ContinuousClock().measure { violations = Rules.findings(in: subject).violations.count }
            print(Double(time.microseconds) / 1000, violations)
        }
    }
}
