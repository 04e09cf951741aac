package import Basics
internal import Paths

extension Operation: Fingerprinted {}

extension Scope.Requirement: Fingerprinted {}

extension Scope: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "name": name, "allowedPaths": allowedPaths, "forbidden": forbidden, "operations": operations,
            "limits": limits, "executor": executor, "executors": executors, "requires": requires,
            "sandbox": sandbox, "servesEveryTask": servesEveryTask,
        ])
    }
}

extension Invariant.Check: Fingerprinted {
    package var fingerprint: JSON {
        switch self {
        case .command(let line): ["command": .string(line)]
        case .builtin(let name): ["builtin": .string(name)]
        }
    }
}

extension Invariant.Severity: Fingerprinted {}

extension Invariant.Baseline: Fingerprinted {}

extension Invariant: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "name": name, "check": check, "timeout": timeout, "when": when, "opensNetwork": opensNetwork,
            "environment": environment, "severity": severity, "baseline": baseline, "report": report,
            "retries": retries,
        ])
    }
}

extension Sandbox: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "opensNetwork": opensNetwork, "readablePaths": readablePaths, "scratch": scratch,
            "environment": environment, "secrets": secrets, "memoryBytes": memoryBytes,
            "diskBytes": diskBytes, "processes": processes, "minimum": minimum,
        ])
    }
}

extension SandboxChanges: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "opensNetwork": opensNetwork, "readablePaths": readablePaths, "scratch": scratch,
            "environment": environment, "secrets": secrets, "memoryBytes": memoryBytes,
            "diskBytes": diskBytes, "processes": processes, "minimum": minimum,
        ])
    }
}

extension WorkspaceKind: Fingerprinted {}
extension FenceRung: Fingerprinted {}

extension WorkspaceSeeding: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "kind": kind, "linked": linked, "copied": copied, "setup": setup, "opensNetwork": opensNetwork,
            "lockFiles": lockFiles, "isSparse": isSparse, "fillsSubmodules": fillsSubmodules, "slots": slots,
        ])
    }
}

extension Permission.Layer: Fingerprinted {
    package var fingerprint: JSON { .fingerprint(["name": name, "patterns": patterns]) }
}

extension Permission: Fingerprinted {
    package var fingerprint: JSON {
        let usual = JSON.fingerprint([
            "allowed": allowed, "forbidden": forbidden, "operations": operations, "scopePatterns": scopePatterns,
        ])
        // Every other permission keeps the digest that it had before there were such.
        guard !starting.isEmpty else { return usual }
        let names = JSON.Member("starting", .strings(starting.map(\.description).sorted()))
        return .object((usual.members ?? []) + [names])
    }
}
