package import Basics
internal import CLibGit2

/// Objects that lie beside the repository's own.
extension Repository {
    /// A handle for reading objects of other repositories too; what is written through it lands in `directory`.
    ///
    /// This one stays as it is: libgit2 does not write what it finds anywhere, and a commit would lack objects that
    /// only lie elsewhere. Where nothing reaches the disk anyway, both are the same.
    package func reader(storingIn directory: String) throws(GitError) -> Repository {
        if keepsObjectsInMemory { return self }
        let reader = try Repository.open(gitDirectory)
        if let promisedFetch { reader.bringPromised(by: promisedFetch) }
        do throws(FileError) { try FileSystem.createDirectory(directory, permissions: 0o700) } catch {
            throw GitError(.other, "write objects to '\(directory)'", reason: error.description)
        }
        var backend: UnsafeMutablePointer<git_odb_backend>?
        try check("open the objects in '\(directory)'") {
            git_odb_backend_loose(&backend, directory, -1, 0, 0o700, 0o400)
        }
        try reader.withStore { (store) throws(GitError) in
            try check("add the objects in '\(directory)'") { git_odb_add_backend(store, backend, 1000) }
        }
        return reader
    }

    /// Finds also the objects that lie in a directory such as `.git/objects`; nothing is ever written there.
    package func readObjects(in directory: String) throws(GitError) {
        try withStore { (store) throws(GitError) in
            try check("open the objects in '\(directory)'") { git_odb_add_disk_alternate(store, directory) }
        }
    }

    package func holds(_ id: ObjectID) throws(GitError) -> Bool {
        var name = id.raw
        return try withStore { store in git_odb_exists(store, &name) == 1 }
    }

    /// Writes an object without looking for new packs first.
    ///
    /// libgit2 does that for every object that is not there, and what is written mostly is not. An object that lies in
    /// a new pack alone is written once more.
    func withoutLookingForPacks<Result>(
        _ body: () throws(GitError) -> Result
    ) throws(GitError) -> Result {
        try withStore { (store) throws(GitError) in
            var backends: [(UnsafeMutablePointer<git_odb_backend>, RefreshCall?)] = []
            for place in 0..<git_odb_num_backends(store) {
                var backend: UnsafeMutablePointer<git_odb_backend>?
                guard git_odb_get_backend(&backend, store, place) == 0, let backend else { continue }
                backends.append((backend, backend.pointee.refresh))
                backend.pointee.refresh = nil
            }
            defer { for (backend, refresh) in backends { backend.pointee.refresh = refresh } }
            return try body()
        }
    }

    private typealias RefreshCall = @convention(c) (UnsafeMutablePointer<git_odb_backend>?) -> Int32

    func withStore<Result>(_ body: (OpaquePointer?) throws(GitError) -> Result) throws(GitError) -> Result {
        var store: OpaquePointer?
        try check("open the object store") { git_repository_odb(&store, pointer) }
        defer { git_odb_free(store) }
        return try body(store)
    }
}
