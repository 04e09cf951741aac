internal import Basics

/// The members of each payload, written and read side by side.

extension Event.TargetDescription {
    var members: [JSON.Member] {
        [JSON.Member("url", .optional(url)), JSON.Member("default_branch", .optional(defaultBranch))]
    }

    init(_ facts: PayloadFacts) {
        self.init(url: facts.text("url"), defaultBranch: facts.text("default_branch"))
    }
}

extension Event.AttemptPlan {
    var members: [JSON.Member] {
        let members = [
            JSON.Member("number", .integer(number)), JSON.Member("title", .optional(title)),
            JSON.Member("scope", .optional(scope)), JSON.Member("base", .optional(base?.hex)),
            JSON.Member("executor", .optional(executor)), JSON.Member("workspace", .optional(workspace)),
            JSON.Member("spec", .optional(specification?.hex)),
        ]
        let trace = traceparent.map { [JSON.Member("traceparent", .string($0))] } ?? []
        return members + (dependencies.isEmpty ? [] : [JSON.Member("dependencies", .strings(dependencies))])
            + trace
    }

    init(_ facts: PayloadFacts) {
        self.init(number: facts.integer("number") ?? 1)
        (title, scope, base) = (facts.text("title"), facts.text("scope"), facts.commit("base"))
        (executor, workspace) = (facts.text("executor"), facts.text("workspace"))
        (specification, dependencies) = (facts.digest("spec"), facts.elements("dependencies").compactMap(\.string))
        traceparent = facts.text("traceparent")
    }
}

extension Event.FrozenFiles {
    var members: [JSON.Member] {
        [
            JSON.Member("executor_version", .optional(executorVersion)), JSON.Member("tree", .optional(tree?.hex)),
            JSON.Member("files", .integer(files)), JSON.Member("added", .integer(added)),
            JSON.Member("removed", .integer(removed)),
            JSON.Member(
                "changes",
                .array(
                    changes.map {
                        [
                            "path": .string($0.path), "operation": .string($0.operation),
                            "added": .integer($0.added),
                            "removed": .integer($0.removed),
                        ]
                    })),
        ]
    }

    init(_ facts: PayloadFacts) {
        self.init()
        (executorVersion, tree) = (facts.text("executor_version"), facts.commit("tree"))
        (files, added) = (facts.integer("files") ?? 0, facts.integer("added") ?? 0)
        removed = facts.integer("removed") ?? 0
        changes = facts.elements("changes").map(PayloadFacts.init).compactMap { change in
            guard let path = change.text("path"), let operation = change.text("operation") else { return nil }
            return File(
                path: path, operation: operation, added: change.integer("added") ?? 0,
                removed: change.integer("removed") ?? 0)
        }
    }
}

extension Event.PolicyFindings {
    var members: [JSON.Member] {
        let found = violations.map { violation -> JSON in
            [
                "rule": .string(violation.rule), "path": .optional(violation.path),
                "message": .string(violation.message),
            ]
        }
        return [
            JSON.Member("approved", .bool(isApproved)), JSON.Member("violations", .array(found)),
            JSON.Member("warnings", .strings(warnings)),
        ]
    }

    init(_ facts: PayloadFacts) {
        let violations = facts.elements("violations").map(PayloadFacts.init).map {
            Violation(rule: $0.text("rule") ?? "", path: $0.text("path"), message: $0.text("message") ?? "")
        }
        self.init(
            isApproved: facts.isTrue("approved"), violations: violations,
            warnings: facts.elements("warnings").compactMap(\.string))
    }
}

extension Event.InvariantRun {
    var members: [JSON.Member] {
        let members = [
            JSON.Member("name", .string(name)), JSON.Member("outcome", .optional(outcome)),
            JSON.Member("duration_ms", .optional(milliseconds)),
        ]
        return members + (log.map { [JSON.Member("log", .string($0.hex))] } ?? [])
    }

    init?(_ facts: PayloadFacts) {
        guard let name = facts.text("name") else { return nil }
        self.init(
            name: name, outcome: facts.text("outcome"), milliseconds: facts.integer("duration_ms"),
            log: facts.digest("log"))
    }
}

extension Event.ArtifactName {
    var members: [JSON.Member] {
        [
            JSON.Member("sha256", .string(digest.hex)), JSON.Member("kind", .string(kind)),
            JSON.Member("name", .string(name)), JSON.Member("bytes", .integer(bytes)),
        ]
    }

    init?(_ facts: PayloadFacts) {
        guard let digest = facts.digest("sha256") else { return nil }
        self.init(
            StoredArtifact(digest: digest, bytes: facts.integer("bytes") ?? 0), kind: facts.text("kind") ?? "file",
            name: facts.text("name") ?? "")
    }
}

extension Event.PushedCommit {
    var members: [JSON.Member] {
        [
            JSON.Member("branch", .optional(branch)), JSON.Member("remote", .optional(remote)),
            JSON.Member("commit", .optional(commit?.hex)),
        ] + (isReviewed.map { [JSON.Member("reviewed", .bool($0))] } ?? []) + EventCodec.recovered(isRecovered)
    }

    init(_ facts: PayloadFacts) {
        self.init(
            branch: facts.text("branch"), remote: facts.text("remote"), commit: facts.commit("commit"),
            isReviewed: facts.flag("reviewed"))
        isRecovered = facts.isTrue("recovered")
    }
}

extension Event.PullRequestName {
    var members: [JSON.Member] {
        [
            JSON.Member("number", .integer(number)), JSON.Member("url", .optional(url)),
            JSON.Member("branch", .optional(branch)),
        ]
    }

    init?(_ facts: PayloadFacts) {
        guard let number = facts.integer("number") else { return nil }
        self.init(number: number, url: facts.text("url"), branch: facts.text("branch"))
    }
}

extension Event.ReviewState {
    var members: [JSON.Member] {
        [
            JSON.Member("approvals", .optional(approvals)),
            JSON.Member("changes_requested", .optional(changesRequested)),
        ]
    }

    init(_ facts: PayloadFacts) {
        self.init(approvals: facts.integer("approvals"), changesRequested: facts.integer("changes_requested"))
    }
}

extension Event.CheckState {
    var members: [JSON.Member] {
        [
            JSON.Member("checks", .optional(checks)), JSON.Member("commit", .optional(commit?.hex)),
            JSON.Member("mergeability", .optional(mergeability)),
        ]
    }

    init(_ facts: PayloadFacts) {
        self.init(
            checks: facts.text("checks"), commit: facts.commit("commit"), mergeability: facts.text("mergeability"))
    }
}

extension Event.MergeDecision {
    var members: [JSON.Member] {
        [
            JSON.Member("decision", .optional(decision)), JSON.Member("reason", .optional(reason)),
            JSON.Member("commit", .optional(commit?.hex)),
        ]
    }

    init(_ facts: PayloadFacts) {
        self.init(
            decision: facts.text("decision"), reason: facts.text("reason"), commit: facts.commit("commit"))
    }
}

extension Event.ModelCall {
    var members: [JSON.Member] {
        [
            JSON.Member("model", .optional(model)), JSON.Member("call", .integer(call)),
            JSON.Member("attempt", .integer(attempt)),
        ] + (maxTokens.map { [JSON.Member("max_tokens", .integer($0))] } ?? [])
    }

    init?(_ facts: PayloadFacts) {
        guard let call = facts.integer("call"), let attempt = facts.integer("attempt") else { return nil }
        self.init(
            model: facts.text("model"), call: call, attempt: attempt, maxTokens: facts.integer("max_tokens"))
    }
}

extension Event.ModelCallOutcome {
    var members: [JSON.Member] {
        [
            JSON.Member("outcome", .optional(outcome)), JSON.Member("stop_reason", .optional(stopReason)),
            JSON.Member("input_tokens", .optional(inputTokens)),
            JSON.Member("output_tokens", .optional(outputTokens)),
            JSON.Member("cache_read_tokens", .optional(cacheReadTokens)),
            JSON.Member("cache_write_tokens", .optional(cacheWriteTokens)),
            JSON.Member("duration_ms", .optional(milliseconds)),
        ] + counted
    }

    /// Absent from what was written before there were budgets.
    private var counted: [JSON.Member] {
        [("counted_tokens", countedTokens), ("counted_usd_millionths", countedMoney)].compactMap { name, value in
            value.map { JSON.Member(name, .integer($0)) }
        }
    }

    init(_ facts: PayloadFacts) {
        self.init()
        (countedTokens, countedMoney) = (facts.integer("counted_tokens"), facts.integer("counted_usd_millionths"))
        (outcome, stopReason) = (facts.text("outcome"), facts.text("stop_reason"))
        (inputTokens, outputTokens) = (facts.integer("input_tokens"), facts.integer("output_tokens"))
        (cacheReadTokens, cacheWriteTokens) = (
            facts.integer("cache_read_tokens"), facts.integer("cache_write_tokens")
        )
        milliseconds = facts.integer("duration_ms")
    }
}
