package import Basics

extension BacklogTask.Priority: Fingerprinted {}
extension BacklogTask.Size: Fingerprinted {}
extension BacklogTask.Status: Fingerprinted {}

extension BacklogTask.ExtraInvariant: Fingerprinted {
    package var fingerprint: JSON {
        switch self {
        case .named(let name): ["named": .string(name)]
        case .inline(let invariant): ["inline": invariant.fingerprint]
        }
    }
}

extension BacklogTask.Outcome: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "blockedReason": blockedReason, "lastAttempt": lastAttempt, "branch": branch, "commit": commit,
            "pullRequest": pullRequest, "completedAt": completedAt,
        ])
    }
}

extension BacklogTask: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "id": id, "title": title, "details": details, "scope": scope, "priority": priority, "size": size,
            "ready": ready, "status": status, "allowedPaths": allowedPaths,
            "acceptanceCriteria": acceptanceCriteria, "dependencies": dependencies, "executor": executor,
            "inputs": inputs, "invariants": invariants, "notBefore": notBefore, "labels": labels,
            "limits": limits, "outcome": outcome,
        ])
    }
}
