/// A file or directory that makes a machine, a hook or a bot do something, and where that is written down.
package struct ProtectedPlace: Hashable, Sendable {
    /// A file, a directory with a slash at its end, or `**/` and a name in any directory, `*` standing for any part of
    /// a name; in lower case.
    package let pattern: String
    package let reason: ProtectedPaths.Reason
    package let service: String
    /// The page that says that the service looks there.
    package let source: String
    /// Whether it is common enough that a fence keeps it from being written at all.
    let isPinned: Bool

    /// Every one of them.
    package static let all: [ProtectedPlace] = (services + hosts + hookManagers + bots).flatMap(\.self)

    static func at(
        _ patterns: String..., for service: String, _ reason: ProtectedPaths.Reason, _ source: String,
        isPinned: Bool = false
    ) -> [ProtectedPlace] {
        patterns.map {
            ProtectedPlace(pattern: $0, reason: reason, service: service, source: source, isPinned: isPinned)
        }
    }
}
