internal import CLinux
internal import Glibc
internal import Synchronization

/// Networks with nothing but a loopback that nobody has used yet: making one is the dearest part of a fence.
///
/// The next program gets one in which the last one has sent nothing and left nothing; any other is thrown away, with
/// its ports that wait, its numbers and its names.
enum UnusedNetworks {
    private static let idle = Mutex<[FixedDescriptor]>([])
    private static let maximum = 4

    /// One for this fence; `nil` where it makes its own, because its network belongs to its user namespace.
    static func take(for plan: FencePlan) -> FixedDescriptor? {
        guard plan.deniesNetwork, plan.support.holds(.network), plan.support.holds(.processFiles),
            !plan.support.holds(.user), !plan.isWrapped
        else { return nil }
        if let known = idle.withLock({ $0.popLast() }) { return known }
        let made = FixedDescriptor(Supervisors.trying { clinux_make_network() })
        return made.isOpen ? made : nil
    }

    static func giveBack(_ network: FixedDescriptor) {
        idle.withLock { if $0.count < maximum { $0.append(network) } }
    }
}
