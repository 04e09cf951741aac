internal import Basics

/// What texts and lists of arguments in source code come to, as far as the file itself says it.
package struct CodeValues {
    package let code: CodeTokens
    /// The names that stand for one text throughout the file.
    package private(set) var constants: [String: String] = [:]

    /// A call of more tokens holds more than the arguments of an option.
    private static let argumentLimit = 4000
    private static let depthLimit = 20

    package init(_ code: CodeTokens) {
        self.code = code
        var spoiled: Set<String> = []
        for place in 0..<code.count where code.isWord(place) {
            guard code.isWord(place, "const") || code.language == .rust && code.isWord(place, "static") else {
                continue
            }
            if code.language == .go, code.isSign(place + 1, "(") {
                for inner in code.inside(place + 1).prefix(Self.argumentLimit)
                where code.isWord(inner) && code.line(inner) != code.line(inner - 1) {
                    declare(inner, &spoiled)
                }
            } else if code.isWord(place + 1) {
                declare(place + 1, &spoiled)
            }
        }
    }

    /// `NAME = text`, `NAME: &str = text` or `NAME string = text`.
    private mutating func declare(_ place: Int, _ spoiled: inout Set<String>) {
        let name = code.text(place)
        guard let sign = (place + 1..<place + 10).first(where: { code.isSign($0, "=") }),
            !code.isSign(sign + 1, "="), !code.isSign(sign + 1, ">"),
            let found = value(at: sign + 1, upTo: code.count)
        else { return }
        if !spoiled.insert(name).inserted {
            if constants[name] != found.text { constants[name] = nil }
        } else {
            constants[name] = found.text
        }
    }

    /// The parts between the commas of a call, a list or an object that opens here.
    package func arguments(_ open: Int) -> [Range<Int>] {
        let inside = code.inside(open)
        guard inside.count <= Self.argumentLimit else { return [] }
        var parts: [Range<Int>] = []
        var (start, place) = (inside.lowerBound, inside.lowerBound)
        while place < inside.upperBound {
            if code.isSign(place, ",") {
                parts.append(start..<place)
                start = place + 1
            }
            place = max(place, code.partner(place)) + 1
        }
        if start < inside.upperBound { parts.append(start..<inside.upperBound) }
        return parts
    }

    /// The text of a whole expression; `nil` where the file does not say it.
    package func text(_ range: Range<Int>?) -> String? {
        guard let range, !range.isEmpty, let found = value(at: range.lowerBound, upTo: range.upperBound),
            found.end == range.upperBound
        else { return nil }
        return found.text
    }

    /// Texts and constants with `+` between them, and the place behind.
    private func value(at start: Int, upTo limit: Int, depth: Int = 0) -> (text: String, end: Int)? {
        guard depth < Self.depthLimit else { return nil }
        var (text, place) = ("", start)
        while place < limit {
            guard let term = term(at: place, upTo: limit, depth) else { return nil }
            text += term.text
            place = term.end
            guard place < limit, code.isSign(place, "+") else { break }
            place += 1
        }
        guard place > start, place == limit || endsExpression(place) else { return nil }
        return (text, place)
    }

    private func term(at place: Int, upTo limit: Int, _ depth: Int) -> (text: String, end: Int)? {
        if code.isString(place) {
            return code.literal(place, constants: constants).map { ($0, place + 1) }
        }
        if code.isSign(place, "("), let inner = whole(code.inside(place), depth) {
            return (inner, code.partner(place) + 1)
        }
        if code.language == .rust, code.isWord(place, "concat"), code.isSign(place + 1, "!") {
            let parts = arguments(place + 2).map { whole($0, depth) }
            guard !parts.contains(nil) else { return nil }
            return (parts.compactMap(\.self).joined(), code.partner(place + 2) + 1)
        }
        guard code.isWord(place), let value = constants[code.text(place)] else { return nil }
        return (value, place + 1)
    }

    private func whole(_ range: Range<Int>, _ depth: Int) -> String? {
        guard let found = value(at: range.lowerBound, upTo: range.upperBound, depth: depth + 1),
            found.end == range.upperBound
        else { return nil }
        return found.text
    }

    /// Whether what follows can be no part of the text: a sign that ends it, or another line.
    private func endsExpression(_ place: Int) -> Bool {
        if [";", ",", ")", "}", "]"].contains(where: { code.isSign(place, $0) }) { return true }
        return code.line(place) > code.line(place - 1) && !code.isSign(place, ".") && !code.isSign(place, "?")
    }
}
