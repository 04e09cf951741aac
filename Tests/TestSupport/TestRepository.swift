package import Basics
internal import Processes

/// A real repository in a private directory, driven by the real `git` program with a private configuration.
package final class TestRepository: Sendable {
    package let directory: TemporaryDirectory
    package let path: String
    /// What `git` and Leviathan see: a private home, fixed identity and dates, nothing of the user's.
    package let environment: [String: String]

    /// Makes a repository below a fresh directory.
    package init(arguments: [String] = ["--initial-branch=main"], name: String = "checkout") throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/" + name
        environment = Self.environment(home: directory.path + "/home")
        try FileSystem.createDirectory(directory.path + "/home")
        try FileSystem.createDirectory(path)
        try git("init", "--quiet", arguments: arguments)
    }

    package static func environment(home: String) -> [String: String] {
        [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "GIT_CONFIG_GLOBAL": home + "/.gitconfig",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com",
            "GIT_COMMITTER_NAME": "C O Mitter", "GIT_COMMITTER_EMAIL": "committer@example.com",
            "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "LC_ALL": "C",
        ]
    }

    /// Runs git in the repository; fails the test when git fails.
    @discardableResult
    package func git(_ words: String..., arguments: [String] = [], input: [UInt8] = []) throws -> String {
        var program = Subprocess("git", words + arguments, environment: environment)
        program.workingDirectory = path
        program.input = .bytes(input)
        let outcome = try program.run()
        guard outcome.succeeded else {
            throw GitFailure(description: "git \(words.joined(separator: " ")): \(outcome.errors.text)")
        }
        let text = outcome.output.text
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        try directory.write(path.dropFirst(directory.path.count + 1) + "/" + name, text)
    }

    /// Commits everything that stands in the checkout.
    @discardableResult
    package func commitAll(_ message: String = "Change") throws -> ObjectID {
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "--message", message)
        return try id("HEAD")
    }

    package func id(_ revision: String) throws -> ObjectID {
        ObjectID(hex: try git("rev-parse", revision)) ?? .zero
    }

    /// Makes a bare repository beside the checkout and pushes `main` there, as `origin`.
    @discardableResult
    package func addRemote() throws -> String {
        let remote = directory.path + "/remote.git"
        try git("init", "--quiet", "--bare", "--initial-branch=main", remote)
        try git("remote", "add", "origin", remote)
        try git("push", "--quiet", "--set-upstream", "origin", "main")
        try git("remote", "set-head", "origin", "main")
        return remote
    }
}

/// A git command of a test's own that failed.
package struct GitFailure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
