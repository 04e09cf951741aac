internal import CLibGit2
internal import Glibc

/// Which files git takes the configuration of the machine and of the user from: its variables can name others, of which
/// libgit2 knows nothing.
struct ConfigurationPlaces: Hashable, Sendable {
    /// Where a kind of file is looked for.
    enum Place: Hashable, Sendable {
        case usual
        case none
        case file(String)
    }

    let system: Place
    let user: Place

    /// What the variables of this process say, which libgit2 takes the home from as well.
    static let current = ConfigurationPlaces { name in getenv(name).map { String(cString: $0) } }

    init(variable: (String) -> String?) {
        let skipsSystem = variable("GIT_CONFIG_NOSYSTEM").map(Self.isTrue) ?? false
        system = skipsSystem ? .none : variable("GIT_CONFIG_SYSTEM").map(Place.file) ?? .usual
        user = variable("GIT_CONFIG_GLOBAL").map(Place.file) ?? .usual
    }

    private static func isTrue(_ text: String) -> Bool {
        ["true", "yes", "on"].contains(text.lowercased()) || Int(text).map { $0 != 0 } ?? false
    }

    var areUsual: Bool { system == .usual && user == .usual }

    /// The files as git reads them, a repository's own last.
    func open(_ repository: OpaquePointer?) throws(GitError) -> OpaquePointer {
        var config: OpaquePointer?
        try check("make a configuration") { git_config_new(&config) }
        guard let config else { preconditionFailure("libgit2 made no configuration and no error") }
        var files = [(system.path(git_config_find_system), GIT_CONFIG_LEVEL_SYSTEM)]
        if user == .usual { files.append((user.path(git_config_find_xdg), GIT_CONFIG_LEVEL_XDG)) }
        files.append((user.path(git_config_find_global), GIT_CONFIG_LEVEL_GLOBAL))
        if let repository, let common = git_repository_commondir(repository) {
            files.append((String(cString: common) + "config", GIT_CONFIG_LEVEL_LOCAL))
        }
        for case (let path?, let level) in files {
            let code = git_config_add_file_ondisk(config, path, level, repository, 1)
            // as git has it, what is not there says nothing
            if code == 0 || code == GIT_ENOTFOUND.rawValue { continue }
            let error = GitError.last(code, "read the configuration '\(path)'")
            git_config_free(config)
            throw error
        }
        return config
    }
}

extension ConfigurationPlaces.Place {
    /// `nil` where there is none; `find` knows the usual one.
    fileprivate func path(_ find: (UnsafeMutablePointer<git_buf>?) -> Int32) -> String? {
        switch self {
        case .none: return nil
        case .file(let path): return path
        case .usual:
            var found = git_buf()
            defer { git_buf_dispose(&found) }
            return find(&found) == 0 ? found.ptr.map { String(cString: $0) } : nil
        }
    }
}
