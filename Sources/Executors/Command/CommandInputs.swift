internal import Contracts

/// What the `command` executor wants to know.
enum CommandInputs {
    static let declaration = ExecutorInputs(
        "command", record, example: "run: |\n  sed -i 's/colour/color/g' docs/*.md\n")

    private static var record: InputRecord {
        var record = InputRecord([
            Input(
                "argv", .list(.text), "A program and its arguments.",
                example: "[python3, tools/rename.py, old, new]"),
            Input("run", .text, "Lines for /bin/sh.", example: "make format"),
            Input("env", .mapping(.text), "Further variables of the program.", example: "{LANG: C.UTF-8}"),
            Input(
                "timeout", .duration, default: "limits.attempt_timeout", "How long it may take.", example: "5m"),
        ])
        record.choice = ["argv", "run"]
        return record
    }
}
