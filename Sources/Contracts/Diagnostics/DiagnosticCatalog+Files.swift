extension DiagnosticID {
    /// What keeps a file from being read at all.
    var fileEntry: DiagnosticEntry? {
        switch self {
        case .fileMissing:
            DiagnosticEntry(
                self, "A file is missing that has to be there: policy.yaml, or the backlog.",
                bad: .absent(file: ContractPaths.policy), mended: .policyWith(""))
        case .defaultContract:
            DiagnosticEntry(
                self, "There is no contract.yaml, so that everything it could say is left at its default.",
                bad: .absent(file: ContractPaths.contract), mended: .contract("target: my-repo"))
        case .fileUnreadable:
            DiagnosticEntry(
                self, "Something is there that is no readable file: a directory, a symlink, a device.",
                bad: .fault(file: ContractPaths.policy, .symlink, description: "policy.yaml is a symlink"),
                mended: .policyWith(""))
        case .fileTooLarge:
            DiagnosticEntry(
                self, "The file is larger than what is read of any file.",
                bad: .fault(
                    file: ContractPaths.backlog, .tooLarge(limit: contractFileLimit),
                    description: "backlog.yaml has 100 MB"), mended: .task(""))
        case .notText:
            DiagnosticEntry(
                self, "The file is no UTF-8 text.",
                bad: .bytes(
                    file: ContractPaths.policy, Array("version: 1\n# caf".utf8) + [0xE9, 0x0A],
                    description: "policy.yaml is in Latin-1: the byte E9 stands for é"),
                mended: .policyWith("# café"))
        case .yamlSyntax:
            DiagnosticEntry(
                self, "The text is no YAML.", bad: .task("title: Guide: the first part"),
                mended: .task("title: \"Guide: the first part\""))
        case .yamlTooDeep:
            DiagnosticEntry(
                self, "Lists and mappings are nested deeper than any sensible file needs.",
                bad: .task(
                    "x-note: {a: " + String(repeating: "[", count: 120) + String(repeating: "]", count: 120) + "}"),
                mended: .task("x-note: {a: [[]]}"))
        case .yamlTooManyNodes: bombEntry
        case .yamlUnknownAlias:
            DiagnosticEntry(
                self, "An alias has no anchor before it.", bad: .task("labels: *common"),
                mended: .task("labels: &common [docs]"))
        case .yamlRecursiveAlias:
            DiagnosticEntry(
                self, "An alias stands inside the node that it names.", bad: .task("x-note: &all {again: *all}"),
                mended: .task("x-note: {again: 1}"))
        case .extraDocuments:
            DiagnosticEntry(
                self, "A `---` begins a second document, and only the first is read.",
                bad: .contract("target: my-repo\n---\nowner: team"),
                mended: .contract("target: my-repo\nowner: team"))
        case .duplicateKey:
            DiagnosticEntry(
                self, "A key stands twice in one mapping, so that one of its values would be lost.",
                bad: .task("title: One\ntitle: Two"), mended: .task("title: Two"))
        default: nil
        }
    }

    private var bombEntry: DiagnosticEntry {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1...7 {
            let before = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            lines.append("a\(level): &a\(level) [\(before)]")
        }
        return DiagnosticEntry(
            self, "Aliases multiply each other until the file stands for millions of values.",
            bad: .task("x-note:\n  " + lines.joined(separator: "\n  ")), mended: .task("x-note: {a0: [x, x]}"))
    }
}
