internal import Basics
internal import Compression
internal import Model
internal import Paths
internal import Secrets

/// What programs were given as a secret must not leave in a change, and what cannot be searched for it is refused.
///
/// It is looked for in contents, names and targets of symlinks, in every spelling, and in what gzip or zlib packed.
struct GrantedSecretRule: Rule {
    /// No more is unpacked to be searched.
    private static let mostUnpacked = 64 << 20

    func violations(in subject: RuleSubject) -> [Violation] {
        guard let secrets = subject.secrets else { return [] }
        return subject.ownChanges.filter { $0.operation != .delete }.flatMap { change -> [Violation] in
            if change.oldBlob == nil, let name = secrets.secretName(in: change.path.bytes) {
                return [violation("the name of a new file holds the value of \(name)", nil)]
            }
            return inContent(of: change, secrets, subject.contents).map { [$0] } ?? []
        }
    }

    private func inContent(
        of change: Change, _ secrets: any SecretRedaction, _ contents: any ChangeContents
    ) -> Violation? {
        guard let blob = change.newBlob, blob != change.oldBlob, change.newMode != 0o160000 else { return nil }
        guard let bytes = try? contents.bytes(of: blob) else {
            return violation("'\(change.path)' cannot be searched for the values of secret variables", change.path)
        }
        let packed = Inflation.contents(of: bytes, limit: Self.mostUnpacked)
        let texts =
            [bytes] + [packed?.bytes, WideText.utf8(of: bytes), WideText.withoutZeros(bytes)].compactMap(\.self)
        if let name = texts.lazy.compactMap(secrets.secretName).first {
            return violation("'\(change.path)' holds the value of \(name)", change.path)
        }
        guard packed?.isWhole == false else { return nil }
        return violation(
            "'\(change.path)' is more than 64 MB once it is unpacked, and cannot be searched for the values of secret variables",
            change.path)
    }

    private func violation(_ message: String, _ path: RepoPath?) -> Violation {
        Violation(
            "granted-secret", path: path, message,
            hint: "programs get secret variables to use them; what they write must not contain one")
    }
}
