package import Basics
package import Model
internal import Synchronization

/// The rules of time zones, from the system's files; each is read once.
package final class ZoneSource: Sendable {
    private static let sizeLimit = 1 << 20
    private let directory: String
    private let known = Mutex<[String: ZoneRules?]>([:])

    package init(_ context: Context) {
        directory = context.environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo"
    }

    /// `nil` where the system does not know the zone.
    package func rules(of zone: String) -> ZoneRules? {
        if zone == "UTC" { return .utc }
        return known.withLock { known in
            if let rules = known[zone] { return rules }
            let rules = read(zone)
            known[zone] = .some(rules)
            return rules
        }
    }

    private func read(_ zone: String) -> ZoneRules? {
        do throws(FileError) {
            return ZoneRules(try FileSystem.read(directory + "/" + zone, limit: Self.sizeLimit))
        } catch { return nil }
    }
}
