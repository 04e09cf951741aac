internal import Contracts

/// What the `patch` executor wants to know.
enum PatchInputs {
    static let declaration = ExecutorInputs("patch", record, example: "file: fixes/typo.diff\nfuzz: 1\n")

    static let fuzz = 0...3
    static let strip = 0...20

    private static var record: InputRecord {
        var record = InputRecord([
            Input("diff", .text, "The text of a unified or git diff.", example: "|"),
            Input("file", .text, "A file of the base that holds the diff.", example: "fixes/typo.diff"),
            Input(
                "fuzz", .integer(fuzz), default: "0", "How many outer lines of context may differ.", example: "1"),
            Input(
                "strip", .integer(strip), default: "found out",
                "How many leading parts of each path are dropped.", example: "1"),
        ])
        record.choice = ["diff", "file"]
        return record
    }
}
