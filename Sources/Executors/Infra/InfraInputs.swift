internal import Contracts

/// What the `infra` executor wants to know.
enum InfraInputs {
    static let declaration = ExecutorInputs(
        "infra", record,
        example: "terraform: \"1.9.0\"\nproviders: {aws: \"5.80.0\"}\nimages: {nginx: \"1.27.3\"}\n")

    static let image = InputRecord([
        Input("tag", .text, "The new tag.", example: "\"2.1\""),
        Input("digest", .text, "The digest that belongs to it.", example: "\"sha256:…\""),
    ])

    private static var record: InputRecord {
        var record = InputRecord(members)
        record.some = members.map(\.name)
        return record
    }

    private static let members = [
        Input(
            "modules", .mapping(.text), "Versions of Terraform modules.",
            example: "{terraform-aws-modules/vpc/aws: \"5.16.0\"}"),
        Input("providers", .mapping(.text), "Versions of Terraform providers.", example: "{aws: \"5.80.0\"}"),
        Input("terraform", .text, "The `required_version`.", example: "\"1.9.0\""),
        Input(
            "images", .mapping(.either([.text, .record(image)])), "Tags and digests of images.",
            example: "{nginx: \"1.27.3\"}"),
        Input(
            "format", .flag, default: "false", "Whether `terraform fmt` lays the changed files out.",
            example: "true"),
    ]
}
