/// A word that Python keeps for itself.
enum PythonKeyword: String, CaseIterable {
    case and, `as`, assert, async, await, `break`, `class`, `continue`, def, del, elif, `else`, except, finally,
        `for`, from, global, `if`, `import`, `in`, `is`, lambda, nonlocal, not, or, pass, raise, `return`, `try`,
        `while`, with, yield

    /// By the first letter, from 'a' on.
    private static let byFirstLetter: [[(bytes: [UInt8], keyword: PythonKeyword)]] = (0..<26).map { letter in
        allCases.map { (Array($0.rawValue.utf8), $0) }.filter { $0.0[0] == 97 + UInt8(letter) }
    }

    init?(_ word: ArraySlice<UInt8>) {
        guard (2...8).contains(word.count), let first = word.first, (97...122).contains(first),
            let match = Self.byFirstLetter[Int(first) - 97].first(where: { word.elementsEqual($0.bytes) })
        else { return nil }
        self = match.keyword
    }

    /// Whether a name is a keyword at the start of a statement only.
    static func isSoft(_ word: ArraySlice<UInt8>) -> Bool {
        word.elementsEqual("match".utf8) || word.elementsEqual("case".utf8) || word.elementsEqual("type".utf8)
    }

    /// Whether a line may end behind the word.
    var mayEndLine: Bool {
        switch self {
        case .break, .continue, .pass, .raise, .return, .yield: true
        default: false
        }
    }

    /// Whether a statement that begins with the word needs a colon.
    var opensBlock: Bool {
        switch self {
        case .class, .def, .elif, .else, .except, .finally, .for, .if, .try, .while, .with: true
        default: false
        }
    }
}

/// A token, as far as its neighbours care.
enum PythonToken {
    case word(PythonKeyword?, isSoft: Bool)
    case number
    case string
    case open
    case close
    case ellipsis
    case dot
    case comma
    case colon
    case semicolon
    /// Can stand before an operand as well as between two: `+ - * ** ~ @`.
    case prefix
    /// `/`, which can also stand alone in a list of parameters.
    case slash
    /// Stands between two operands only.
    case infix
    case arrow
    /// `=`, which also follows the comma of `a, = b`.
    case equals

    init(_ sign: String) {
        switch sign {
        case "+", "-", "*", "**", "~", "@": self = .prefix
        case ",": self = .comma
        case ":": self = .colon
        case ";": self = .semicolon
        case "/": self = .slash
        case "->": self = .arrow
        case "=": self = .equals
        default: self = .infix
        }
    }
}

/// Holds each token of a statement against the one before it.
struct PythonGrammar {
    private enum Before {
        case nothing, operand, string, keyword(PythonKeyword), opening, dot, comma, colon, operation, star, slash,
            other
    }

    private(set) var firstWord: PythonKeyword?
    private var before = Before.nothing
    private var beginsSoftly = false
    private var hasColon = false
    private var isStart = true

    /// `isField`: an expression in a formatted string, where a line does not end.
    init(isField: Bool = false) { isStart = !isField }

    var endsInColon: Bool { if case .colon = before { true } else { false } }

    var endsOperand: Bool {
        switch before {
        case .operand, .string, .other: true
        default: false
        }
    }

    /// What is wrong with a token in this place; `nil` where it may stand here.
    mutating func accept(_ token: PythonToken, isBracketed: Bool) -> String? {
        let problem = objection(to: token)
        note(token, isBracketed: isBracketed)
        isStart = false
        return problem
    }

    /// What is wrong with a line that ends here.
    func endOfLine() -> String? {
        switch before {
        case .operation, .dot, .slash: return "the line ends in an operator"
        case .star where firstWord != .from: return "the line ends in an operator"
        case .keyword(let word) where !word.mayEndLine: return "the line ends in '\(word.rawValue)'"
        default: break
        }
        guard let firstWord, firstWord.opensBlock, !hasColon else { return nil }
        return "':' is missing after '\(firstWord.rawValue)'"
    }

    private func objection(to token: PythonToken) -> String? {
        switch token {
        case .word(let keyword, _):
            if case .keyword(.def) = before, keyword != nil { return "'def' without a name" }
            guard keyword == nil else { return nil }
            return followsOperand ? "two values stand next to each other" : nil
        case .number:
            if case .keyword(.def) = before { return "'def' without a name" }
            return followsOperand ? "two values stand next to each other" : nil
        case .string:
            if case .operand = before, !beginsSoftly { return "two values stand next to each other" }
            return nil
        case .infix, .arrow:
            switch before {
            case .nothing, .opening, .comma, .operation, .star, .slash, .dot:
                return "an operator without a value before it"
            default: return nil
            }
        case .equals:
            switch before {
            case .nothing, .opening, .operation, .star, .slash, .dot: return "'=' without a name before it"
            default: return nil
            }
        case .slash:
            switch before {
            case .nothing, .operation, .star, .slash, .dot: return "an operator without a value before it"
            default: return nil
            }
        case .comma:
            switch before {
            case .nothing, .opening, .comma, .operation, .dot: return "a comma without a value before it"
            default: return nil
            }
        default: return objectionToRest(token)
        }
    }

    private func objectionToRest(_ token: PythonToken) -> String? {
        switch (token, before) {
        case (.close, .operation), (.close, .dot), (.close, .star): "a bracket closes behind an operator"
        case (.open, .keyword(.def)), (.open, .keyword(.class)): "a definition without a name"
        case (.open, .dot): "a bracket opens behind a dot"
        case (.colon, .operation), (.colon, .dot): "a colon behind an operator"
        case (.semicolon, .operation), (.semicolon, .dot), (.semicolon, .nothing):
            "a semicolon without a statement"
        default: nil
        }
    }

    /// Behind `match`, `case` and `type` a value may follow a value.
    private var followsOperand: Bool {
        guard !beginsSoftly else { return false }
        switch before {
        case .operand, .string: return true
        default: return false
        }
    }

    /// Behind a colon `type` can begin a statement too.
    private var startsStatement: Bool {
        switch before {
        case .nothing, .colon: true
        default: false
        }
    }

    private mutating func note(_ token: PythonToken, isBracketed: Bool) {
        switch token {
        case .word(let keyword, let isSoft):
            if isStart { firstWord = keyword }
            if isSoft, startsStatement {
                beginsSoftly = true
            } else if firstWord == .async, case .keyword(.async) = before {
                firstWord = keyword
            }
            before = keyword.map(Before.keyword) ?? .operand
        case .number, .close: before = .operand
        case .string: before = .string
        case .open: before = .opening
        case .ellipsis: before = .other
        case .dot: before = .dot
        case .comma: before = .comma
        case .colon:
            if !isBracketed { hasColon = true }
            before = .colon
        case .semicolon: before = .nothing
        case .prefix: before = .star
        case .slash: before = .slash
        case .infix, .arrow, .equals: before = .operation
        }
        if case .semicolon = token { beginsSoftly = false }
    }
}
