internal import Basics
internal import CLibGit2
internal import Synchronization

/// A git repository on disk; one handle serves one job.
package final class Repository {
    let pointer: OpaquePointer
    /// Whether nothing that is written reaches the disk.
    private(set) var keepsObjectsInMemory = false
    let promised = Mutex(PromisedState())

    static let isStarted: Bool = git_libgit2_init() > 0 && shim_accept_extensions() == 0

    /// Finds the repository that a directory belongs to, not looking above a ceiling or across file systems.
    package static func discover(from path: String, ceiling: [String] = []) throws(GitError) -> Repository {
        precondition(isStarted, "libgit2 could not be initialised")
        var found = git_buf()
        defer { git_buf_dispose(&found) }
        let code = git_repository_discover(&found, path, 0, ceiling.isEmpty ? nil : ceiling.joined(separator: ":"))
        guard code == 0 else {
            let error = GitError.last(code, "find a git repository in '\(path)'")
            throw error.kind == .notFound
                ? GitError(.notARepository, error.operation, reason: "neither it nor a directory above is one")
                : error
        }
        return try open(String(cString: found.ptr))
    }

    /// Opens the repository whose root or git directory this is, without its index.
    package static func open(_ path: String) throws(GitError) -> Repository {
        let repository = try openWithIndex(path)
        try repository.leaveIndexAlone()
        return repository
    }

    /// Puts an empty index in the place of the user's: libgit2 would read all of it to ask for attributes, which
    /// in a large repository costs more than everything else, and what it says is not part of any commit.
    private func leaveIndexAlone() throws(GitError) {
        var index: OpaquePointer?
        try check("make an empty index") { git_index_new(&index) }
        defer { git_index_free(index) }
        try check("set an empty index") { git_repository_set_index(pointer, index) }
    }

    /// Opens a repository with its own index, for checking files out.
    static func openWithIndex(_ path: String) throws(GitError) -> Repository {
        precondition(isStarted, "libgit2 could not be initialised")
        var raw: OpaquePointer?
        let code = git_repository_open_ext(&raw, path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
        guard code == 0, let raw else {
            let error = GitError.last(code, "open the repository '\(path)'")
            if let unsupported = RepositoryFormat.unsupportedExtension(at: path) {
                throw GitError(
                    .unsupportedExtension(unsupported), error.operation,
                    reason: "it uses the extension '\(unsupported)', which libgit2 \(LIBGIT2_VERSION) cannot read")
            }
            throw error.kind == .notFound
                ? GitError(.notARepository, error.operation, reason: "it is not a git repository") : error
        }
        let repository = Repository(raw)
        if !ConfigurationPlaces.current.areUsual { try repository.takeConfiguration(from: .current) }
        return repository
    }

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { git_repository_free(pointer) }

    /// The repository's own git directory; for a worktree the one below `worktrees/`.
    package var gitDirectory: String { Self.directory(git_repository_path(pointer)) ?? "" }

    /// The git directory that all worktrees share.
    package var commonDirectory: String { Self.directory(git_repository_commondir(pointer)) ?? "" }

    /// The root of the checkout; `nil` for a bare repository.
    package var workingDirectory: String? { Self.directory(git_repository_workdir(pointer)) }

    package var isBare: Bool { git_repository_is_bare(pointer) == 1 }
    package var isShallow: Bool { git_repository_is_shallow(pointer) == 1 }
    package var isHeadDetached: Bool { git_repository_head_detached(pointer) == 1 }

    /// Whether there is no reference at all, and so no commit to stand on.
    package var isEmpty: Bool {
        var iterator: OpaquePointer?
        guard git_reference_iterator_new(&iterator, pointer) == 0 else { return false }
        defer { git_reference_iterator_free(iterator) }
        var name: UnsafePointer<CChar>?
        return git_reference_next_name(&name, iterator) == GIT_ITEROVER.rawValue
    }

    /// Keeps every object written from now on in memory: nothing of it reaches the disk.
    package func keepNewObjectsInMemory() throws(GitError) {
        var backend: UnsafeMutablePointer<git_odb_backend>?
        try check("make room for objects in memory") { git_mempack_new(&backend) }
        try withStore { (store) throws(GitError) in
            try check("add the store in memory") { git_odb_add_backend(store, backend, 1000) }
        }
        keepsObjectsInMemory = true
    }

    private static func directory(_ raw: UnsafePointer<CChar>?) -> String? {
        raw.map { path in
            let text = String(cString: path)
            return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }
}

/// Says why libgit2 would not open a repository.
enum RepositoryFormat {
    private static let readable: Set<String> = ["noop", "preciousobjects", "worktreeconfig", "partialclone"]

    /// The first extension that is not understood, as `name=value`.
    static func unsupportedExtension(at path: String) -> String? {
        for candidate in [path + "/.git/config", path + "/config"] where FileSystem.exists(candidate) {
            var config: OpaquePointer?
            guard git_config_open_ondisk(&config, candidate) == 0 else { continue }
            defer { git_config_free(config) }
            if let found = firstUnreadable(in: config) { return found }
            var version: Int32 = 0
            if git_config_get_int32(&version, config, "core.repositoryformatversion") == 0, version > 1 {
                return "repositoryformatversion=\(version)"
            }
        }
        return nil
    }

    private static func firstUnreadable(in config: OpaquePointer?) -> String? {
        var iterator: OpaquePointer?
        guard git_config_iterator_glob_new(&iterator, config, "^extensions\\.") == 0 else { return nil }
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let found = entry?.pointee {
            let name = String(cString: found.name).dropFirst("extensions.".count)
            if !readable.contains(name.lowercased()) {
                return "\(name)=\(String(cString: found.value).prefix(50))"
            }
        }
        return nil
    }
}
