internal import Contracts

/// What the `tests` executor wants to know besides the acceptance criteria.
enum TestsInputs {
    static let declaration = ExecutorInputs(
        "tests",
        InputRecord([
            Input(
                "framework", .choice(TestFramework.allCases.map(\.rawValue), isLoose: true),
                default: "that of the file or the manifests", "How the tests are written.", example: "pytest")
        ]), example: "framework: pytest\n")
}
