internal import Analysis
internal import Basics
internal import Model
internal import Paths

/// Says when tests were removed, skipped, or assert less; the policy decides whether that is refused.
///
/// Names, marks and assertions are recognised by how they are written, so an unusual framework goes unseen.
struct WeakenedTestsRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        let severity: Invariant.Severity = subject.blocksWeakenedTests ? .block : .warn
        var (files, unread) = ([TestedFile](), [Violation]())
        for change in subject.ownChanges {
            guard let language = TestLanguage(change.path), change.oldBlob != change.newBlob else { continue }
            do {
                if let file = try Self.testedFile(change, language, subject) { files.append(file) }
            } catch { unread.append(Self.unread(change.path, severity)) }
        }
        return unread + TestComparison(files).weakenings.map { Self.violation($0, severity) }
    }

    /// The tests of a file in which there are, or were, some.
    private static func testedFile(
        _ change: Change, _ language: TestLanguage, _ subject: RuleSubject
    ) throws -> TestedFile? {
        let before = TestInventory(try bytes(change.oldBlob, change.oldMode, subject), change.path, language)
        let after = TestInventory(try bytes(change.newBlob, change.newMode, subject), change.path, language)
        guard !before.tests.isEmpty || !after.tests.isEmpty || !after.focusLines.isEmpty else { return nil }
        return TestedFile(
            path: change.path, before: before, after: after, isDeleted: change.operation == .delete,
            origin: change.renamedFrom)
    }

    private struct TooLarge: Error {}

    /// The text before or after; `nil` where there is no plain file.
    private static func bytes(_ blob: ObjectID?, _ mode: UInt32?, _ subject: RuleSubject) throws -> [UInt8]? {
        guard let blob, mode == 0o100644 || mode == 0o100755 else { return nil }
        guard let bytes = try subject.contents.bytes(of: blob) else { throw TooLarge() }
        return bytes
    }

    private static func unread(_ path: RepoPath, _ severity: Invariant.Severity) -> Violation {
        Violation(
            "tests-unread", path: path,
            "the tests of '\(path)' before and after the change cannot be read, so nobody knows whether they were weakened",
            hint: "compare them by hand, or split the file", severity: severity)
    }

    private static func violation(_ weakening: TestWeakening, _ severity: Invariant.Severity) -> Violation {
        switch weakening {
        case .removed(let path, let test):
            Violation(
                "test-removed", path: path, line: test.line,
                "'\(path)' no longer has the test '\(test.qualifiedName)' (line \(test.line) of the base)",
                hint: "say in the task that the test may go, or keep it", severity: severity)
        case .fileDeleted(let path, let tests):
            Violation(
                "test-file-deleted", path: path,
                "'\(path)' was deleted, and with it \(tests) \(tests == 1 ? "test" : "tests")",
                hint: "say in the task that the tests may go, or keep them", severity: severity)
        case .skipped(let path, let test):
            Violation(
                "test-skipped", path: path, line: test.line,
                "'\(path)' line \(test.line): the test '\(test.qualifiedName)' is now skipped or disabled",
                severity: severity)
        case .emptied(let path, let before, let after):
            Violation(
                "assertions-removed", path: path, line: after.line,
                "'\(path)' line \(after.line): the test '\(after.qualifiedName)' had \(before.assertions) "
                    + "\(before.assertions == 1 ? "assertion" : "assertions"), and has "
                    + (after.assertions == 0 ? "none" : "\(after.assertions)"),
                severity: severity)
        case .focused(let path, let line):
            Violation(
                "test-focused", path: path, line: line,
                "'\(path)' line \(line) keeps every other test of the file from running", severity: severity)
        }
    }
}
