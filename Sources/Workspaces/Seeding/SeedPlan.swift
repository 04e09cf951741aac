package import Basics
package import Git
internal import Glibc
package import Model
package import Paths

/// Files of the user's checkout that a workspace gets besides those of the tree, such as downloaded dependencies.
package struct SeedPlan: Sendable {
    private struct Seed: Sendable {
        let path: RepoPath
        /// Where it really lies, through no symlink that leaves the checkout.
        let source: String
        let isLink: Bool
    }

    /// More files than this are no seed, and more bytes are better linked.
    private static let fileLimit = 500_000
    private static let byteLimit = 4 << 30

    /// What the change must never contain.
    package let scratch: [PathPattern]
    /// What was left out, and why; one line each.
    package let notes: [String]
    private let seeds: [Seed]

    /// Looks at what the policy names: tracked, missing and outward-leading paths become notes.
    package init(
        _ seeding: WorkspaceSeeding, from checkout: String, repository: Repository, tree: ObjectID
    ) throws(WorkspaceError) {
        var seeds: [Seed] = []
        var notes: [String] = []
        let root = FileSystem.realPath(checkout) ?? checkout
        for (name, isLink) in seeding.linked.map({ ($0, true) }) + seeding.copied.map({ ($0, false) }) {
            switch try Self.seed(name, isLink, root, repository, tree) {
            case .success(let seed): seeds.append(seed)
            case .failure(let problem): notes.append("'\(name)' is not there: \(problem.reason)")
            }
        }
        (self.seeds, self.notes) = (seeds, notes)
        scratch = Self.patterns(of: seeds)
    }

    private init(_ seeds: [Seed], notes: [String]) {
        (self.seeds, self.notes) = (seeds, notes)
        scratch = Self.patterns(of: seeds)
    }

    /// The same for a tree that was made of the base: what it has of its own stays.
    package func leavingOut(trackedBy tree: ObjectID, of repository: Repository) throws(WorkspaceError) -> SeedPlan
    {
        var kept: [Seed] = []
        do throws(GitError) {
            for seed in seeds where try repository.entry(at: seed.path, in: tree) == nil { kept.append(seed) }
        } catch { throw WorkspaceError(.objects, error) }
        return SeedPlan(kept, notes: notes)
    }

    package var isEmpty: Bool { seeds.isEmpty }
    /// Where links lead: files of the user's checkout, to be read and not to be written.
    package var linkedPlaces: [String] { seeds.filter(\.isLink).map(\.source) }

    private static func patterns(of seeds: [Seed]) -> [PathPattern] {
        seeds.flatMap { seed in ["\(seed.path)", "\(seed.path)/"].compactMap { literal($0) } }
    }

    private struct Problem: Error { let reason: String }

    private static func seed(
        _ name: String, _ isLink: Bool, _ root: String, _ repository: Repository, _ tree: ObjectID
    ) throws(WorkspaceError) -> Result<Seed, Problem> {
        let trimmed = name.hasSuffix("/") ? String(name.dropLast()) : name
        guard let path = try? RepoPath(trimmed),
            !path.components.contains(where: { ProtectedPaths.isGitLookalike(String(decoding: $0, as: UTF8.self)) }
            )
        else { return .failure(Problem(reason: "it is no path of the repository")) }
        guard literal(trimmed) != nil else {
            return .failure(Problem(reason: "its name holds characters that mean something in patterns"))
        }
        do throws(GitError) {
            if try repository.entry(at: path, in: tree) != nil {
                return .failure(Problem(reason: "the base tracks it"))
            }
        } catch { throw WorkspaceError(.objects, error) }
        guard let source = FileSystem.realPath(root + "/" + trimmed) else {
            return .failure(Problem(reason: "your checkout does not have it"))
        }
        guard source.hasPrefix(root + "/"), !source.hasPrefix(root + "/.git/"), source != root + "/.git" else {
            return .failure(Problem(reason: "it leads out of your checkout"))
        }
        return .success(Seed(path: path, source: source, isLink: isLink))
    }

    /// A pattern for exactly this path; `nil` where it would mean something else.
    private static func literal(_ text: String) -> PathPattern? {
        guard !text.utf8.contains(where: { "*?[]{}".utf8.contains($0) }) else { return nil }
        return try? PathPattern(text)
    }

    /// What the files are now, links as what they lead to; `nil` when there are too many to look at.
    package func state() throws(WorkspaceError) -> [String]? {
        var lines: [String] = []
        do throws(FileError) {
            for seed in seeds {
                var state = SeedState(readsContent: !seed.isLink)
                let (parent, name) = Self.split(seed.source)
                let place = (seed.isLink ? "link " : "copy ") + seed.path.description
                guard try state.add(name, in: Directory(path: parent), at: place) else { return nil }
                lines += state.lines
            }
        } catch { throw WorkspaceError(.storage, error) }
        return lines
    }

    /// An absolute path as its directory and its name there.
    private static func split(_ path: String) -> (parent: String, name: [UInt8]) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return (slash == path.startIndex ? "/" : String(path[..<slash]), Array(path[slash...].utf8.dropFirst()))
    }

    /// Puts links and copies below a directory, a checkout's root or an upper layer's; says what was left out.
    package func apply(
        to directory: String, making directories: [RepoPath] = []
    ) throws(WorkspaceError) -> [String] {
        var notes: [String] = []
        do throws(FileError) {
            let root = try Directory(path: directory)
            for path in directories { _ = try root.makeDirectories(at: path.bytes) }
            for seed in seeds {
                let parent = try root.makeDirectories(at: seed.path.parent?.bytes ?? [])
                let name = seed.path.components.last ?? []
                if try parent.status(name) != nil {
                    notes.append("'\(seed.path)' is not seeded: the workspace has it already")
                } else if seed.isLink {
                    try parent.writeSymlink(name, to: Array(seed.source.utf8))
                } else {
                    notes += try Self.copy(seed, to: name, in: parent)
                }
            }
        } catch { throw WorkspaceError(.storage, error) }
        return notes
    }

    private static func copy(
        _ seed: Seed, to name: ArraySlice<UInt8>, in parent: Directory
    ) throws(FileError) -> [String] {
        let (holder, source) = split(seed.source)
        var copy = SeedCopy(files: fileLimit, bytes: byteLimit)
        try copy.run(source, from: Directory(path: holder), to: name, in: parent)
        var notes: [String] = []
        if copy.skipped > 0 {
            notes.append("'\(seed.path)': \(copy.skipped) special or unreadable things were not copied")
        }
        if copy.isFull { notes.append("'\(seed.path)' is copied in part only: it is too large, link it instead") }
        return notes
    }
}
