package import Basics
internal import CLibGit2
package import Paths

/// What `.gitattributes` say of one attribute of a path.
package enum AttributeValue: Hashable, Sendable {
    case unspecified
    case set
    case unset
    case value(String)
}

extension Repository {
    /// The attributes of a path; with a commit, by its `.gitattributes` and not those of a working directory.
    package func attributes(
        _ names: [String], for path: RepoPath, at commit: ObjectID? = nil
    ) throws(GitError) -> [String: AttributeValue] {
        var options = git_attr_options()
        options.version = UInt32(GIT_ATTR_OPTIONS_VERSION)
        if let commit {
            options.flags = UInt32(GIT_ATTR_CHECK_INDEX_ONLY | GIT_ATTR_CHECK_INCLUDE_COMMIT)
            options.attr_commit_id = commit.raw
        }
        var found: [String: AttributeValue] = [:]
        for name in names {
            var value: UnsafePointer<CChar>?
            let code = path.withCString { git_attr_get_ext(&value, pointer, &options, $0, name) }
            try check("read the attributes of '\(path)'") { code }
            found[name] = Self.attribute(value)
        }
        return found
    }

    package func isIgnored(_ path: RepoPath) throws(GitError) -> Bool {
        var ignored: Int32 = 0
        let code = path.withCString { git_ignore_path_is_ignored(&ignored, pointer, $0) }
        try check("ask whether '\(path)' is ignored") { code }
        return ignored != 0
    }

    private static func attribute(_ raw: UnsafePointer<CChar>?) -> AttributeValue {
        switch git_attr_value(raw) {
        case GIT_ATTR_VALUE_TRUE: .set
        case GIT_ATTR_VALUE_FALSE: .unset
        case GIT_ATTR_VALUE_STRING: .value(raw.map { String(cString: $0) } ?? "")
        default: .unspecified
        }
    }
}
