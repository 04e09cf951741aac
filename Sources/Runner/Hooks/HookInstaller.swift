package import Basics
internal import Git
internal import Glibc

/// Puts hooks where git looks for them, in front of what is there, and takes them away again without a trace.
package struct HookInstaller {
    /// What became of one hook.
    package struct Result: Sendable {
        package let hook: HookName
        package let path: String
        package let text: String
    }

    package let place: HookPlace
    private let program: String
    private let hooks: [HookName]

    /// `program`: the path that the hooks call.
    package init(_ place: HookPlace, _ hooks: [HookName], program: String) {
        (self.place, self.hooks, self.program) = (place, hooks, program)
    }

    private func path(_ hook: HookName) -> String { place.directory + "/" + hook.rawValue }

    // MARK: Installing

    package func install(_ context: Context) throws(StageError) -> [Result] {
        let results = try install()
        try place.point(context, isInstalled: true)
        return results
    }

    private func install() throws(StageError) -> [Result] {
        let isNew = !FileSystem.isDirectory(place.directory)
        var results: [Result] = []
        do throws(FileError) {
            try FileSystem.createDirectory(place.directory)
            for hook in hooks {
                results.append(
                    Result(
                        hook: hook, path: path(hook),
                        text: place.kind == .husky ? try insert(hook) : try put(hook, madeDirectory: isNew)))
            }
            for name in passedOn where try FileSystem.status(place.directory + "/" + name) == nil {
                try FileSystem.write(
                    Array(HookScript.passingOn(name).utf8), to: place.directory + "/" + name, permissions: 0o755)
            }
        } catch { throw StageError(.invalid, error) }
        return results
    }

    /// The hooks of a repository that git would not find any more beside global ones.
    private var passedOn: [String] {
        guard place.kind == .global else { return [] }
        let all = [
            "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
            "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge",
            "pre-push",
            "pre-receive", "update", "proc-receive", "post-receive", "post-update", "reference-transaction",
            "push-to-checkout", "pre-auto-gc", "post-rewrite", "sendemail-validate",
        ]
        return all.filter { name in !hooks.contains { $0.rawValue == name } }
    }

    private func put(_ hook: HookName, madeDirectory: Bool) throws(FileError) -> String {
        var script = HookScript(hook, program: HookScript.word(program))
        script.isGlobal = place.kind == .global
        script.madeDirectory = madeDirectory
        let (path, kept) = (path(hook), path(hook) + HookScript.kept)
        var word = "installed"
        if let present = try own(path) {
            script.madeDirectory = present.contains(HookScript.madeDirectory)
            if present == script.text { return "was installed already" }
            word = "brought up to date"
        } else if try FileSystem.status(path) != nil {
            guard try FileSystem.status(kept) == nil else { throw FileError("keep the hook as", kept, EEXIST) }
            try Self.move(path, to: kept)
            word = "installed; the hook that was there runs first"
        }
        try FileSystem.write(Array(script.text.utf8), to: path, permissions: 0o755)
        return word
    }

    /// The text of a hook of ours; `nil` for anything else or nothing.
    private func own(_ path: String) throws(FileError) -> String? {
        guard let status = try FileSystem.status(path), status.kind == .file else { return nil }
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        return text.contains("# Calls Leviathan; written by '\(HookScript.mark)'") ? text : nil
    }

    /// Husky runs files that are committed: the lines go into these, for everybody.
    private func insert(_ hook: HookName) throws(FileError) -> String {
        let path = path(hook)
        let block = HookScript(hook, program: "leviathan").block
        guard let status = try FileSystem.status(path) else {
            try FileSystem.write(Array(block.utf8), to: path, permissions: 0o755)
            return "written for husky; commit it"
        }
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        if text.contains(HookScript.blockStart) { return "was installed already" }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = text.hasPrefix("#!") ? 1 : 0
        lines.insert(
            contentsOf: block.dropLast().split(separator: "\n", omittingEmptySubsequences: false), at: start)
        try FileSystem.write(
            Array(lines.joined(separator: "\n").utf8), to: path, permissions: status.permissions)
        return "added to husky's file; commit it"
    }

    // MARK: Taking away

    package func uninstall(_ context: Context) throws(StageError) -> [Result] {
        let results = try uninstall()
        if results.contains(where: { $0.text.hasPrefix("removed") }) {
            try place.point(context, isInstalled: false)
        }
        return results
    }

    private func uninstall() throws(StageError) -> [Result] {
        var results: [Result] = []
        do throws(FileError) {
            for name in passedOn {
                let path = place.directory + "/" + name
                guard let status = try FileSystem.status(path), status.kind == .file,
                    try FileSystem.read(path, limit: 1 << 20) == Array(HookScript.passingOn(name).utf8)
                else { continue }
                try FileSystem.removeTree(path)
            }
            for hook in try hooks + serversOwn() {
                let word = place.kind == .husky ? try remove(hook) : try restore(hook)
                results.append(Result(hook: hook, path: path(hook), text: word))
            }
        } catch { throw StageError(.invalid, error) }
        return results
    }

    /// The hooks of servers that are there as well: nobody need remember how they were put there to take them away.
    private func serversOwn() throws(FileError) -> [HookName] {
        guard place.kind != .husky else { return [] }
        var found: [HookName] = []
        for hook in HookName.allCases where hook.isServers && !hooks.contains(hook) {
            if try own(path(hook)) != nil { found.append(hook) }
        }
        return found
    }

    private func restore(_ hook: HookName) throws(FileError) -> String {
        let (path, kept) = (path(hook), path(hook) + HookScript.kept)
        guard let text = try own(path) else {
            return try FileSystem.status(path) == nil
                ? "was not installed" : "is not Leviathan's, and was left alone"
        }
        if try FileSystem.status(kept) != nil {
            try Self.move(kept, to: path)
            return "removed; the hook that was there is back"
        }
        try FileSystem.removeTree(path)
        if text.contains(HookScript.madeDirectory), try FileSystem.list(place.directory).isEmpty {
            try FileSystem.removeTree(place.directory)
        }
        return "removed"
    }

    private func remove(_ hook: HookName) throws(FileError) -> String {
        let path = path(hook)
        guard let status = try FileSystem.status(path) else { return "was not installed" }
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        let block = HookScript(hook, program: "leviathan").block
        guard let range = text.ranges(of: block).first else {
            return text.contains(HookScript.blockStart)
                ? "was changed by hand, and was left alone" : "was not installed"
        }
        var rest = text
        rest.removeSubrange(range)
        guard !rest.isEmpty else {
            try FileSystem.removeTree(path)
            return "removed"
        }
        try FileSystem.write(Array(rest.utf8), to: path, permissions: status.permissions)
        return "removed from husky's file; commit it"
    }

    private static func move(_ old: String, to new: String) throws(FileError) {
        guard rename(old, new) == 0 else { throw FileError("rename", old, errno) }
    }
}
