internal import Basics
internal import Model
internal import YAML

extension MappingReader {
    /// The limits among the keys of this mapping, in any of their spellings.
    func limits() -> Limits {
        var limits = Limits()
        limits.allowedPathPrefixes = patterns("allowed_path_prefixes")
        limits.maxOpenPullRequests = integer("max_open_prs")
        limits.maxRunningAttempts = integer("max_running_attempts")
        limits.maxAttemptsPerTask = integer("max_attempts_per_task")
        limits.maxTasksPerDay = integer("max_tasks_per_day")
        limits.maxFiles = integer("max_files")
        limits.maxPatchBytes = size("max_patch_bytes")
        limits.breaker = mapping("circuit_breaker", as: Formats.breaker).flatMap { $0.breaker() }
        limits.attemptTimeout = attemptTimeout()
        limits.backoff = agreed("backoff", duration("backoff"), "backoff_seconds", seconds("backoff_seconds"))
        limits.maxFileSizes = fileSizes("max_file_size") { reader, name in reader.size(name) }
        return limits
    }

    private func seconds(_ name: String) -> Duration? { integer(name).map { .seconds($0) } }

    private func attemptTimeout() -> Duration? {
        let direct = agreed(
            "attempt_timeout", duration("attempt_timeout"), "attempt_timeout_seconds",
            seconds("attempt_timeout_seconds"))
        guard case .mapping(let format)? = self.format.field(spelled: "timeout")?.kind,
            let nested = mapping("timeout", as: format)
        else { return direct }
        let minutes = nested.integer("attempt_timeout_minutes").map { Duration.seconds($0 * 60) }
        return agreed("attempt_timeout", direct, "timeout", minutes)
    }

    private func breaker() -> Limits.Breaker? {
        guard boolean("enabled") ?? true, let failures = integer("failures") else { return nil }
        let minutes = integer("cooldown_minutes").map { Duration.seconds($0 * 60) }
        return Limits.Breaker(
            failures: failures, cooldown: agreed("cooldown", duration("cooldown"), "cooldown_minutes", minutes))
    }

    /// Sizes by pattern, in the order in which they are written.
    func fileSizes(_ name: String, size: (MappingReader, String) -> Int?) -> [Limits.FileSize] {
        guard let found = self[name] else { return [] }
        guard let entries = found.value.entries else {
            let _: Int? = wrongType(name, "a mapping from patterns to sizes", found.value)
            return []
        }
        let format = Format(
            name, entries.compactMap(\.key.scalar).map { Field($0.text, .integer(0...10_000_000), "") })
        guard let reader = MappingReader(found.value, as: format, sink) else { return [] }
        return entries.compactMap { entry in
            guard let pattern = pattern(in: entry.key, name), let bytes = size(reader, pattern.text) else {
                return nil
            }
            return Limits.FileSize(pattern: pattern, bytes: bytes)
        }
    }

    /// One of two spellings of a value; an error with both places when they differ.
    func agreed<Value: Equatable>(_ name: String, _ value: Value?, _ otherName: String, _ other: Value?) -> Value?
    {
        if let value, let other, value != other {
            sink.report(
                .conflictingSpellings, "'\(otherName)' and '\(name)' say different things",
                at: place(of: otherName),
                related: [sink.related("the other spelling", place(of: name))], hint: "keep only '\(name)'")
        }
        return value ?? other
    }
}
