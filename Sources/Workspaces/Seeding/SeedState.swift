internal import Basics

/// What seeds are now, so that a change of them shows: the contents of what is small, else what the system says.
struct SeedState {
    private static let entryLimit = 500_000
    private static let contentLimit = 256 << 10

    /// Whether what is small is read; of large trees what the system says has to do.
    private let readsContent: Bool
    private(set) var lines: [String] = []

    init(readsContent: Bool) { self.readsContent = readsContent }

    /// Adds what a name stands for; `false` when there is too much to look at.
    mutating func add(_ name: [UInt8], in directory: Directory, at place: String) throws(FileError) -> Bool {
        guard lines.count < Self.entryLimit else { return false }
        guard let status = try directory.status(name) else {
            lines.append("\(place) missing")
            return true
        }
        let mode = String(status.mode, radix: 8)
        if status.isSymlink {
            lines.append("\(place) \(mode) \(PathText.escaped(directory.linkTarget(name) ?? []))")
        } else if readsContent, status.isRegular, status.size <= Self.contentLimit,
            let content = Self.content(of: name, in: directory)
        {
            lines.append("\(place) \(mode) \(content)")
        } else if status.isDirectory, let inside = try directory.directory(name) {
            lines.append("\(place) \(mode)")
            for name in try inside.names(limit: Self.entryLimit) {
                guard try add(name, in: inside, at: place + "/" + PathText.escaped(name)) else { return false }
            }
        } else {
            lines.append("\(place) \(mode) \(status.size) \(status.inode) \(status.modified) \(status.changed)")
        }
        return true
    }

    /// `nil` for what cannot be read, which no workspace gets either.
    private static func content(of name: [UInt8], in directory: Directory) -> String? {
        do throws(FileError) {
            return FileContent.name(of: try directory.read(name, limit: contentLimit).bytes).id.hex
        } catch { return nil }
    }
}
