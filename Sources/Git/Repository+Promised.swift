internal import Basics

/// Objects that a partial clone (`git clone --filter`) has left at its remote; git fetches them when it looks, libgit2 cannot.
extension Repository {
    /// Runs one call that reads an object, and says of a missing one where it is.
    func checkObject(_ operation: @autoclosure () -> String, _ call: () -> Int32) throws(GitError) {
        do throws(GitError) { try check(operation(), call) } catch {
            guard error.kind == .notFound, let remote = try promisingRemote() else { throw error }
            throw GitError(
                .promised(remote), error.operation,
                reason: "this clone is partial, and has left the object at '\(remote)'", code: error.code)
        }
    }

    /// The remote that a partial clone relies on; `nil` in any other repository.
    private func promisingRemote() throws(GitError) -> String? {
        if let remote = configString("extensions.partialclone") { return remote }
        return try remoteNames().first { configBool("remote.\($0).promisor") == true }
    }
}
