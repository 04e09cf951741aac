internal import Basics
package import Contracts
internal import Editing
internal import Model

/// Writes a skipped test for each acceptance criterion; what people wrote stays as it is.
package struct TestsExecutor: Executor {
    package let name = "tests"
    package let version = "3"
    package let summary = "a skipped test for each acceptance criterion, in seventeen frameworks"

    package init() {}

    package var inputs: ExecutorInputs? { TestsInputs.declaration }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let criteria = try Criteria(job.task.acceptanceCriteria)
        let hints = TestHints(files)
        let staged = StagedFiles(files, for: job)
        let target = try TestTarget(job, staged, hints)
        let file = TestFile(target, task: job.task, hints: hints)
        var names = CriterionNames(
            target.framework, taken: target.framework == .xunit ? [target.typeName(for: job.task)] : [])
        let cases = criteria.texts.enumerated().map { index, text in
            TestCase(name: names.next(for: text, number: index + 1), text: text)
        }
        let missing = file.missing(of: cases)
        do throws(EditRefusal) {
            if !missing.isEmpty {
                try staged.write(target.path, try file.adding(missing))
                _ = try staged.view { () throws(FileViewError) in try staged.commit() }
            }
        } catch { throw ExecutorError(name, error) }
        return Report(notes: Self.notes(target, cases.count, missing.count) + criteria.contradictions)
    }

    private static func notes(_ target: TestTarget, _ all: Int, _ added: Int) -> [String] {
        func tests(_ count: Int) -> String { count == 1 ? "1 skipped test" : "\(count) skipped tests" }
        guard added > 0 else { return ["\(target.path) has a test for each criterion already"] }
        let left = all - added
        return ["\(target.path): \(tests(added)) for \(target.framework.rawValue)"]
            + (left > 0 ? ["\(left) criteria have their tests already"] : [])
    }
}

/// A test that waits for somebody to write it.
struct TestCase {
    /// The name in the source, or the text that the test goes by.
    let name: String
    let text: String
}
