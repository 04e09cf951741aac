internal import Basics
internal import Model
internal import Paths
internal import Secrets

/// The name of a new file and the target of a symlink must not be a credential either, and are not repeated.
struct SecretNameRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        subject.ownChanges.filter { $0.operation != .delete }.flatMap { change in
            var found: [Violation] = []
            if change.oldBlob == nil, let kind = Self.kind(in: change.path.bytes) {
                found.append(violation("the name of a new file holds what looks like \(kind)"))
            }
            // A target that cannot be read is a violation of `symlink`.
            if change.newMode == 0o120000, let blob = change.newBlob,
                let target = try? subject.contents.bytes(of: blob),
                let kind = Self.kind(in: target)
            {
                found.append(violation("the target of a symlink holds what looks like \(kind)"))
            }
            return found
        }
    }

    private func violation(_ message: String) -> Violation {
        Violation("secret", message, hint: "take it out, and revoke it where it was issued if it is real")
    }

    private static func kind(in bytes: [UInt8]) -> String? {
        SecretScan.findings(in: bytes, extent: [.assignments, .connections]).first?.kind
    }
}
