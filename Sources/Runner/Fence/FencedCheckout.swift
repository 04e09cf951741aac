internal import Basics
internal import Git
internal import Model
internal import Paths
internal import Secrets

/// The checkout that a program of the user's own works in, and what lies in it that is not for programs.
struct FencedCheckout {
    /// The whole of it; the directory alone where it belongs to no repository.
    let root: String
    /// `nil` outside of repositories, and where one cannot be opened.
    let git: GitMetadata?
    /// What is never written.
    let metadata: [String]
    private let repository: Repository?

    private static let directoryLimit = 20_000
    private static let names: Set<String> = [
        ".env", ".envrc", ".netrc", ".git-credentials", ".pypirc", ".npmrc", ".pgpass",
    ]
    /// What tools fill by themselves.
    private static let generated: Set<String> = [
        ".git", "node_modules", ".venv", "venv", ".tox", "target", "build", ".build", "dist", "__pycache__",
    ]
    /// Ends of names that only look like those of a file with secrets.
    private static let examples = [".example", ".sample", ".template", ".dist", ".defaults"]

    init(around directory: String) throws(StageError) {
        do throws(GitError) {
            let repository = try Repository.discover(from: directory)
            root = repository.workingDirectory.flatMap(FileSystem.realPath) ?? directory
            (git, self.repository) = (GitMetadata(repository), repository)
            metadata = [repository.gitDirectory, root + "/.git"].compactMap(FileSystem.realPath)
        } catch {
            // One that cannot be opened has metadata to keep all the same.
            guard error.kind == .notARepository else { throw StageError(.executor, error) }
            (root, git, repository, metadata) = (directory, nil, nil, [])
        }
    }

    /// What of the repository lies outside the checkout, and can be read.
    var readable: [String] { git?.readable ?? [] }

    /// Configurations of git, and files with secrets that are no part of the repository.
    ///
    /// `keepsConfiguration`: where git could not work without its own, that stays as long as it holds nothing secret.
    func secrets(keepsConfiguration: Bool) throws(StageError) -> [String] {
        let configurations = metadata.isEmpty ? [] : try configurations()
        return configurations.filter { !keepsConfiguration || Self.mayHoldSecrets($0) } + environments()
    }

    private func configurations() throws(StageError) -> [String] {
        guard let repository else { return [] }
        let directories = Set(
            [repository.gitDirectory, repository.commonDirectory].compactMap(FileSystem.realPath)
        ).sorted()
        var all = directories
        for directory in directories {
            all += try Self.names(in: directory + "/worktrees").map { directory + "/worktrees/" + $0 }
            all += try Self.modules(of: directory, depth: 0)
        }
        let own = all.flatMap { [$0 + "/config", $0 + "/config.worktree"] }.filter(FileSystem.exists)
        return own + own.flatMap(GitIncludes.paths)
    }

    /// The git directories of submodules, whose names may have slashes.
    private static func modules(
        of directory: String, depth: Int, below part: String = "/modules"
    ) throws(StageError) -> [String] {
        guard depth < 8 else { return [] }
        var found: [String] = []
        for name in try names(in: directory + part) {
            let path = directory + part + "/" + name
            guard FileSystem.isDirectory(path) else { continue }
            guard FileSystem.exists(path + "/HEAD") else {
                found += try modules(of: path, depth: depth + 1, below: "")
                continue
            }
            found += [path] + (try modules(of: path, depth: depth + 1))
        }
        return found
    }

    /// The names in a directory, where there is one: what cannot be listed cannot be hidden either.
    private static func names(in directory: String) throws(StageError) -> [String] {
        guard FileSystem.isDirectory(directory) else { return [] }
        do throws(FileError) { return try FileSystem.list(directory) } catch { throw StageError(.executor, error) }
    }

    private static func mayHoldSecrets(_ path: String) -> Bool {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path, limit: 1 << 20) } catch {
            // What Leviathan cannot look at, no program may either.
            return !error.isNotFound
        }
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return ["extraheader", "password", "token", "include"].contains { text.contains($0) }
            || URLRedaction.redact(text) != text
    }

    /// Files such as `.env`; those that the last commit holds are no secret.
    private func environments() -> [String] {
        var directories = [root]
        var committed: Set<String> = []
        if let repository, let head = try? repository.commitID("HEAD"),
            let tree = try? repository.commit(head).tree
        {
            try? repository.walk(tree: tree, under: nil) { path, entry in
                let whole = root + "/" + path.description
                if entry.isDirectory { directories.append(whole) }
                committed.insert(whole)
                return directories.count < Self.directoryLimit ? .descend : .stop
            }
        }
        var found: [String] = []
        var index = 0
        while index < directories.count {
            let directory = directories[index]
            index += 1
            for name in (try? FileSystem.list(directory)) ?? [] {
                let path = directory + "/" + name
                if committed.contains(path) { continue }
                if Self.isNamedLikeSecrets(name) {
                    found.append(path)
                } else if repository != nil, directories.count < Self.directoryLimit,
                    !Self.generated.contains(name),
                    (try? FileSystem.status(path))?.kind == .directory
                {
                    // One that nobody has committed, or that is ignored.
                    directories.append(path)
                }
            }
        }
        return found
    }

    private static func isNamedLikeSecrets(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains(name) || name.hasPrefix(".env.") && !examples.contains { name.hasSuffix($0) }
    }
}

/// Files that a configuration of git includes.
enum GitIncludes {
    /// Whether the condition of an include holds is not asked.
    static func paths(of configuration: String) -> [String] {
        guard let bytes = try? FileSystem.read(configuration, limit: 1 << 20) else { return [] }
        let directory = configuration.lastIndex(of: "/").map { String(configuration[..<$0]) } ?? ""
        var (isIncluding, paths): (Bool, [String]) = (false, [])
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let text = String(line).trimmed
            if text.hasPrefix("[") { isIncluding = text.lowercased().hasPrefix("[include") }
            guard isIncluding, text.lowercased().hasPrefix("path"), let equals = text.firstIndex(of: "=") else {
                continue
            }
            let value = String(text[text.index(after: equals)...]).trimmed.filter { $0 != "\"" }
            paths.append(value.hasPrefix("/") ? value : directory + "/" + value)
        }
        return paths.compactMap(FileSystem.realPath)
    }
}
