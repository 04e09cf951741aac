// Measures what cannot be timed from outside, for scripts/bench: prints the milliseconds of each round, one a line.
//
// Usage: Measuring patterns [ROUNDS]
//        Measuring append FILE EVENTS BATCH
//        Measuring verify FILE
//        Measuring docs|edit|tests|dependencies [ROUNDS]
let words = Array(CommandLine.arguments.dropFirst())
func number(_ place: Int) -> Int { words.count > place ? Int(words[place]) ?? 0 : 0 }

switch words.first {
case "patterns": PatternMeasurement().run(number(1))
case "append": try JournalMeasurement(path: words[1], events: number(2)).append(by: number(3))
case "verify": try JournalMeasurement(path: words[1], events: 0).verify()
case let name? where ["docs", "edit", "tests", "dependencies"].contains(name):
    try ExecutorMeasurement(name).run(number(1))
default: print("usage: Measuring patterns|append|verify|docs|edit|tests|dependencies …")
}
