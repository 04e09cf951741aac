/// What stands behind the numbers of a version and says which build of it is meant, such as `-jre` or `.Final`.
enum VersionSuffix {
    private static let builds = [
        "-jre", "-android", ".Final", "-GA", ".GA", ".RELEASE", "-RELEASE", "-release", "-incubating",
    ]

    /// The version with the suffix that the one before had, unless it says one of its own.
    static func kept(_ version: String, like old: String) -> String {
        guard version.first?.isNumber == true, version.allSatisfy({ $0.isNumber || $0 == "." }),
            let suffix = suffix(of: old)
        else { return version }
        return version + suffix
    }

    /// The version without it: it makes none older or newer.
    static func plain(_ version: String) -> String {
        suffix(of: version).map { String(version.dropLast($0.count)) } ?? version
    }

    private static func suffix(of version: String) -> String? {
        builds.first { suffix in
            guard version.hasSuffix(suffix) else { return false }
            let rest = version.dropLast(suffix.count)
            return rest.first?.isNumber == true && rest.allSatisfy { $0.isNumber || $0 == "." }
        }
    }
}
