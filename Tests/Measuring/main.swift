import Glibc

// Measures what cannot be timed from outside, for scripts/bench: prints the milliseconds of each round, one a line.
//
// Usage: Measuring patterns [ROUNDS]
//        Measuring append FILE EVENTS BATCH
//        Measuring verify FILE
//        Measuring fleet FILE EVENTS TARGETS
//        Measuring claim|share REPOSITORY POOL COMMIT,… ROUNDS
//        Measuring collect REPOSITORY POOL COMMIT ROUNDS FILE…
//        Measuring layer REPOSITORY DIRECTORY COMMIT ROUNDS FILES
//        Measuring docs|edit|tests|dependencies [ROUNDS]
//        Measuring readers SIZE,… [READER…]
//        Measuring fence DIRECTORY ROUNDS
//        Measuring judge|judge-text [ROUNDS]
//        Measuring secrets-corpus DIRECTORY
//        Measuring secrets-scan DIRECTORY
//        Measuring redaction ROUNDS [dump|digits|base64]
//        Measuring cycle HOME ROUNDS
//        Measuring cluster whole|alone [TOKEN-LINE…]
let words = Array(CommandLine.arguments.dropFirst())
func workspaces() -> WorkspaceMeasurement {
    WorkspaceMeasurement(repository: words[1], pool: words[2], commits: words[3])
}
func number(_ place: Int) -> Int { words.count > place ? Int(words[place]) ?? 0 : 0 }

switch words.first {
case "patterns": PatternMeasurement().run(number(1))
case "append": try JournalMeasurement(path: words[1], events: number(2)).append(by: number(3))
case "verify": try JournalMeasurement(path: words[1], events: 0).verify()
case "fleet": try FleetMeasurement(path: words[1], events: number(2), targets: number(3)).write()
case "claim": try workspaces().claim(number(4))
case "share": try workspaces().share(number(4))
case "collect": try workspaces().collect(number(4), files: Array(words[5...]))
case "layer": try workspaces().collectLayer(number(4), directory: words[2], files: number(5))
case let name? where ["docs", "edit", "tests", "dependencies"].contains(name):
    try ExecutorMeasurement(name).run(number(1))
case "readers":
    let sizes = words[1].split(separator: ",").compactMap { Int($0) }
    if !ReaderMeasurement(sizes: sizes).run(Array(words[2...])) { exit(1) }
case "fence": try FenceMeasurement(directory: words[1]).run(number(2))
case "secrets-corpus": try SecretMeasurement(directory: words[1]).write()
case "redaction":
    try SecretMeasurement(directory: "").redact(number(1), words.count > 2 ? words[2] : "")
case "secrets-scan": try SecretMeasurement(directory: words[1]).scan()
case "cycle": try CycleMeasurement(home: words[1]).run(number(2))
case "cluster": try MeasuredCluster(isWhole: words[1] == "whole", tokens: Array(words[2...])).run()
case "judge", "judge-text": try RulesMeasurement(readsText: words[0] == "judge-text").run(number(1))
default: print("usage: Measuring WHAT …; see the top of its main.swift")
}
