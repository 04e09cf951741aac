internal import Basics
internal import Git
internal import Workspaces

/// What programs see of the repository that they work on: history, references, and who commits.
struct GitMetadata {
    /// The directory that all worktrees share.
    let directory: String
    private let name: String?
    private let email: String?

    private static let chainLimit = 8

    init(_ repository: Repository) {
        directory = FileSystem.realPath(repository.commonDirectory) ?? repository.commonDirectory
        name = repository.configString("user.name")
        email = repository.configString("user.email")
    }

    /// What can be read: nothing that names a remote, a credential, a hook or another worktree.
    var readable: [String] {
        RepositoryParts.shared.map { directory + "/" + $0 } + alternates(of: directory + "/objects", depth: 0)
    }

    /// Directories of objects that the repository borrows.
    private func alternates(of objects: String, depth: Int) -> [String] {
        guard depth < Self.chainLimit,
            let bytes = try? FileSystem.read(objects + "/info/alternates", limit: 1 << 16)
        else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return lines.flatMap { line in
            let path = line.hasPrefix("/") ? String(line) : objects + "/" + line
            return [path] + alternates(of: path, depth: depth + 1)
        }
    }

    /// The whole configuration that git has of a person inside.
    var configuration: String {
        var lines = ["[user]"]
        for (key, value) in [("name", name), ("email", email)] {
            if let value { lines.append("\t\(key) = \(Self.quoted(value))") }
        }
        return (lines + ["[safe]", "\tdirectory = *", ""]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            switch character {
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "\n": quoted += "\\n"
            case let other: quoted.append(other)
            }
        }
        return quoted + "\""
    }
}
