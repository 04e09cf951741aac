package import Basics

extension Limits: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "allowedPathPrefixes": allowedPathPrefixes, "maxOpenPullRequests": maxOpenPullRequests,
            "maxOpenPerPath": maxOpenPerPath,
            "maxRunningAttempts": maxRunningAttempts, "maxAttemptsPerTask": maxAttemptsPerTask,
            "breaker": breaker, "attemptTimeout": attemptTimeout, "backoff": backoff,
            "maxTasksPerHour": maxTasksPerHour, "maxTasksPerDay": maxTasksPerDay, "maxFiles": maxFiles,
            "maxPatchBytes": maxPatchBytes,
            "maxFileSizes": maxFileSizes, "agentBudget": agentBudget, "maxOpenPerOwner": maxOpenPerOwner,
            "dailyBudget": dailyBudget, "raisePriorityAfter": raisePriorityAfter,
        ])
    }
}

extension Limits.DailyBudget: Fingerprinted {
    package var fingerprint: JSON { .fingerprint(["tokens": tokens, "dollars": dollars]) }
}

extension Limits.Breaker: Fingerprinted {
    package var fingerprint: JSON { .fingerprint(["failures": failures, "cooldown": cooldown]) }
}

extension Limits.FileSize: Fingerprinted {
    package var fingerprint: JSON { .fingerprint(["pattern": pattern, "bytes": bytes]) }
}

extension Limits.AgentBudget: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint(["tokens": tokens, "dollars": dollars, "turns": turns, "time": time])
    }
}

extension LimitSource: Fingerprinted {}

extension EffectiveLimit: Fingerprinted where Value: Fingerprinted {
    package var fingerprint: JSON { .fingerprint(["value": value, "source": source]) }
}

extension EffectiveAgentBudget: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint(["tokens": tokens, "dollars": dollars, "turns": turns, "time": time])
    }
}

extension EffectiveLimits: Fingerprinted {
    package var fingerprint: JSON {
        .fingerprint([
            "maxOpenPullRequests": maxOpenPullRequests, "maxOpenPerPath": maxOpenPerPath,
            "maxRunningAttempts": maxRunningAttempts,
            "maxAttemptsPerTask": maxAttemptsPerTask, "breaker": breaker, "attemptTimeout": attemptTimeout,
            "backoff": backoff, "maxTasksPerHour": maxTasksPerHour, "maxTasksPerDay": maxTasksPerDay,
            "maxFiles": maxFiles,
            "maxPatchBytes": maxPatchBytes, "maxFileSizes": maxFileSizes, "agentBudget": agentBudget,
            "maxOpenPerOwner": maxOpenPerOwner, "dailyTokens": dailyTokens, "dailyMoney": dailyMoney,
            "raisePriorityAfter": raisePriorityAfter,
        ])
    }
}
