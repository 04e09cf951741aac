package import Basics
internal import Glibc

/// Leads for as long as a Lease of the cluster is its own, so that of several processes one does the work.
///
/// Clocks of machines differ: whether a holder is gone is told by its Lease standing still for as long as it says, on
/// this machine's own clock, and never by comparing times that different machines wrote.
package struct LeaderLease: Sendable {
    private static let duration = Duration.seconds(15)
    /// Without a renewal for that long, this process no longer leads, before anybody else may begin.
    private static let deadline = Duration.seconds(10)
    private static let pause: Int32 = 2000

    private let client: ClusterClient
    private let name: String
    private let namespace: String
    private let holder: String
    private let clock: Clock

    package init(
        _ client: ClusterClient, name: String = "leviathan-scheduler", in namespace: String, holder: String,
        clock: Clock
    ) {
        (self.client, self.name, self.namespace) = (client, name, namespace)
        (self.holder, self.clock) = (holder, clock)
    }

    /// Waits until it leads, does `work`, and gives the lease back; ends when cancelled.
    ///
    /// `lead` is cancelled once it no longer leads: whatever runs has to end then. `tell` is told why it does not lead.
    package func run(
        _ cancellation: Cancellation, tell: @escaping @Sendable (String) -> Void, _ work: (Cancellation) -> Void
    ) {
        while !cancellation.isCancelled {
            guard let held = take(cancellation, tell) else { return }
            let lead = Cancellation(following: cancellation)
            let isOver = Cancellation()
            let ended = Cancellation()
            let (lease, version) = (self, held)
            Workers.inBackground {
                lease.keep(version, until: isOver, lead, tell)
                ended.cancel()
            }
            work(lead)
            isOver.cancel()
            wait(ended, -1)
        }
    }

    /// The version of the lease that is its own; `nil` once cancelled.
    private func take(_ cancellation: Cancellation, _ tell: (String) -> Void) -> JSON? {
        var (seen, since): (String, MonotonicTime) = ("", .now)
        var told: String?
        func say(_ text: String) {
            if told != text { tell(text) }
            told = text
        }
        while !cancellation.isCancelled {
            do throws(ClusterError) {
                let lease = try client.get(.leases, name, in: namespace)
                let spec = lease["spec"] ?? .null
                let other = spec["holderIdentity"]?.string ?? ""
                let version = lease["metadata"]?["resourceVersion"]?.string ?? ""
                if version != seen { (seen, since) = (version, .now) }
                let stated = Duration.seconds(max(1, spec["leaseDurationSeconds"]?.integer ?? 15))
                if other.isEmpty || other == holder || MonotonicTime.now - since >= stated {
                    return try client.replace(.leases, name, with: renewed(lease, isNew: true), in: namespace)
                }
                say("'\(other)' leads, by the lease \(name) in \(namespace)")
            } catch {
                switch error.reason {
                case .notFound:
                    if let made = try? client.create(.leases, renewed(nil, isNew: true), in: namespace) {
                        return made
                    }
                // Somebody was faster: the next look shows who.
                case .conflict, .exists: break
                default: say(error.description)
                }
            }
            wait(cancellation, Self.pause)
        }
        return nil
    }

    private func keep(
        _ first: JSON, until isOver: Cancellation, _ lead: Cancellation, _ tell: (String) -> Void
    ) {
        var (lease, last) = (first, MonotonicTime.now)
        while true {
            wait(isOver, Self.pause)
            if isOver.isCancelled { break }
            do throws(ClusterError) {
                lease = try client.replace(.leases, name, with: renewed(lease, isNew: false), in: namespace)
                last = .now
            } catch {
                if error.reason == .conflict || error.reason == .notFound, !isStillHeld(&lease) {
                    tell("the lease \(name) is somebody else's")
                    return lead.cancel()
                }
                if MonotonicTime.now - last >= Self.deadline {
                    tell("the lease \(name) could not be renewed: \(error.description)")
                    return lead.cancel()
                }
            }
        }
        // Given back, so that the next one need not wait.
        _ = try? client.replace(.leases, name, with: renewed(lease, isNew: false, holder: ""), in: namespace)
    }

    /// Whether a lease that was changed meanwhile names this process all the same.
    private func isStillHeld(_ lease: inout JSON) -> Bool {
        guard let now = try? client.get(.leases, name, in: namespace) else { return true }
        lease = now
        return now["spec"]?["holderIdentity"]?.string == holder
    }

    private func renewed(_ lease: JSON?, isNew: Bool, holder: String? = nil) -> JSON {
        let now = clock.now().description
        let old = lease?["spec"] ?? .null
        let turns = (old["leaseTransitions"]?.integer ?? 0) + (isNew && lease != nil ? 1 : 0)
        let spec: JSON = [
            "holderIdentity": .string(holder ?? self.holder),
            "leaseDurationSeconds": .integer(holder == "" ? 1 : Int(Self.duration.components.seconds)),
            "acquireTime": isNew ? .string(now) : old["acquireTime"] ?? .string(now), "renewTime": .string(now),
            "leaseTransitions": .integer(turns),
        ]
        var metadata = [
            JSON.Member("name", .string(name)), JSON.Member("namespace", .string(namespace)),
            JSON.Member("labels", ["app": "leviathan-scheduler"]),
        ]
        if let version = lease?["metadata"]?["resourceVersion"] {
            metadata.append(JSON.Member("resourceVersion", version))
        }
        return [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": .object(metadata), "spec": spec,
        ]
    }

    private func wait(_ cancellation: Cancellation, _ milliseconds: Int32) {
        var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        if !cancellation.isCancelled { _ = poll(&wake, 1, milliseconds) }
    }
}
