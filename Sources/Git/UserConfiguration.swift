internal import CLibGit2

/// What git's configuration of the user and of the machine says, apart from any repository.
package enum UserConfiguration {
    package static func string(_ key: String) -> String? {
        precondition(Repository.isStarted, "libgit2 could not be initialised")
        var (config, snapshot) = (OpaquePointer?.none, OpaquePointer?.none)
        guard git_config_open_default(&config) == 0 else { return nil }
        defer { git_config_free(config) }
        guard git_config_snapshot(&snapshot, config) == 0 else { return nil }
        defer { git_config_free(snapshot) }
        var value: UnsafePointer<CChar>?
        return git_config_get_string(&value, snapshot, key) == 0 ? value.map { String(cString: $0) } : nil
    }
}
