internal import Basics

/// The programs that a command line names, each with what changes when it is replaced.
enum ToolFacts {
    /// One line for each word that is a program in the search path.
    static func of(_ line: String, searchPath: String) -> [String] {
        let isWord = { (character: Character) in
            character.isLetter || character.isNumber || "._+-".contains(character)
        }
        let words = Set(line.split { !isWord($0) }.map(String.init))
        let directories = searchPath.split(separator: ":").filter { $0.hasPrefix("/") }
        return words.sorted().compactMap { word in
            directories.lazy.compactMap { facts(of: $0 + "/" + word) }.first
        }
    }

    /// What cannot be looked at is not what a shell would start.
    private static func facts(of path: String) -> String? {
        guard let real = FileSystem.realPath(path) else { return nil }
        do throws(FileError) {
            guard let status = try FileSystem.status(real), status.kind == .file else { return nil }
            return "\(real) \(status.size) \(status.modified)"
        } catch { return nil }
    }
}
