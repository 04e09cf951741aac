package import Basics
internal import Git
package import Model

/// The clone that is kept of a target without a checkout; its files are never checked out.
package struct TargetClone {
    private let registration: TargetRegistration
    private let directory: String
    private let context: Context

    package init(_ registration: TargetRegistration, _ context: Context) {
        (self.registration, self.context) = (registration, context)
        directory = TargetRegistry(context).directory(of: registration)
    }

    /// Where the target is read from; cloned first where it is not there yet.
    package func ready() throws(StageError) -> String {
        if let existing { return existing }
        let lock: FileLock?
        do throws(FileError) {
            try FileSystem.createDirectory(parent, permissions: 0o700)
            lock = try FileLock.wait(for: directory + ".lock", cancellation: context.cancellation)
        } catch { throw StageError(.unexpected, error) }
        guard let lock else { throw StageError(.interrupted, "interrupted") }
        defer { lock.release(removing: true) }
        // Another process may have been faster.
        if !FileSystem.isDirectory(directory + "/.git") { try clone() }
        return directory
    }

    /// Where the clone is; `nil` where there is none yet.
    var existing: String? {
        registration.checkout != nil || FileSystem.isDirectory(directory + "/.git") ? directory : nil
    }

    /// Removes the clone; a checkout is a person's, and stays.
    package func remove() throws(StageError) {
        guard registration.checkout == nil else { return }
        do throws(FileError) { try FileSystem.removeTree(directory) } catch {
            throw StageError(.unexpected, error)
        }
    }

    private var parent: String { directory.lastIndex(of: "/").map { String(directory[..<$0]) } ?? "." }

    /// Files stay at the remote until somebody reads them, where the server can do that; another gives all of them.
    ///
    /// A repository on this machine is asked too: copying its files would fail on those that a push is writing.
    private static let words = [
        "clone", "--quiet", "--no-local", "--no-checkout", "--no-tags", "--origin", "origin", "--filter=blob:none",
        "--config", MissingFiles.setting + "=true",
    ]

    /// A clone that was not finished never stands where a finished one is looked for.
    private func clone() throws(StageError) {
        do {
            let partial = try FileSystem.createTemporaryDirectory(in: parent, prefix: ".clone-")
            do {
                let mirror = TargetMirror(url: registration.repositoryURL, context)?.updated()
                let reference = mirror.map { ["--reference", $0] } ?? []
                let branch = registration.defaultBranch.map { ["--branch", $0] } ?? []
                _ = try GitCommand(environment: context.environment, timeout: .seconds(3600)).run(
                    Self.words + branch + reference + ["--", registration.repositoryURL, partial],
                    in: nil, as: "clone '\(registration.repositoryURL)'", cancellation: context.cancellation)
                try FileSystem.removeTree(directory)
                try FileSystem.replace(directory, by: partial)
            } catch {
                try FileSystem.removeTree(partial)
                throw error
            }
        } catch let error as GitCommandError {
            throw StageError(context.cancellation.isCancelled ? .interrupted : .delivery, error)
        } catch let error as FileError {
            throw StageError(.unexpected, error)
        } catch { throw StageError(.unexpected, "\(error)") }
    }
}
