internal import Contracts

/// What the `dependencies` executor wants to know.
enum DependenciesInputs {
    static let declaration = ExecutorInputs(
        "dependencies", record, example: "requests: \"2.32.0\"\nnpm:react: \"18.3.1\"\n")

    /// A version, or a version with what belongs to it.
    static let detailed = InputRecord([
        Input(
            "version", .text, required: true, "The version, or `latest`, `minor`, `patch`.", example: "\"2.32.0\""),
        Input("hashes", .list(.text), "Those of a requirement with hashes.", example: "[\"sha256:…\"]"),
        Input("commit", .text, "The version's commit, for a hook that is frozen at one.", example: "\"1f2e…\""),
        downgrade,
    ])

    private static let downgrade = Input(
        "allow_downgrade", .flag, default: "false", "Whether a newer version may be lowered.", example: "true")

    private static let package = InputType.either([.text, .record(detailed)])

    private static var record: InputRecord {
        var record = InputRecord([
            Input(
                "packages", .mapping(package), "Packages, where one of them has the name of another input.",
                example: "{requests: \"2.32.0\"}"),
            downgrade,
        ])
        record.others = package
        (record.some, record.neededOther) = (["packages"], "requests: \"2.32.0\"")
        return record
    }
}
