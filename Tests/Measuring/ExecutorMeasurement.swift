import Basics
import Executors
import Model
import Paths

/// Times what executors do themselves, on files that are in memory already.
struct ExecutorMeasurement {
    private let name: String

    init(_ name: String) { self.name = name }

    func run(_ rounds: Int) throws {
        for _ in 0..<rounds {
            let files = MeasuredFiles(files(of: name))
            let (executor, job) = try work()
            var report = Report()
            let duration = try ContinuousClock().measure { report = try executor.execute(job, in: files) }
            print(duration / .milliseconds(1), report.notes.count, files.writeCount, files.readCount)
        }
    }

    private func work() throws -> (any Executor, Job) {
        switch name {
        case "docs":
            let section: JSON = ["title": "Part", "text": "What it is.", "points": ["one", "two", "three"]]
            return (
                DocsExecutor(),
                try job(["sections": .array(Array(repeating: section, count: 20))], ["docs/guide.md"])
            )
        case "edit":
            let edits: JSON = [["set": "config/app.yaml", "key": "jobs.part7.image", "to": "x:2"]]
            return (EditExecutor(), try job(["edits": edits], ["config/app.yaml"]))
        case "tests":
            var job = try job(["framework": "pytest"], ["tests/"])
            var task = job.task
            task.acceptanceCriteria = (0..<10_000).map { "Part number \($0) of the system is kept" }
            job = Job(task: task, permission: job.permission, now: job.now)
            return (TestsExecutor(), job)
        default: return (DependenciesExecutor(), try job(["requests": "2.32.0", "react": "18.3.1"], ["**"]))
        }
    }

    private func job(_ inputs: JSON, _ paths: [String]) throws -> Job {
        var task = BacklogTask(id: "task-001")
        task.title = "Measure"
        task.details = "What it is about."
        task.inputs = inputs
        task.allowedPaths = try paths.map { try PathPattern($0) }
        var scope = Scope(name: "all")
        scope.allowedPaths = try [PathPattern("**")]
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        return Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
    }

    /// One page or file with something in it; for dependencies 2,000 manifests among 20,000 files.
    private func files(of name: String) -> [String: String] {
        let lines = String(repeating: "A line that people wrote, with some words in it.\n", count: 200)
        switch name {
        case "docs": return ["docs/guide.md": "# Guide\n\n" + lines]
        case "edit":
            let jobs = (0..<40).map { "  part\($0):\n    image: x:1 # kept\n    script: [make]\n" }
            return ["config/app.yaml": "jobs:\n" + jobs.joined()]
        case "tests": return [:]
        default: break
        }
        var files: [String: String] = [:]
        for number in 0..<20_000 {
            let directory = "packages/p\(number / 10)"
            guard number % 10 == 0 else {
                files["\(directory)/src/file\(number).py"] = "x = \(number)\n"
                continue
            }
            if number % 20 == 0 {
                let others = (0..<20).map { "\"dep-\($0)\": \"^1.\($0).0\"" }.joined(separator: ",\n    ")
                files[directory + "/package.json"] =
                    "{\n  \"name\": \"p\(number)\",\n  \"dependencies\": {\n    \"react\": \"^17.0.0\",\n    \(others)\n  }\n}\n"
            } else {
                let others = (0..<20).map { "dep-\($0)~=1.\($0)\n" }.joined()
                files[directory + "/requirements.txt"] = "requests[socks]==2.31.0  # http\n" + others
            }
        }
        return files
    }
}

/// Files in memory, sorted once.
final class MeasuredFiles: FileView {
    private var contents: [RepoPath: [UInt8]] = [:]
    private let paths: [RepoPath]
    private(set) var writeCount = 0
    private(set) var readCount = 0

    init(_ files: [String: String]) {
        for (name, text) in files { if let path = try? RepoPath(name) { contents[path] = Array(text.utf8) } }
        paths = contents.keys.sorted()
    }

    func read(_ path: RepoPath) -> [UInt8]? {
        readCount += 1
        return contents[path]
    }

    func kind(of path: RepoPath) -> FileKind? { contents[path] == nil ? nil : .regular }

    func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) -> [RepoPath] {
        paths.filter { path in (directory.map(path.isBelow) ?? true) && isWanted(path) }
    }

    func hasDirectory(_ path: RepoPath) -> Bool { paths.contains { $0.isBelow(path) } }

    func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) {
        writeCount += 1
        contents[path] = bytes
    }

    func remove(_ path: RepoPath) { contents[path] = nil }
}
