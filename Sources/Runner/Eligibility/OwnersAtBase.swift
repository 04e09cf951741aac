internal import Basics
internal import Forges
internal import Git
internal import Model
internal import Paths

/// Who owns which files at a base: read when a limit asks for it, and only once.
package final class OwnersAtBase {
    private let read: () throws(StageError) -> CodeOwners?
    private var known: CodeOwners??
    private var owners: [String: Set<String>] = [:]

    init(_ read: @escaping () throws(StageError) -> CodeOwners?) { self.read = read }

    /// Nobody owns anything.
    package static var none: OwnersAtBase { OwnersAtBase { () throws(StageError) in nil } }

    init(_ repository: Repository, _ base: Base, _ forge: KnownForge?) {
        let kind = forge?.kind ?? .plain
        read = { () throws(StageError) in
            do throws(GitError) { return try BaseFiles(repository, base.tree).codeOwners(kind) } catch {
                throw StageError(.unexpected, error)
            }
        }
    }

    /// Everybody who may own a file that the task may touch.
    func owners(of task: BacklogTask) throws(StageError) -> Set<String> {
        if known == nil { known = .some(try read()) }
        guard let file = known ?? nil else { return [] }
        if let found = owners[task.id] { return found }
        let found = task.allowedPaths.reduce(into: Set<String>()) { names, pattern in
            names.formUnion(file.owners(within: pattern).map(\.name))
        }
        owners[task.id] = found
        return found
    }
}
