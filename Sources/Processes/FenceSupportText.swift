internal import Basics
internal import Glibc

/// What trying out a fence showed, as a text that another process on the same machine can take up.
package enum FenceSupportText {
    /// Changes whenever the answers could be others: a restart, another user, other namespaces, other switches.
    package static var key: String {
        let switches = [
            "/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/unprivileged_userns_clone",
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "/proc/sys/user/max_user_namespaces",
        ].map { path in
            (try? FileSystem.read(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? "-"
        }
        let namespaces = ["user", "mnt", "pid"].map { FileSystem.linkTarget("/proc/self/ns/" + $0) ?? "-" }
        return (switches + namespaces + ["\(geteuid())", "3"]).joined(separator: " ").filter { $0 != "\n" }
    }

    /// What this process knows; `nil` where nothing was tried, or where not everything holds and the reasons matter.
    package static var text: String? {
        guard let support = FenceSupport.remembered, support.level == .namespacesAndLandlock else { return nil }
        return
            "\(support.partBits) \(support.landlock) \(support.countsUsersApart ? 1 : 0) \(support.isRoot ? 1 : 0)"
    }

    /// Takes up what another process found; returns whether it was understood.
    package static func adopt(_ text: String) -> Bool {
        let numbers = text.split(separator: " ").compactMap { UInt32($0) }
        guard numbers.count == 4 else { return false }
        var support = FenceSupport(isRoot: numbers[3] == 1)
        (support.partBits, support.landlock, support.filter) = (numbers[0], Int(numbers[1]), true)
        support.countsUsersApart = numbers[2] == 1
        guard support.level == .namespacesAndLandlock else { return false }
        FenceSupport.remember(support)
        return true
    }
}
