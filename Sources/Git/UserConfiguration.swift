internal import CLibGit2

/// What git's configuration of the user and of the machine says, apart from any repository.
package enum UserConfiguration {
    package static func string(_ key: String) -> String? { strings([key])[key] }

    /// Those of the settings that are there, in one reading.
    package static func strings(_ keys: [String]) -> [String: String] {
        precondition(Repository.isStarted, "libgit2 could not be initialised")
        var snapshot: OpaquePointer?
        guard let config = try? ConfigurationPlaces.current.open(nil) else { return [:] }
        defer { git_config_free(config) }
        guard git_config_snapshot(&snapshot, config) == 0 else { return [:] }
        defer { git_config_free(snapshot) }
        var found: [String: String] = [:]
        for key in keys {
            var value: UnsafePointer<CChar>?
            if git_config_get_string(&value, snapshot, key) == 0 { found[key] = value.map { String(cString: $0) } }
        }
        return found
    }
}
