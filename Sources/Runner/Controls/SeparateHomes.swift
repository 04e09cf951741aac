package import Journal

/// Control planes that serve one journal from homes that have nothing to do with one another: each has targets, switches
/// and keys that the others do not know.
package enum SeparateHomes {
    private static let hint =
        "let all of them share one home, such as a volume that each mounts as LEVIATHAN_HOME; or give each a database of its own"

    /// What one of them is told of another.
    package static func warning(_ other: ServingProcesses.Process) -> StageError {
        StageError(
            .invalid, "another control plane serves this journal from a home of its own: \(other.place)",
            causes: [
                "its home is '\(other.path)' on its machine: targets, autonomy, stop and keys are not the same in both"
            ],
            hint: hint)
    }

    /// What is found of those that serve a journal; `own` is the name of the home that asks, where it has one.
    static func finding(_ present: [ServingProcesses.Process], own: String?) -> DoctorFinding? {
        guard !present.isEmpty else { return nil }
        let homes = Set(present.map(\.home) + [own].compactMap(\.self))
        let names = present.map { "\($0.place) ('\($0.path)')" }.sorted().joined(separator: ", ")
        guard homes.count > 1 else {
            return DoctorFinding("serving", .ok, "this journal is served from this home: \(names)")
        }
        let isHere = own.map { name in present.contains { $0.home == name } } ?? true
        return DoctorFinding(
            "serving", .warning,
            isHere
                ? "control planes serve this journal from homes of their own: \(names)"
                : "this journal is served from another home than this one: \(names)", hint: hint)
    }
}
