package import Basics
internal import Git
internal import Processes

/// Where git looks for the hooks of a repository, and whose files lie there.
package struct HookPlace: Sendable {
    package enum Kind: String, Sendable {
        case own = "the repository's hooks"
        case configured = "core.hooksPath"
        case husky
        case global = "the user's global hooks"
    }

    package let kind: Kind
    package let directory: String
    /// Where git is started for the proof.
    let repository: String

    /// Where hooks of the repository that a directory belongs to are; bare ones and worktrees too.
    package static func of(_ directory: String, _ context: Context) throws(StageError) -> HookPlace {
        let repository: Repository
        do throws(GitError) { repository = try Repository.discover(from: directory) } catch {
            throw error.kind == .notARepository
                ? TargetCheckout.notInside(directory) : StageError(.invalid, error)
        }
        let root = repository.workingDirectory ?? repository.gitDirectory
        guard let path = repository.configString("core.hooksPath"), !path.isEmpty else {
            return HookPlace(kind: .own, directory: repository.commonDirectory + "/hooks", repository: root)
        }
        let home = context.environment["HOME"] ?? ""
        let full = path.hasPrefix("~/") ? home + path.dropFirst() : path.hasPrefix("/") ? path : root + "/" + path
        let parts = full.split(separator: "/")
        if parts.last == "_", parts.dropLast().last == ".husky" {
            return HookPlace(kind: .husky, directory: String(full.dropLast(2)), repository: root)
        }
        if parts.last == ".husky" { return HookPlace(kind: .husky, directory: full, repository: root) }
        return HookPlace(kind: .configured, directory: full, repository: root)
    }

    /// The directory that git takes hooks of every repository from; set where the user has none.
    package static func global(_ context: Context) throws(StageError) -> HookPlace {
        let git = GitCommand(context)
        let named: String
        do throws(GitCommandError) {
            named = try git.run(
                ["config", "--global", "--type=path", "--default", "", "--get", "core.hooksPath"], in: nil,
                as: "read the user's core.hooksPath")
        } catch { throw StageError(.invalid, error) }
        let path = named.trimmed
        return HookPlace(kind: .global, directory: path.isEmpty ? context.home + "/hooks" : path, repository: "")
    }

    /// Lets git look into our directory for hooks, where it looked nowhere in particular before; and the reverse.
    func point(_ context: Context, isInstalled: Bool) throws(StageError) {
        guard kind == .global, directory == context.home + "/hooks" else { return }
        let words =
            isInstalled ? ["--replace-all", "core.hooksPath", directory] : ["--unset-all", "core.hooksPath"]
        do throws(GitCommandError) {
            _ = try GitCommand(context).run(
                ["config", "--global"] + words, in: nil, as: "set the user's core.hooksPath")
        } catch { throw StageError(.invalid, error) }
    }
}
