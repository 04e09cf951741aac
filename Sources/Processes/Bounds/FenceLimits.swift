/// How much fenced programs may use; `nil` leaves a limit as it is.
///
/// Memory, processes and disk are those of the program and everything that descends from it, together. Going over one of
/// these ends them all with `FenceError.exceeded`.
package struct FenceLimits: Sendable, Hashable {
    /// Bytes of memory; of swap as well, where the kernel counts it.
    package var memory: Int? = FenceLimits.standardMemory
    /// Processes and threads.
    package var processes: Int? = 1024
    /// Bytes in `home`, `temporary` and the overlay's upper layer, in files without a name too.
    package var disk: Int? = 10_000_000_000
    /// Bytes in one file.
    package var fileSize: Int?
    package var openFiles: Int?
    /// Seconds of processor time for each process.
    package var processorSeconds: Int?
    /// Bytes in each private directory in memory: `/tmp`, `/var/tmp` and `/dev/shm`.
    package var scratch = 256 << 20
    /// What stands before the name of a limit where it is set, for an error: `sandbox.` for `sandbox.memory`.
    package var origin = "sandbox."

    package init() {}

    /// How far a limit on processes that the kernel holds is above the one that ends them.
    static let processReserve = 64

    /// Half of what this machine, or the container that this is, may use.
    package static let standardMemory = MemoryCeiling.smallest().map { $0 / 2 }
}

/// A limit of the whole tree of processes that was gone over.
package struct FenceExcess: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case memory, processes, disk }

    package let kind: Kind
    package let limit: Int
    /// Where the limit is set.
    package let key: String

    init(_ kind: Kind, _ limits: FenceLimits) {
        self.kind = kind
        key = limits.origin + kind.rawValue
        switch kind {
        case .memory: limit = limits.memory ?? 0
        case .processes: limit = limits.processes ?? 0
        case .disk: limit = limits.disk ?? 0
        }
    }

    /// The number as people read it.
    package var amount: String {
        switch kind {
        case .memory: Self.bytes(limit) + " of memory"
        case .processes: "\(limit) processes and threads"
        case .disk: Self.bytes(limit) + " of disk"
        }
    }

    private static func bytes(_ count: Int) -> String {
        let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")]
        guard let (size, name) = units.first(where: { count >= $0.0 }) else { return "\(count) bytes" }
        let tenths = count / (size / 10)
        return tenths % 10 == 0 ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
    }
}
