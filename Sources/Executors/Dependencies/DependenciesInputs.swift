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
    ])

    private static let package = InputType.either([.text, .record(detailed)])

    private static var record: InputRecord {
        var record = InputRecord([
            Input(
                "packages", .mapping(package), "Packages, where one of them has the name of another input.",
                example: "{requests: \"2.32.0\"}")
        ])
        record.others = package
        return record
    }
}
