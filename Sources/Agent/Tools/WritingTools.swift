internal import Basics
internal import Editing
internal import Executors
internal import Model
internal import Paths

/// The tools that change files, within the permission and the operations of the task.
struct WritingTools {
    private static let contentBytes = 4 << 20

    let files: any FileView
    let permission: Permission
    let deadline: Deadline

    func write(_ input: ToolInput) throws(ToolRefusal) -> String {
        let path = try input.path()
        let content = try input.text("content", limit: Self.contentBytes)
        let isExecutable = try input.flag("executable")
        return try change(path) { (staged) throws(EditRefusal) in
            let isNew = try staged.kind(of: path) == nil
            try check(isNew ? .create : .update, path)
            let bytes = Self.ended(Array(content.utf8), as: isNew ? [] : try staged.existing(path))
            try staged.write(path, bytes, isExecutable: isExecutable)
            return isNew ? "created" : "updated"
        }
    }

    func edit(_ input: ToolInput) throws(ToolRefusal) -> String {
        let path = try input.path()
        let old = Array(try input.text("old", limit: Self.contentBytes).utf8)
        let new = Array(try input.text("new", limit: Self.contentBytes).utf8)
        let replacesAll = try input.flag("all") ?? false
        guard !old.isEmpty else { throw ToolRefusal("'old' is empty; write the file instead") }
        return try change(path) { (staged) throws(EditRefusal) in
            let bytes = try staged.existing(path)
            try check(.update, path)
            let (result, count) = Self.replacing(
                Self.ended(old, as: bytes), with: Self.ended(new, as: bytes), in: bytes)
            guard count > 0 else { throw EditRefusal("'old' does not stand in '\(path)'; read it again") }
            guard count == 1 || replacesAll else {
                throw EditRefusal(
                    "'old' stands in '\(path)' \(count) times; give more of what surrounds it, or set 'all'")
            }
            guard result.count <= Self.contentBytes else { throw EditRefusal("'\(path)' would become too large") }
            try staged.write(path, result)
            return count == 1 ? "updated" : "updated in \(count) places"
        }
    }

    func delete(_ input: ToolInput) throws(ToolRefusal) -> String {
        let path = try input.path()
        return try change(path) { (staged) throws(EditRefusal) in
            try check(.delete, path)
            try staged.remove(path)
            return "deleted"
        }
    }

    private func check(_ operation: Operation, _ path: RepoPath) throws(EditRefusal) {
        guard permission.operations.contains(operation) else {
            throw EditRefusal("the scope's operations do not let '\(path)' be \(operation.rawValue)d")
        }
    }

    /// Makes one change at once, so that programs and later tools see it.
    private func change(
        _ path: RepoPath, _ body: (StagedFiles) throws(EditRefusal) -> String
    ) throws(ToolRefusal) -> String {
        let staged = StagedFiles(files, permission: permission, deadline: deadline)
        let done: String
        do throws(EditRefusal) { done = try body(staged) } catch {
            throw ToolRefusal(PlainLine.text(error.message, limit: 1000))
        }
        do throws(FileViewError) {
            return try staged.commit().isEmpty ? "'\(path)' was so already" : "\(done) '\(path)'"
        } catch { throw ToolRefusal(PlainLine.text(error.description, limit: 1000)) }
    }

    /// With the line ends of the file, of which `read` shows nothing.
    private static func ended(_ text: [UInt8], as file: [UInt8]) -> [UInt8] {
        guard Lines.ending(of: file) == "\r\n", !text.contains(Lines.carriageReturn) else { return text }
        return Array(text.map { $0 == Lines.feed ? [Lines.carriageReturn, Lines.feed] : [$0] }.joined())
    }

    private static func replacing(
        _ old: [UInt8], with new: [UInt8], in bytes: [UInt8]
    ) -> (result: [UInt8], count: Int) {
        var (result, position, count): ([UInt8], Int, Int) = ([], 0, 0)
        while let place = bytes.firstIndex(of: old, from: position) {
            result += bytes[position..<place] + new
            position = place + old.count
            count += 1
        }
        return (result + bytes[position...], count)
    }
}
