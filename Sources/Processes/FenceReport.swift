/// What holds of a fence on this machine, found out by trying.
package struct FenceReport: Sendable, Hashable {
    package enum Level: String, Sendable, Hashable {
        case namespacesAndLandlock = "namespaces+landlock"
        case namespaces
        case landlock
        case bubblewrap
        case none
    }

    /// One thing that the kernel was asked for.
    package struct Part: Sendable, Hashable {
        package let name: String
        package let holds: Bool
        /// Why it does not hold, or what there is to know about it.
        package let reason: String?

        package init(_ name: String, holds: Bool, reason: String? = nil) {
            (self.name, self.holds, self.reason) = (name, holds, reason)
        }
    }

    package let level: Level
    package let parts: [Part]

    package func holds(_ name: String) -> Bool { parts.contains { $0.name == name && $0.holds } }

    /// What a reader of the level must know, in plain words; empty when everything holds.
    package var gaps: [String] { parts.filter { !$0.holds }.map { "\($0.name): \($0.reason ?? "not available")" } }
}

extension Fence {
    /// What this fence would be made of here; `directory` is one to try things out in.
    package func report(in directory: String) -> FenceReport {
        let support = FenceSupport.current(tryingIn: directory).restricted(to: means)
        return FenceReport(level: support.level, parts: support.parts(for: self))
    }
}

/// Finds out what a fence can be made of on this machine.
package enum FenceProbe {
    /// Tries each part in a child process; `directory` is one to try things out in.
    package static func probe(in directory: String, means: Fence.Means = Fence.Means()) -> FenceReport {
        let support = FenceSupport.found(tryingIn: directory).restricted(to: means)
        return FenceReport(level: support.level, parts: support.parts(for: nil))
    }
}

extension FenceSupport {
    /// Every part, and below them the promises that depend on more than one.
    func parts(for fence: Fence?) -> [FenceReport.Part] {
        mechanisms + promises(processLimit: fence?.limits.processes != nil || fence == nil)
    }

    private var mechanisms: [FenceReport.Part] {
        let namespaces = FenceSupport.namespaceParts.map { name, part in
            if part == .user && isRoot && !holds(.user) && holds(.mount) {
                return FenceReport.Part(name, holds: true, reason: "not needed for root")
            }
            return FenceReport.Part(name, holds: holds(part), reason: holds(part) ? nil : reasons[name])
        }
        let landlockReason = landlock > 0 ? "version \(landlock)" : reasons["landlock"] ?? "switched off"
        return namespaces + [
            FenceReport.Part("landlock", holds: landlock > 0, reason: landlockReason),
            FenceReport.Part(
                "system call filter", holds: filter, reason: filter ? nil : reasons["system call filter"]),
        ]
    }

    private func promises(processLimit: Bool) -> [FenceReport.Part] {
        let isBare = level == .landlock
        let isAlone = holds(.processFiles) || level == .bubblewrap
        let signals = holds(.process) || landlock >= 6 || level == .bubblewrap
        var promises = [
            FenceReport.Part("writes outside", holds: level != .none, reason: level == .none ? "unfenced" : nil),
            FenceReport.Part(
                "modes, owners and times outside", holds: level != .none && !isBare,
                reason: isBare ? "Landlock does not cover chmod, chown, utimes and attributes" : nil),
            FenceReport.Part(
                "what is not to be read", holds: level != .none && !isBare,
                reason: isBare ? "it is there: contents and lists cannot be read, but sizes and times can" : nil),
            FenceReport.Part(
                "private /tmp", holds: level != .none && !isBare,
                reason: isBare ? "/tmp and /dev/shm are not writable; TMPDIR is" : nil),
            FenceReport.Part(
                "signals outside", holds: signals,
                reason: signals ? nil : "programs of the same user, but not the fence's own, can be signalled"),
            FenceReport.Part(
                "sight of other programs", holds: isAlone,
                reason: isAlone ? nil : "command lines can be read, environments and memory cannot"),
        ]
        if level == .namespaces || level == .bubblewrap {
            let reason = "without Landlock files that were passed for reading, and named pipes, can be written"
            promises.append(FenceReport.Part("open files and pipes", holds: false, reason: reason))
        }
        if processLimit { promises.append(processLimitPart) }
        return promises
    }

    private var processLimitPart: FenceReport.Part {
        let holdsRoot = holds(.processLimit)
        return FenceReport.Part(
            "process limit", holds: !isRoot || holdsRoot,
            reason: isRoot && !holdsRoot ? "the kernel does not hold root to it" : nil)
    }
}
