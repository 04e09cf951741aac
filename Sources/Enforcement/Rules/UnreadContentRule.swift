internal import Basics
internal import Model

/// What cannot be read cannot be examined: a text that is too large is refused, other files are pointed out.
struct UnreadContentRule: ContentRule {
    func violations(in file: ChangedFile) -> [Violation] {
        let change = file.change
        switch file.reading {
        case .bytes: return []
        case .failed:
            return [
                Violation("content-unread", path: change.path, "the content of '\(change.path)' cannot be read")
            ]
        case .tooLarge:
            return [
                Violation(
                    "content-unread", path: change.path,
                    "'\(change.path)' is too large (\(SizeText.text(change.size))) to be searched for secrets",
                    hint: "split the file, or keep it out of the task's change",
                    severity: change.isBinary ? .warn : .block)
            ]
        }
    }
}
