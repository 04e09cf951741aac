internal import Basics
internal import Model
internal import YAML

/// `targets/NAME.yaml` while it is read.
struct TargetDraft: Sendable {
    var target = TargetRegistration(name: "", repositoryURL: "")
}

enum TargetFormat {
    static let record = RecordFormat<TargetDraft>(
        "a target",
        [
            .version(),
            Field("name", \.target.name, .text, also: ["target_id"], required: true, "What commands call it."),
            Field("repo_url", \.target.repositoryURL, .text, required: true, "Where it is cloned from."),
            Field("default_branch", \.target.defaultBranch, .text, "The branch that changes are proposed to."),
            Field("local_cache_dir", \.target.cacheDirectory, .text, "Where its clone is kept."),
            Field("contract_path", \.target.contractPath, .text, "Where contract.yaml is, inside the repository."),
            Field("backlog_path", \.target.backlogPath, .text, "Where backlog.yaml is, inside the repository."),
            Field("policy_path", \.target.policyPath, .text, "Where policy.yaml is, inside the repository."),
            Field("group", \.target.group, .text, "The group of config.yaml that it belongs to."),
            Field(
                "checkout", \.target.checkout, .text, "A checkout that a person keeps, used in place of a clone."),
            Field(
                "webhook_secret_variable", \.target.webhookSecretVariable, .variable,
                "The variable that holds what its forge signs webhooks with."),
            Field("enabled", \.target.enabled, .flag, standard: "true", "Whether `leviathan run` looks at it."),
        ])
}

/// The flat autonomy file while it is read.
struct AutonomyDraft: Sendable {
    var file = AutonomyFile(registration: TargetRegistration(name: "", repositoryURL: ""))
    var limits = LimitsDraft()

    var finished: AutonomyFile {
        var file = file
        file.limits = limits.finished
        return file
    }
}

enum AutonomyFormat {
    static let record = RecordFormat<AutonomyDraft>(
        "the autonomy file", target + LimitsFormat.all.compactMap(flat) + worker)

    private static let target: [Field<AutonomyDraft>] = [
        Field("target_id", \.file.registration.name, .text, also: ["name"], required: true, "The target's name."),
        Field(
            "target_repo_url", \.file.registration.repositoryURL, .text, also: ["repo_url"], required: true,
            "Where it is cloned from."),
        Field(
            "target_branch", \.file.registration.defaultBranch, .text, also: ["default_branch"],
            "The branch that changes are proposed to."),
        Field(
            "autonomy_enabled", \.file.autonomyEnabled, .flag, standard: "false",
            "Whether tasks are picked without being asked."),
    ]

    private static let worker: [Field<AutonomyDraft>] = [
        Field("schedule_cron", \.file.cron, .cron, "When to look."),
        Field("control_plane_url", \.file.controlPlaneURL, .text, "The control plane that attempts report to."),
        Field("worker_image", \.file.workerImage, .text, "The image of a worker."),
        Field("worker_namespace", \.file.workerNamespace, .text, "The namespace that workers run in."),
        Field("workspace_dir", \.file.workspaceDirectory, .text, "Where a worker keeps its checkouts."),
    ]

    /// A limit under the name that the flat file has for it.
    private static func flat(_ field: Field<LimitsDraft>) -> Field<AutonomyDraft>? {
        let lifted = field.lifted(to: \AutonomyDraft.limits, under: [""])
        let flat = lifted.spellings.filter { !$0.path.contains(".") }
        guard let first = flat.first(where: { older.contains($0.path) }) ?? flat.first else { return nil }
        return Field(
            spellings: [first] + flat.filter { $0.path != first.path }, summary: field.summary, isRequired: false,
            standard: field.standard, isGathered: field.isGathered)
    }

    private static let older: Set<String> = ["circuit_breaker_failures", "attempt_timeout_seconds"]
}

/// `config.yaml` of a machine while it is read.
struct MachineDraft: Sendable {
    var limits = LimitsDraft()
    var forges: [MachineForge] = []
    var groups: [TargetGroup] = []
    var registries: [String: String] = [:]
    var notifications = NotificationSettings()
    var controlPlane = ControlPlaneSettings()
    var anchorRemote: String?
    var dispatch = DispatchSettings()
    var serviceBreaker = BreakerDraft()
    var serviceBreakers: [Service: Limits.Breaker] = [:]
}

/// The breaker of services while it is read.
struct BreakerDraft: Sendable {
    var failures: Int?
    var cooldown: Duration?

    var finished: Limits.Breaker? {
        guard failures != nil || cooldown != nil else { return nil }
        return Limits.Breaker(failures: failures ?? 5, cooldown: cooldown)
    }
}

/// A group of targets while it is read.
struct GroupDraft: Sendable {
    var weight = 1
    var limits = LimitsDraft()
}

enum MachineFormat {
    static let record = RecordFormat<MachineDraft>(
        "the machine's configuration",
        [.version(), forges, groups, registries, anchorRemote, serviceBreakers]
            + breaker.map { $0.lifted(to: \.serviceBreaker, under: ["service_breaker"]) }
            + LimitsFormat.all.map { $0.lifted(to: \.limits, under: ["limits"]) }
            + NotificationFormat.fields.map { $0.lifted(to: \.notifications, under: ["notifications"]) }
            + ControlPlaneFormat.fields.map { $0.lifted(to: \.controlPlane, under: ["control_plane"]) }
            + DispatchFormat.fields.map { $0.lifted(to: \.dispatch, under: ["dispatch"]) })

    private static let anchorRemote = Field<MachineDraft>(
        "journal.anchor_remote", \.anchorRemote, .text,
        "A remote, by name or address, that the heads of the journal are brought to after each delivery, and every 15 minutes by a control plane (an address)."
    )

    private static let breaker: [Field<BreakerDraft>] = [
        Field(
            "failures", \.failures, .integer(1...1000), standard: "5",
            "Failures in a row after which a forge or a model service is left alone, for all targets."),
        Field(
            "cooldown", \.cooldown, .duration(1...LimitsFormat.longest), standard: "5m",
            "After this time somebody finds out whether it is over; with failures alone only a person resets it."),
    ]

    private static let oneBreaker = RecordFormat<BreakerDraft>("the breaker of a service", breaker)

    private static let serviceBreakers = Field<MachineDraft>(
        "service_breaker.services", expected: "a mapping from services to `failures` and `cooldown`",
        schema: [
            "type": ["object", "null"],
            "propertyNames": ["pattern": "^(forge|model):."],
            "additionalProperties": [
                "type": ["object", "null"],
                "properties": .object(
                    breaker.map { JSON.Member($0.name, ["anyOf": [$0.spellings[0].schema, ["type": "null"]]]) }),
                "additionalProperties": false,
            ],
        ], "Services that are left alone after other failures than the rest, named as `breaker list` shows them."
    ) { entry, draft, context in
        guard let children = entry.value.pairs else {
            return context.reportWrongType(entry.value, expected: "a mapping from services to breakers")
        }
        for child in children {
            guard let service = child.key.scalarText.flatMap({ Service($0) }) else {
                context.report(
                    .wrongType, "a service is 'forge:HOST' or 'model:HOST', as 'leviathan breaker list' shows it",
                    at: child.key.span)
                continue
            }
            var record = Record(BreakerDraft())
            if !child.value.isNull { oneBreaker.read(child.value, into: &record, &context) }
            if let breaker = record.value.finished { draft.serviceBreakers[service] = breaker }
        }
    }

    private static let forge = RecordFormat<MachineForge>(
        "a forge",
        [
            Field("kind", \.kind, .choice(), standard: "auto", "What kind of forge it is."),
            Field("api_url", \.apiURL, .text, "Where its API is."),
            Field(
                "writes_per_minute", \.writesPerMinute, .integer(1...1_000_000),
                "The most changes that it is asked for within a minute."),
            Field(
                "writes_per_hour", \.writesPerHour, .integer(1...1_000_000),
                "The most changes that it is asked for within an hour."),
        ])

    private static let forges = Field<MachineDraft>(
        "forges", expected: "a mapping from hosts to forges, each with `kind` and `api_url`",
        schema: [
            "type": ["object", "null"],
            "additionalProperties": [
                "type": ["object", "null"],
                "properties": [
                    "kind": ["anyOf": [Codec<DeliverySettings.Forge>.choice().schema, ["type": "null"]]],
                    "api_url": ["type": ["string", "null"]],
                    "writes_per_minute": ["type": ["integer", "null"], "minimum": 1],
                    "writes_per_hour": ["type": ["integer", "null"], "minimum": 1],
                ],
                "additionalProperties": false,
            ],
        ], "Forges that credentials may go to, by the host of the remotes that are on them."
    ) { entry, draft, context in
        guard let children = entry.value.pairs else {
            return context.reportWrongType(entry.value, expected: "a mapping from hosts to forges")
        }
        for child in children {
            guard let host = child.key.scalarText, isHost(host) else {
                context.report(
                    .wrongType, "a forge is named by its host, such as git.example.com or git.example.com:3000",
                    at: child.key.span)
                continue
            }
            var record = Record(MachineForge(host: host.lowercased()))
            if !child.value.isNull { forge.read(child.value, into: &record, &context) }
            draft.forges.append(record.value)
        }
    }

    private static let group = RecordFormat<GroupDraft>(
        "a group",
        [Field("weight", \.weight, .integer(1...16), standard: "1", "How often its turn comes.")]
            + LimitsFormat.all.map { $0.lifted(to: \.limits, under: ["limits"]) })

    private static let groups = Field<MachineDraft>(
        "groups", expected: "a mapping from names to groups, each with `weight` and `limits`",
        schema: ["type": ["object", "null"], "additionalProperties": ["type": ["object", "null"]]],
        "Groups of targets, which share a weight and limits."
    ) { entry, draft, context in
        guard let children = entry.value.pairs else {
            return context.reportWrongType(entry.value, expected: "a mapping from names to groups")
        }
        for child in children {
            guard let name = child.key.scalarText, !name.isEmpty else {
                context.report(.wrongType, "a group has a name", at: child.key.span)
                continue
            }
            var record = Record(GroupDraft())
            if !child.value.isNull { group.read(child.value, into: &record, &context) }
            var found = TargetGroup(name)
            (found.weight, found.limits) = (record.value.weight, record.value.limits.finished)
            draft.groups.append(found)
        }
    }

    private static let ecosystems = ["pypi", "npm", "cargo", "go", "gem", "maven"]

    private static let registries = Field<MachineDraft>(
        "registries", expected: "a mapping from ecosystems to addresses",
        schema: [
            "type": ["object", "null"], "additionalProperties": false,
            "properties": .object(
                ecosystems.map { JSON.Member($0, ["type": "string", "pattern": "^https?://"]) }),
        ], "Registries that are asked for versions in place of the public ones, by ecosystem."
    ) { entry, draft, context in
        guard let children = entry.value.pairs else {
            return context.reportWrongType(entry.value, expected: "a mapping from ecosystems to addresses")
        }
        for child in children {
            guard let name = child.key.scalarText, ecosystems.contains(name), let address = child.value.scalarText,
                address.hasPrefix("https://") || address.hasPrefix("http://")
            else {
                context.report(
                    .wrongType,
                    "a registry is one of \(ecosystems.joined(separator: ", ")) with its https address",
                    at: child.key.span)
                continue
            }
            draft.registries[name] = address
        }
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/@\\?#%".utf8.contains($0) }
    }
}
