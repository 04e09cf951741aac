import Basics
import Contracts
import ExecutorTestSupport
import Executors
import Model
import Paths
import Testing

/// Runs the corpus with the executors in this process; `make corpus` runs it with the built program, in repositories.
@Suite struct CorpusTests {
    private static let executors: [String: any Executor] = [
        "edit": EditExecutor(), "dependencies": DependenciesExecutor(), "ci": CIExecutor(),
        "infra": InfraExecutor(),
        "docs": DocsExecutor(), "tests": TestsExecutor(), "patch": PatchExecutor(),
    ]

    @Test func theCorpusIsLargeAndReadable() {
        #expect(CorpusCase.all.count >= 200)
        for name in Self.executors.keys { #expect(CorpusCase.all.contains { $0.executor == name }, "\(name)") }
        let names = CorpusCase.all.map(\.testDescription)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: CorpusCase.all) func givesTheseBytes(case item: CorpusCase) throws {
        let executor = try #require(Self.executors[item.executor])
        let files = try MemoryFileView(item.files.mapValues { String(decoding: $0, as: UTF8.self) })
        let job = try Self.job(item)
        do throws(ExecutorError) {
            let notes = try executor.execute(job, in: files).notes
            #expect(item.refusal == nil, "not refused: \(notes)")
        } catch {
            let said = error.description + " " + (error.hint ?? "") + " " + error.causes.joined(separator: " ")
            #expect(item.refusal.map(said.contains) == true, "\(said)")
        }
        for (path, bytes) in item.expected {
            let text = try files.text(path)
            let given = try files.bytes(path)
            #expect(given == bytes, "\(path): \(text ?? "gone")")
        }
        #expect(Set(files.files.keys.map(\.description)) == Set(item.expected.keys))
        guard item.refusal == nil else { return }
        // Done again, it finds everything done; a patch says so, and a task that tests one old value does not hold.
        let count = files.writeCount
        if let again = try? executor.execute(job, in: files) {
            #expect(files.writeCount == count, "\(again.notes)")
        }
    }

    /// The same tree as editors of other systems save it, with the same change in it.
    @Test(arguments: CorpusCase.all.filter { $0.refusal == nil }, CorpusVariant.allCases)
    func leavesLineEndsAndMarks(case item: CorpusCase, variant: CorpusVariant) throws {
        guard variant.concerns(item) else { return }
        let executor = try #require(Self.executors[item.executor])
        let files = try MemoryFileView()
        for (path, bytes) in item.files { files.write(try RepoPath(path), variant.of(bytes), isExecutable: nil) }
        let job = try Self.job(item)
        do throws(ExecutorError) {
            _ = try executor.execute(job, in: files)
        } catch {
            Issue.record("\(error.description) \(error.causes)")
            return
        }
        for (path, bytes) in item.expected {
            let wanted = item.files[path] == nil ? bytes : variant.of(bytes)
            let (given, text) = (try files.bytes(path), try files.text(path))
            #expect(given == wanted, "\(path): \(text.debugDescription)")
        }
    }

    private static func job(_ item: CorpusCase) throws -> Job {
        var task = BacklogTask(id: item.name)
        task.title = item.head["title"]?.string ?? item.name
        task.inputs = item.head["inputs"] ?? [:]
        task.acceptanceCriteria = item.head["acceptance_criteria"]?.elements?.compactMap(\.string) ?? []
        let paths = item.head["paths"]?.elements?.compactMap(\.string) ?? []
        task.allowedPaths = try paths.map { try PathPattern($0) }
        var scope = Scope(name: "all")
        scope.allowedPaths = task.allowedPaths
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        return Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 1_767_225_600))
    }
}

/// How the bytes of a file may differ without its text being another.
enum CorpusVariant: CaseIterable {
    case carriageReturns, mark, noLastBreak

    /// Not where the bytes differ in that way already, or the end of the file is what changes.
    func concerns(_ item: CorpusCase) -> Bool {
        let isTaken = item.files.values.contains { $0.contains(13) || $0.starts(with: [0xEF, 0xBB, 0xBF]) }
        let moves =
            item.expected.contains { path, _ in item.files[path] == nil }
            && item.expected.count <= item.files.count
        let changed = item.files.filter { item.expected[$0.key] != $0.value && item.expected[$0.key] != nil }
        let atEnd = changed.contains { path, bytes in item.expected[path]?.starts(with: bytes) == true }
        // A diff says whether the last line of a file is ended.
        let isOfEnd = ["tests", "patch"].contains(item.executor)
        return !isTaken && !moves && !(self == .noLastBreak && (atEnd || isOfEnd))
    }

    func of(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .carriageReturns: bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }
        case .mark: [0xEF, 0xBB, 0xBF] + bytes
        case .noLastBreak: bytes.last == 10 ? bytes.dropLast() : bytes
        }
    }
}
