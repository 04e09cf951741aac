internal import Synchronization

/// The rules of time zones, from the system's files; each is read once, and none before it is asked for.
package final class ZoneSource: Sendable {
    private static let sizeLimit = 1 << 20
    private let directory: String
    private let asked: String?
    private let localFile: String
    private let known = Mutex<[String: ZoneRules?]>([:])
    private let local = Mutex<ZoneRules?>(nil)

    /// `localFile` holds the machine's own zone, for those whose environment names none.
    package init(_ environment: [String: String], localFile: String = "/etc/localtime") {
        directory = environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo"
        (asked, self.localFile) = (environment["TZ"], localFile)
    }

    /// `nil` where the system does not know the zone.
    package func rules(of zone: String) -> ZoneRules? {
        if zone == "UTC" { return .utc }
        return known.withLock { known in
            if let rules = known[zone] { return rules }
            let rules = read(directory + "/" + zone)
            known[zone] = .some(rules)
            return rules
        }
    }

    /// The zone of the person who looks: `TZ`, else the machine's; UTC where that cannot be read, as everywhere else.
    package var localRules: ZoneRules {
        local.withLock { local in
            let rules = local ?? readLocal() ?? .utc
            local = rules
            return rules
        }
    }

    private func readLocal() -> ZoneRules? {
        guard let asked else { return read(localFile) }
        let name = asked.utf8.first == UInt8(ascii: ":") ? asked.dropFirst() : asked[...]
        guard !name.isEmpty else { return .utc }
        if let rules = read(name.utf8.first == UInt8(ascii: "/") ? String(name) : directory + "/" + name) {
            return rules
        }
        return ZoneRule(name).map { ZoneRules($0) }
    }

    private func read(_ path: String) -> ZoneRules? {
        do throws(FileError) {
            return ZoneRules(try FileSystem.read(path, limit: Self.sizeLimit))
        } catch { return nil }
    }
}
