package import Basics
internal import Crypto
internal import Forges
internal import Glibc
package import Model

/// How many changes a forge may be asked for.
package struct ForgeWriteLimits: Hashable, Sendable {
    /// So many changes one delivery asks for at most: the push, labels, the pull request, its reviewers, its merge, the
    /// anchor of the journal.
    static let perDelivery = 10

    package var perMinute: EffectiveLimit<Int>?
    package var perHour: EffectiveLimit<Int>?

    package init(perMinute: EffectiveLimit<Int>?, perHour: EffectiveLimit<Int>?) {
        (self.perMinute, self.perHour) = (perMinute, perHour)
    }

    /// What this machine says of the host, else what the forge is known to take.
    ///
    /// A forge is named by the host of the remotes that are on it, which may be another one than that of its API.
    init(_ address: ForgeAddress, _ machine: MachineConfiguration) {
        let hosts = [address.remoteHost, address.credentialHost].map { $0.lowercased() }
        let named = machine.forges.first { hosts.contains($0.host) }
        func limit(_ own: Int?, _ standard: Int) -> EffectiveLimit<Int>? {
            if let own { return EffectiveLimit(value: own, source: .machine) }
            return address.kind == .github ? EffectiveLimit(value: standard, source: .platform) : nil
        }
        perMinute = limit(named?.writesPerMinute, 80)
        perHour = limit(named?.writesPerHour, 500)
    }

    package var all: [(period: Duration, limit: EffectiveLimit<Int>)] {
        [(Duration.seconds(60), perMinute), (.seconds(3600), perHour)].compactMap { period, limit in
            limit.map { (period, $0) }
        }
    }

    /// What leaves no room for `more` changes beside those that were made and those that are about to be.
    ///
    /// Where a limit is smaller than what may be asked for, all of it has to be free.
    package func used(
        _ writes: [Instant], reserved: Int, more: Int, host: String, at now: Instant
    ) -> UsedWrites? {
        for (period, limit) in all {
            let times = writes.filter { $0 + period > now }.sorted()
            let free = limit.value - min(more, limit.value)
            guard times.count + min(reserved, limit.value) > free else { continue }
            // So many have to be over; where even that is not enough, something that runs has to end.
            let over = times.count - free
            let until = over > 0 && reserved == 0 && over <= times.count ? times[over - 1] + period : nil
            return UsedWrites(
                host: host, period: period, used: times.count + reserved, limit: limit, until: until)
        }
        return nil
    }
}

/// The changes that a forge was asked for within the last hour, by all processes of this home.
struct ForgeWrites {
    private static let longest = Duration.seconds(3600)
    private static let sizeLimit = 4 << 20

    private let directory: String
    private let path: String
    let host: String

    init(_ host: String, _ context: Context) {
        (self.host, directory) = (host.lowercased(), context.home + "/forges")
        path = directory + "/writes-" + SHA256.digest(of: host.lowercased()).hex.prefix(32)
    }

    /// When each was made, the oldest first; those of a time that has not come count as of now.
    func times(at now: Instant) throws(FileError) -> [Instant] {
        guard try FileSystem.status(path) != nil else { return [] }
        let text = String(decoding: try FileSystem.read(path, limit: Self.sizeLimit), as: UTF8.self)
        var times: [Instant] = []
        for line in text.split(separator: "\n") {
            guard let microseconds = Int64(line) else {
                throw FileError("understand", path, EINVAL)
            }
            let time = min(Instant(microsecondsSinceEpoch: microseconds), now)
            if time + Self.longest > now { times.append(time) }
        }
        return times.sorted()
    }

    /// Counts another one, unless a limit refuses; nobody counts between look and record.
    func count(_ limits: ForgeWriteLimits, at now: Instant) throws(FileError) -> UsedWrites? {
        try FileSystem.createDirectory(directory, permissions: 0o700)
        let lock = try FileLock.gate(path + ".lock")
        defer { lock.release() }
        let times = try times(at: now)
        if let used = limits.used(times, reserved: 0, more: 1, host: host, at: now) { return used }
        let text = (times + [now]).map { "\($0.microsecondsSinceEpoch)\n" }.joined()
        try FileSystem.write(Array(text.utf8), to: path, permissions: 0o600)
        return nil
    }
}
