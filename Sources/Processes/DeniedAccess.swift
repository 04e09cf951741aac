internal import Basics

/// What a program says that it could not do, as programs of many kinds say it.
package enum DeniedAccess: Hashable, Sendable {
    case network
    /// It was told that nothing is written there.
    case writing(String)
    /// It was told that it may not, whatever it wanted with the path.
    case permission(String)
    /// It was told that there is no such thing.
    case missing(String)

    /// The first of each, from the last lines of a program's output; a guess about words, which nothing decides by.
    package static func found(in output: String) -> [DeniedAccess] {
        var found: [DeniedAccess] = []
        let bytes = Array(output.utf8.suffix(64 << 10))
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(200) {
            guard line.utf8.count < 4000, let access = read(line), !found.contains(access) else { continue }
            found.append(access)
            if found.count == 8 { break }
        }
        return found
    }

    private static let unreachable = [
        "could not resolve", "couldn't resolve", "name resolution", "name or service not known", "no such host",
        "network is unreachable", "enetunreach", "eai_again", "getaddrinfo", "failed to lookup address",
        "unknownhostexception", "dns error", "unable to resolve host", "enotfound",
    ]

    private static let denials: [(words: String, make: @Sendable (String) -> DeniedAccess)] = [
        ("read-only file system", { .writing($0) }), ("permission denied", { .permission($0) }),
        ("operation not permitted", { .permission($0) }), ("no such file or directory", { .missing($0) }),
    ]

    private static func read(_ line: Substring) -> DeniedAccess? {
        let small = line.lowercased()
        if unreachable.contains(where: { small.contains($0) }) { return .network }
        guard let denial = denials.first(where: { small.contains($0.words) }) else { return nil }
        if small.contains("socket"), denial.words.hasPrefix("operation") { return .network }
        return path(in: line, denial.words).map(denial.make)
    }

    /// The path that a line is about: the last one in quotes, else the last word before the words.
    private static func path(in line: Substring, _ words: String) -> String? {
        let marks: Set<Character> = ["'", "\"", "`", "‘", "’", "“", "”"]
        let pieces = line.split(omittingEmptySubsequences: false, whereSeparator: marks.contains)
        if pieces.count > 2, let quoted = pieces.dropFirst().dropLast().last(where: isPath) {
            return String(quoted)
        }
        let parts = String(line).pieces(between: ": ")
        guard let index = parts.firstIndex(where: { $0.lowercased().contains(words) }) else { return nil }
        let before = index > 0 ? parts[index - 1].split(separator: " ").last : nil
        let after = index + 1 < parts.count ? parts[index + 1].split(separator: " ").first : nil
        return [before, after].compactMap(\.self).first(where: isPath).map(String.init)
    }

    private static func isPath(_ text: Substring) -> Bool {
        let isLetter = { (character: Character) in character.isLetter || character.isNumber }
        return !text.isEmpty && text.utf8.count < 400 && !text.contains(":") && !text.contains("[")
            && (text.contains("/") || text.contains(".")) && text.contains(where: isLetter)
            && !text.unicodeScalars.contains { $0.value < 32 }
    }
}
