import Basics
import Git
import Workspaces

/// Times what happens to workspaces, in milliseconds a round, one a line.
struct WorkspaceMeasurement {
    private let path: String
    private let home: String
    private let commits: [ObjectID]

    /// `commits`: hex, separated by commas.
    init(repository path: String, pool home: String, commits: String) {
        (self.path, self.home) = (path, home)
        self.commits = commits.split(separator: ",").compactMap { ObjectID(hex: $0) }
    }

    private func pool() throws -> (SlotPool, Repository) {
        let repository = try Repository.open(path)
        return (SlotPool(repository, directory: home, limit: 2, clock: .system, identifiers: .system), repository)
    }

    /// Claims the commits in turn, each time with a repository that was just opened, as a command does.
    func claim(_ rounds: Int) throws {
        for round in 0..<rounds {
            let commit = commits[round % commits.count]
            try time {
                let (pool, repository) = try pool()
                let tree = try repository.commit(commit).tree
                _ = try pool.claim(tree, at: commit, cancellation: Cancellation()).path
            }
        }
    }

    func share(_ rounds: Int) throws {
        for _ in 0..<rounds {
            let (pool, repository) = try pool()
            let tree = try repository.commit(commits[0]).tree
            try time { _ = try pool.share(tree, at: commits[0], cancellation: Cancellation()).path }
        }
    }

    /// Changes ten files, and collects them again and again.
    func collect(_ rounds: Int, files: [String]) throws {
        let (pool, repository) = try pool()
        let tree = try repository.commit(commits[0]).tree
        let checkout = try pool.claim(tree, at: commits[0], cancellation: Cancellation())
        for file in files { try FileSystem.write(Array("changed\n".utf8), to: checkout.path + "/" + file) }
        let scan = ChangeScan(repository, base: tree)
        for _ in 0..<rounds {
            var found = 0
            try time { found = try scan.changes(in: checkout).edits.count }
            precondition(found == files.count)
        }
    }

    func collectLayer(_ rounds: Int, directory: String, files: Int) throws {
        let repository = try Repository.open(path)
        let tree = try repository.commit(commits[0]).tree
        for _ in 0..<rounds {
            var found = 0
            try time {
                found = try ChangeScan(repository, base: tree).changes(inUpperLayer: directory).edits.count
            }
            precondition(found == files)
        }
    }

    private func time(_ body: () throws -> Void) throws {
        let duration = try ContinuousClock().measure(body)
        print(duration / .milliseconds(1))
    }
}
