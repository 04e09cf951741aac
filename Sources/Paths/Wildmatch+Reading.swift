internal import Basics

extension Wildmatch {
    /// How patterns of one kind of file are written.
    package struct Dialect: Sendable {
        package enum Classes: Sendable {
            /// A bracket is a byte like any other.
            case none
            /// `[a-z]`, `[!a]`; one that is not closed or runs backwards is an error.
            case plain
            /// As git has them: `[[:alpha:]]`, escapes, and ranges that run backwards hold their beginning.
            case git
        }

        let classes: Classes
        /// Whether a backslash takes the next byte for itself.
        let escapes: Bool
        /// Git compares what stands before the first wildcard by itself, so that stars behind it count as the first
        /// component; more than two are as good as two.
        let hasGitStars: Bool

        /// Contracts and policies; `{a,b}` was expanded before.
        package static let policy = Dialect(classes: .plain, escapes: false, hasGitStars: false)
        /// `.gitignore` and `.gitattributes`.
        package static let git = Dialect(classes: .git, escapes: true, hasGitStars: true)
        /// `CODEOWNERS`.
        package static let owners = Dialect(classes: .none, escapes: true, hasGitStars: false)
    }

    /// Why a text is no pattern; git takes such ones to match nothing.
    package enum Problem: Error, Sendable, Equatable {
        case unclosedBracket, badRange, danglingEscape, unknownClass, tooLong
    }

    /// Twice as long as any path that a system opens; what is longer, and could match only by stars, costs instead.
    private static let longest = 8 << 10
    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")

    /// Any byte but a slash.
    static let anyByte: ByteSet = {
        var set = ByteSet.all
        set.remove(RepoPath.separator)
        return set
    }()

    package init(_ bytes: [UInt8], _ dialect: Dialect) throws(Problem) {
        self.init(try Self.tokens(of: bytes, dialect))
    }

    package static func tokens(of bytes: [UInt8], _ dialect: Dialect) throws(Problem) -> [Token] {
        guard bytes.count <= longest else { throw .tooLong }
        let firstWildcard = bytes.firstIndex { "*?[\\".utf8.contains($0) } ?? bytes.count
        var tokens: [Token] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case star:
                index = readStars(bytes, from: index, isFirst: index == firstWildcard, dialect, into: &tokens)
            case UInt8(ascii: "?"):
                tokens.append(.oneOf(anyByte))
                index += 1
            case UInt8(ascii: "[") where dialect.classes != .none:
                let isGit = dialect.classes == .git
                var (set, end) = try isGit ? gitClass(bytes, from: index) : plainClass(bytes, from: index)
                set.remove(RepoPath.separator)
                tokens.append(.oneOf(set))
                index = end + 1
            case backslash where dialect.escapes:
                guard index + 1 < bytes.count else { throw .danglingEscape }
                tokens.append(.byte(bytes[index + 1]))
                index += 2
            default:
                tokens.append(.byte(bytes[index]))
                index += 1
            }
        }
        return tokens
    }

    /// `**` spans components only where it is one, from slash to slash or to the end; returns the place behind.
    private static func readStars(
        _ bytes: [UInt8], from start: Int, isFirst: Bool, _ dialect: Dialect, into tokens: inout [Token]
    ) -> Int {
        let end = bytes[start...].firstIndex { $0 != star } ?? bytes.count
        let isWide = dialect.hasGitStars ? end - start >= 2 : end - start == 2
        let startsComponent = start == 0 || bytes[start - 1] == RepoPath.separator
        guard isWide, startsComponent || dialect.hasGitStars && isFirst else {
            tokens.append(.anyRun)
            return end
        }
        if end == bytes.count {
            tokens += [.anyComponents, .anyRun]
            return end
        }
        if bytes[end] == RepoPath.separator {
            tokens.append(.anyComponents)
            return end + 1
        }
        guard dialect.hasGitStars, bytes[end...].starts(with: [backslash, RepoPath.separator]) else {
            tokens.append(.anyRun)
            return end
        }
        // A slash behind a backslash has to be there: at least one component.
        tokens += [.anyRun, .byte(RepoPath.separator), .anyComponents]
        return end + 2
    }

    /// Reads `[a-z]` or `[!a-z]`; returns the set and the place of its `]`.
    private static func plainClass(_ bytes: [UInt8], from open: Int) throws(Problem) -> (ByteSet, Int) {
        var index = open + 1
        let isNegated = takeNegation(bytes, &index)
        let first = index
        var set = ByteSet()
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") || index == first {
            let low = bytes[index]
            guard low != RepoPath.separator else { break }
            let isRange =
                index + 2 < bytes.count && bytes[index + 1] == UInt8(ascii: "-")
                && bytes[index + 2] != UInt8(ascii: "]")
            let high = isRange ? bytes[index + 2] : low
            guard low <= high else { throw .badRange }
            set.insert(low...high)
            index += isRange ? 3 : 1
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else { throw .unclosedBracket }
        return (isNegated ? ~set : set, index)
    }

    private static func takeNegation(_ bytes: [UInt8], _ index: inout Int) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^") else {
            return false
        }
        index += 1
        return true
    }
}
