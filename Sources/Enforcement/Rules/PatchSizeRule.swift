internal import Basics
internal import Model

/// The patch as a whole stays below its limit.
struct PatchSizeRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        let size = subject.changes.patchBytes
        guard let limit = subject.limits.maxPatchBytes, size > limit.value else { return [] }
        return [
            Violation(
                "patch-too-large",
                "the patch is \(SizeText.text(size)); \(limit.source.rawValue) allows \(SizeText.text(limit.value))",
                hint: "split the task, or raise max_patch_bytes")
        ]
    }
}
