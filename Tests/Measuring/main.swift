// Measures what cannot be timed from outside, for scripts/bench: prints the milliseconds of each round, one a line.
//
// Usage: Measuring patterns [ROUNDS]
let words = CommandLine.arguments.dropFirst()
let rounds = words.dropFirst().first.flatMap { Int($0) } ?? 5

switch words.first {
case "patterns": PatternMeasurement().run(rounds)
default: print("usage: Measuring patterns [ROUNDS]")
}
