/// The version in a use, such as 2.31 in `requests[socks]~=2.31`.
package enum CurrentVersion {
    /// Whether a text is the whole name of a commit.
    package static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    package static func find(in text: String, of name: String) -> String? {
        var rest = text[...]
        if rest.lowercased().hasPrefix(name.lowercased()) { rest = rest.dropFirst(name.count) }
        if rest.first == "[", let close = rest.firstIndex(of: "]") { rest = rest[rest.index(after: close)...] }
        var before: Character = " "
        var index = rest.startIndex
        while index < rest.endIndex {
            let next = rest[index]
            let startsWord = !(before.isLetter || before.isNumber || "._-".contains(before)) || before == "v"
            if next.isASCII, next.isNumber, startsWord {
                let version = rest[index...].prefix {
                    $0.isASCII && ($0.isLetter || $0.isNumber || ".+!-".contains($0))
                }
                // A commit is no version, however many digits it has.
                guard isCommit(String(version)) else { return String(version) }
                index = version.endIndex
                before = " "
                continue
            }
            before = next
            index = rest.index(after: index)
        }
        return nil
    }
}
