internal import Basics
internal import Forges
internal import Git
internal import Model

/// Files of a base whose names people write in any case.
struct BaseFiles {
    private static let longestOwners = 3 << 20
    private let repository: Repository
    private let tree: ObjectID

    init(_ repository: Repository, _ tree: ObjectID) { (self.repository, self.tree) = (repository, tree) }

    /// Who owns which files there, in the way of the forge; `nil` where nobody says.
    func codeOwners(_ kind: ForgeKind) throws(GitError) -> CodeOwners? {
        let dialect = CodeOwners.Dialect(kind) ?? .github
        for place in dialect.places {
            guard let entry = try entry(place) else { continue }
            return CodeOwners(try repository.blob(entry.id, limit: Self.longestOwners), dialect)
        }
        return nil
    }

    /// A file of the base, its last name in any case.
    func entry(_ place: String) throws(GitError) -> TreeEntry? {
        var parts = place.split(separator: "/").map { Array($0.utf8) }
        guard let name = parts.popLast() else { return nil }
        var tree = tree
        for part in parts {
            let found = try repository.entries(of: tree).first { $0.name == part && $0.isDirectory }
            guard let found else { return nil }
            tree = found.id
        }
        let files = try repository.entries(of: tree).filter { $0.kind == .regular || $0.kind == .executable }
        let wanted = String(decoding: name, as: UTF8.self).lowercased()
        return files.first { $0.name == name }
            ?? files.first { String(decoding: $0.name, as: UTF8.self).lowercased() == wanted }
    }
}
