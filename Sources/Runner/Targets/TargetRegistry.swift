package import Basics
internal import Contracts
package import Model

/// The targets that this machine knows: one file each below `targets` in Leviathan's home.
package struct TargetRegistry {
    private static let sizeLimit = 1 << 20
    /// A directory with more files is no registry of anybody's.
    private static let countLimit = 100_000

    private let context: Context

    package init(_ context: Context) { self.context = context }

    private var directory: String { context.home + "/targets" }

    /// Where the clone of a target that has no checkout is kept.
    package func directory(of target: TargetRegistration) -> String {
        target.checkout ?? target.cacheDirectory ?? context.home + "/clones/" + target.name
    }

    /// Every target, by name; one whose file cannot be read is told of by its error, and the others go on.
    package func all() throws(StageError) -> [Result<TargetRegistration, StageError>] {
        let names: [String]
        do throws(FileError) {
            guard FileSystem.isDirectory(directory) else { return [] }
            names = try FileSystem.list(directory).filter { $0.hasSuffix(".yaml") }
        } catch { throw StageError(.invalid, error) }
        guard names.count <= Self.countLimit else {
            throw StageError(.invalid, "there are more than \(Self.countLimit) files in '\(directory)'")
        }
        return names.map { name in
            do throws(StageError) { return .success(try read(directory + "/" + name)) } catch {
                return .failure(error)
            }
        }
    }

    /// The targets that can be read.
    package func readable() throws(StageError) -> [TargetRegistration] {
        try all().compactMap { entry in
            switch entry {
            case .success(let target): return target
            case .failure(let error):
                context.observer.warning(error)
                return nil
            }
        }
    }

    package func target(named name: String) throws(StageError) -> TargetRegistration {
        let path = directory + "/" + name + ".yaml"
        if Self.isName(name), FileSystem.exists(path) { return try read(path) }
        let known = try readable().map(\.name)
        throw StageError(
            .invalid, "there is no target '\(name)'",
            hint: Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
                ?? "'leviathan target list' shows those there are")
    }

    package func add(_ target: TargetRegistration) throws(StageError) {
        guard Self.isName(target.name) else {
            throw StageError(
                .invalid, "'\(target.name)' is no name for a target",
                hint: "use letters, digits, dots, dashes and underscores: --name NAME")
        }
        for other in try readable() {
            if other.name == target.name, other.repositoryURL == target.repositoryURL {
                throw StageError(
                    .invalid, "the target '\(other.name)' is registered already",
                    hint: "there is nothing to add: leviathan target show \(other.name)")
            }
            if other.name.lowercased() == target.name.lowercased() {
                throw StageError(
                    .invalid, "there is a target '\(other.name)' already (\(other.repositoryURL))",
                    hint: "give another name with --name, or remove it: leviathan target remove \(other.name)")
            }
            if other.repositoryURL == target.repositoryURL {
                throw StageError(
                    .invalid, "'\(target.repositoryURL)' is registered already, as '\(other.name)'",
                    hint: "one repository is one target: its limits would count twice otherwise")
            }
        }
        try write(target)
    }

    package func write(_ target: TargetRegistration) throws(StageError) {
        do throws(FileError) {
            try FileSystem.createDirectory(directory, permissions: 0o700)
            try FileSystem.write(
                Array(Self.text(of: target).utf8), to: directory + "/" + target.name + ".yaml", permissions: 0o600)
        } catch { throw StageError(.unexpected, error) }
    }

    package func remove(_ target: TargetRegistration) throws(StageError) {
        do throws(FileError) { try FileSystem.removeTree(directory + "/" + target.name + ".yaml") } catch {
            throw StageError(.unexpected, error)
        }
    }

    /// Names are those of files, and stand in commands.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100 && !name.hasPrefix(".") && !name.hasPrefix("-")
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "._-".utf8.contains(byte)
            }
    }

    private func read(_ path: String) throws(StageError) -> TargetRegistration {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path, limit: Self.sizeLimit) } catch {
            throw StageError(.invalid, error)
        }
        return try TargetFileLoader.load(bytes, file: path)
            .valid("the target's file is invalid", hint: "mend '\(path)', or remove it")
    }

    private static func text(of target: TargetRegistration) -> String {
        let members: [(String, String?)] = [
            ("name", target.name), ("repo_url", target.repositoryURL), ("default_branch", target.defaultBranch),
            ("checkout", target.checkout), ("local_cache_dir", target.cacheDirectory), ("group", target.group),
            ("contract_path", target.contractPath), ("backlog_path", target.backlogPath),
            ("policy_path", target.policyPath), ("webhook_secret_variable", target.webhookSecretVariable),
        ]
        let lines = members.compactMap { name, value in value.map { "\(name): \(JSON.string($0).text())" } }
        return (lines + ["enabled: \(target.enabled)"]).joined(separator: "\n") + "\n"
    }
}
