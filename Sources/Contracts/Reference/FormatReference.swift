internal import Basics

/// The reference page of all formats, made from the declarations that the loader reads them by.
package enum FormatReference {
    package static var markdown: String {
        var text = """
            # File formats

            What each key means, what it takes, and how else it may be spelled. Older spellings work; `leviathan lint`
            notes the canonical one and `leviathan lint --fix` writes it. A missing key and an empty one mean the same.
            Keys that begin with `x-` are yours.

            """
        text += section("contract.yaml", ContractFormat.record)
        text += section("policy.yaml", PolicyFormat.record)
        text += section("policy.yaml: a scope", ScopeFormat.record)
        text += section("An invariant, of the policy or of a task", InvariantFormat.record)
        text += section("backlog.yaml", BacklogFormat.record)
        text += section("backlog.yaml: a task", TaskFormat.record)
        text += section("targets/NAME.yaml", TargetFormat.record)
        text += section("The flat autonomy file", AutonomyFormat.record)
        text += section("config.yaml of a machine", MachineFormat.record)
        text += section("config.yaml: control_plane.oidc", ControlPlaneFormat.provider)
        text += section("config.yaml: a role of control_plane.oidc", ControlPlaneFormat.role)
        return text
    }

    private static func section<Root>(_ title: String, _ format: RecordFormat<Root>) -> String {
        var text = "\n## \(title)\n\n| key | takes | default | meaning | also spelled |\n|---|---|---|---|---|\n"
        for field in format.fields {
            let spelling = field.spellings[0]
            let others = field.spellings.dropFirst().map {
                "`\($0.path)`" + ($0.expected == spelling.expected ? "" : " (\($0.expected))")
            }
            let cells = [
                "`\(field.name)`", spelling.expected, field.isRequired ? "required" : field.standard ?? "",
                field.summary,
                others.joined(separator: ", "),
            ]
            text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        return text
    }
}
