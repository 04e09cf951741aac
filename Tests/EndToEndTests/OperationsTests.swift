import Basics
import Processes
import TestSupport
import Testing

/// The runbooks of docs/operations.md: what they tell people to type exists, and does what they say.
@Suite(.timeLimit(.minutes(60))) struct OperationsTests {
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    /// The lines of the blocks, in their order.
    static func lines() throws -> [String] {
        let page = String(
            decoding: try FileSystem.read(root + "/docs/operations.md", limit: 1 << 20), as: UTF8.self)
        var (lines, isInside): ([String], Bool) = ([], false)
        for line in page.split(separator: "\n").map(String.init) {
            if line.hasPrefix("```") { isInside = line == "```sh" } else if isInside { lines.append(line) }
        }
        return lines
    }

    /// The words of Leviathan's own command line in a line; `nil` where there is none.
    private static func command(_ line: String) -> [String]? {
        let own = line.split(separator: " -- leviathan ").last.map(String.init) ?? ""
        let text = line.hasPrefix("leviathan ") ? String(line.dropFirst(10)) : own == line ? "" : own
        guard !text.isEmpty else { return nil }
        return text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
    }

    @Test func everyCommandRunsInItsOrder() throws {
        let target = try TestTarget()
        let backups = target.repository.directory.path + "/backups"
        try FileSystem.createDirectory(backups)
        #expect(try target.leviathan("propose", "task-001").succeeded)
        let commands = try Self.lines().compactMap(Self.command)
        #expect(commands.count > 18)
        var name = ""
        for command in commands {
            let words = command.map { word in
                switch word {
                case "URL": "file://" + target.remote
                case "TARGET": name
                case _ where word.hasPrefix("/var/backups/leviathan"):
                    backups + word.dropFirst("/var/backups/leviathan".count)
                default: word
                }
            }
            let result = try target.leviathan(arguments: words, in: target.repository.directory.path)
            #expect(result.succeeded, "\(command): \(result.errors.text)")
            if command.prefix(2) == ["target", "list"] {
                let list = try target.leviathan("target", "list", "--json", in: target.repository.directory.path)
                name = try #require(list.json.elements?.first?["target"]?.string)
            }
            let isStopped = FileSystem.exists(target.home + "/stop")
            if command.first == "stop" { #expect(isStopped) }
            if command.first == "resume" { #expect(!isStopped) }
        }
        #expect(FileSystem.exists(backups + "/today.db"))
        #expect(try FileSystem.list(target.home).contains { $0.hasPrefix("journal.db.before-restore") })
    }

    /// Every object that a line names is one of those that are installed.
    @Test func everyObjectIsInstalled() throws {
        let cron = try TestTarget.run(["manifests", "--overlay", "cron", "--json"], in: "/", environment: [:])
        let base = try TestTarget.run(["manifests", "--json"], in: "/", environment: [:])
        let resources = (cron.json["items"]?.elements ?? []) + (base.json["items"]?.elements ?? [])
        let names = Set(
            resources.compactMap { resource -> String? in
                guard let kind = resource["kind"]?.string, let name = resource["metadata"]?["name"]?.string else {
                    return nil
                }
                return kind.lowercased() + "/" + name
            })
        let apps = Set(
            resources.compactMap { resource in
                let spec = resource["spec"]?["jobTemplate"]?["spec"] ?? resource["spec"]
                return spec?["template"]?["metadata"]?["labels"]?["app"]?.string
            })
        var seen = 0
        for line in try Self.lines() {
            for word in line.split(whereSeparator: { " ='".contains($0) }).map(String.init) {
                let full = word.hasPrefix("deploy/leviathan") ? "deployment" + word.dropFirst(6) : word
                guard full.hasPrefix("deployment/") || full.hasPrefix("cronjob/") else { continue }
                seen += 1
                #expect(names.contains(full), "\(line)")
            }
            if let label = line.split(separator: "-l app=").dropFirst().first?.split(whereSeparator: {
                " ,".contains($0)
            })
            .first {
                // Jobs of attempts are made by the scheduler.
                #expect(apps.contains(String(label)) || label == "leviathan-worker", "\(line)")
            }
            if let path = line.split(separator: " ").first(where: { $0.hasPrefix("deploy/kubernetes/") }) {
                #expect(FileSystem.exists(Self.root + "/" + path), "\(line)")
            }
        }
        #expect(seen > 25)
    }
}
