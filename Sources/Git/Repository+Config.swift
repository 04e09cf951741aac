internal import CLibGit2

extension Repository {
    /// A value of the repository's, the user's or the system's configuration.
    package func configString(_ key: String) -> String? {
        withConfig { config in
            var value: UnsafePointer<CChar>?
            return git_config_get_string(&value, config, key) == 0 ? value.map { String(cString: $0) } : nil
        }
    }

    package func configBool(_ key: String) -> Bool? {
        withConfig { config in
            var value: Int32 = 0
            return git_config_get_bool(&value, config, key) == 0 ? value != 0 : nil
        }
    }

    /// Where a remote lies, after the user's `insteadOf` rules; `nil` when there is no such remote.
    package func remoteURL(_ name: String, push: Bool = false) throws(GitError) -> String? {
        var remote: OpaquePointer?
        let code = git_remote_lookup(&remote, pointer, name)
        if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALIDSPEC.rawValue { return nil }
        try check("look up the remote '\(name)'") { code }
        defer { git_remote_free(remote) }
        let url = push ? git_remote_pushurl(remote) ?? git_remote_url(remote) : git_remote_url(remote)
        return url.map { String(cString: $0) }
    }

    /// Where a remote lies as it was written down, whatever rules of the user's make of that.
    package func writtenURL(ofRemote name: String, push: Bool = false) -> String? {
        (push ? configString("remote.\(name).pushurl") : nil) ?? configString("remote.\(name).url")
    }

    package func remoteNames() throws(GitError) -> [String] {
        var names = git_strarray()
        try check("list the remotes") { git_remote_list(&names, pointer) }
        defer { git_strarray_dispose(&names) }
        return names.texts
    }

    /// The branch that `refs/remotes/<remote>/HEAD` names, without its prefix.
    package func remoteDefaultBranch(_ remote: String) throws(GitError) -> String? {
        let prefix = "refs/remotes/\(remote)/"
        guard case .symbolic(let name)? = try reference(prefix + "HEAD")?.target, name.hasPrefix(prefix) else {
            return nil
        }
        return String(name.dropFirst(prefix.count))
    }

    /// Reads the configuration of the user and of the machine from there.
    func takeConfiguration(from places: ConfigurationPlaces) throws(GitError) {
        let config = try places.open(pointer)
        defer { git_config_free(config) }
        try check("take a configuration") { git_repository_set_config(pointer, config) }
    }

    private func withConfig<Result>(_ body: (OpaquePointer) -> Result?) -> Result? {
        var config: OpaquePointer?
        guard git_repository_config_snapshot(&config, pointer) == 0, let config else { return nil }
        defer { git_config_free(config) }
        return body(config)
    }
}

extension git_strarray {
    var texts: [String] { (0..<count).compactMap { strings[$0].map { String(cString: $0) } } }
}
