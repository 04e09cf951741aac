internal import Glibc

/// What is encoded and broken, put together again: lines of any width, and pairs of hexadecimal digits with something
/// between them, as dumps and tables in sources have them.
struct JoinedText {
    enum Kind { case lines, pairs }

    let kind: Kind
    /// What stands there without what breaks it.
    let bytes: UnsafeBufferPointer<UInt8>
    /// What it was made of.
    private let source: UnsafeBufferPointer<UInt8>
    private let start: Int

    /// Where its parts stand in the text, for who asks for them in order.
    var places: Places { Places(kind, Walk(kind, source, from: start)) }

    /// Calls with each, until the answer is no; nothing is joined that no spelling holds side by side.
    static func forEach(
        in text: UnsafeBufferPointer<UInt8>, _ broken: BrokenSpellings, _ body: (JoinedText) -> Bool
    ) {
        broken.withNeighbours { letters, digits in
            kinds.withUnsafeBufferPointer { kinds in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { room in
                    let search = Search(
                        text: text, kinds: kinds, letters: letters, digits: digits, pairs: broken.pairs, room: room
                    )
                    if search.forEachOfLines(body) { search.forEachOfPairs(body) }
                }
            }
        }
    }
}

// MARK: Places

extension JoinedText {
    struct Places {
        private let kind: Kind
        private var walk: Walk
        private var passed = 0

        fileprivate init(_ kind: Kind, _ walk: Walk) { (self.kind, self.walk) = (kind, walk) }

        /// Where a part stands, none of those asked for before beginning behind it.
        ///
        /// `nil` where nothing breaks it, and where one character stands before the first break: nearly every line ends in one
        /// that a secret begins with, and no stream shall wait for the next line.
        mutating func place(of part: Range<Int>) -> Range<Int>? {
            while passed < part.lowerBound, walk.next() != nil { passed += 1 }
            var ahead = walk
            guard let first = ahead.next() else { return nil }
            var (second, last) = (first + 1, first)
            for index in part.dropFirst() {
                guard let place = ahead.next() else { return nil }
                if index == part.lowerBound + 1 { second = place }
                last = place
            }
            let isLone = kind == .lines && second > first + 1
            return last - first < part.count || isLone ? nil : first..<last + 1
        }
    }
}

// MARK: Characters

extension JoinedText {
    fileprivate static let letter: UInt8 = 1
    fileprivate static let digit: UInt8 = 2
    /// What pairs of digits and what lies between them are made of.
    fileprivate static let part: UInt8 = 4
    fileprivate static let blank: UInt8 = 8
    /// What makes a zero before it belong to no number.
    fileprivate static let mark: UInt8 = 16

    fileprivate static let kinds: [UInt8] = {
        var kinds = [UInt8](repeating: 0, count: 256)
        for (characters, kind) in [
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_", letter),
            ("0123456789ABCDEFabcdef", digit | part), ("xX\\ \t\r\n:,;-", part), (" \t\r", blank), ("xX", mark),
        ] {
            for byte in characters.utf8 { kinds[Int(byte)] |= kind }
        }
        return kinds
    }()

    /// The places of the bytes of a joined text, one after the other.
    fileprivate struct Walk {
        private let kind: Kind
        private let text: UnsafeBufferPointer<UInt8>
        private var place: Int

        init(_ kind: Kind, _ text: UnsafeBufferPointer<UInt8>, from start: Int) {
            (self.kind, self.text, place) = (kind, text, start)
        }

        mutating func next() -> Int? {
            let wanted = kind == .lines ? letter : digit
            while place < text.count {
                defer { place += 1 }
                if kinds[Int(text[place])] & wanted != 0, kind == .lines || !text.isPrefix(place) { return place }
            }
            return nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether a zero is that of `0x`.
    fileprivate func isPrefix(_ place: Int) -> Bool {
        self[place] == UInt8(ascii: "0") && place + 1 < count && self[place + 1] | 32 == UInt8(ascii: "x")
            && (place == 0 || JoinedText.kinds[Int(self[place - 1])] & JoinedText.digit == 0)
    }

    fileprivate func nextNewline(from position: Int) -> Int? {
        guard position < count, let base = baseAddress, let found = memchr(base + position, 10, count - position)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}

// MARK: Search

extension JoinedText {
    fileprivate struct Search {
        let text: UnsafeBufferPointer<UInt8>
        let kinds: UnsafeBufferPointer<UInt8>
        /// Which two letters, and which four digits, stand side by side in a spelling.
        let letters: UnsafeBufferPointer<Bool>
        let digits: UnsafeBufferPointer<Bool>
        let pairs: SecretMatcher
        let room: UnsafeMutableBufferPointer<UInt8>

        /// Eight bytes in digits, and something between them.
        private static let shortestPairs = 17
        private static let step = 16

        private func has(_ kind: UInt8, _ place: Int) -> Bool { kinds[Int(text[place])] & kind != 0 }

        func forEachOfLines(_ body: (JoinedText) -> Bool) -> Bool {
            var position = 0
            while let newline = text.nextNewline(from: position) {
                position = newline + 1
                var last = newline - 1
                while last >= 0, has(blank, last) { last -= 1 }
                guard last >= 0, has(letter, last), let next = afterBreak(newline, after: last) else { continue }
                var first = last
                while first > 0, has(letter, first - 1) { first -= 1 }
                let count = copy(first..<last + 1, to: 0)
                let joined: Int
                (joined, position) = takeLines(from: next, count)
                let bytes = UnsafeBufferPointer(rebasing: room[..<joined])
                if !body(JoinedText(kind: .lines, bytes: bytes, source: text, start: first)) { return false }
            }
            return true
        }

        /// Where the next line's letters begin, if nothing but a line's end lies between here and there.
        private func afterBreak(_ start: Int, after last: Int) -> Int? {
            var place = start
            while place < text.count, has(blank, place) { place += 1 }
            guard place < text.count, text[place] == 10 else { return nil }
            place += 1
            while place < text.count, has(blank, place) { place += 1 }
            guard place < text.count, has(letter, place) else { return nil }
            return letters[Int(text[last]) << 8 | Int(text[place])] ? place : nil
        }

        /// Takes what hangs together from here on; returns how much that is, and where it ends.
        private func takeLines(from start: Int, _ count: Int) -> (count: Int, end: Int) {
            var (count, place) = (count, start)
            while true {
                let first = place
                while place < text.count, has(letter, place) { place += 1 }
                count = copy(first..<place, to: count)
                guard let next = afterBreak(place, after: place - 1) else { return (count, place) }
                place = next
            }
        }

        private func copy(_ range: Range<Int>, to start: Int) -> Int {
            guard let target = room.baseAddress, let source = text.baseAddress else { return start }
            (target + start).initialize(from: source + range.lowerBound, count: range.count)
            return start + range.count
        }

        func forEachOfPairs(_ body: (JoinedText) -> Bool) {
            var (place, floor) = (Self.step - 1, 0)
            while place < text.count {
                guard has(part, place) else {
                    place += Self.step
                    continue
                }
                var start = place
                while start > floor, has(part, start - 1) { start -= 1 }
                let (end, count) = copyDigits(from: start)
                // what is not in all the digits together is in no part of them
                if end - start >= Self.shortestPairs,
                    pairs.hasMatch(in: UnsafeBufferPointer(rebasing: room[..<count])),
                    !forEachOfPairs(in: start..<end, body)
                {
                    return
                }
                (floor, place) = (end, end + Self.step - 1)
            }
        }

        /// Copies the digits of what is made of digits and separators; returns where that ends, and how many there are.
        private func copyDigits(from start: Int) -> (end: Int, count: Int) {
            var (end, count) = (start, 0)
            while end < text.count {
                let byte = text[end]
                let kind = kinds[Int(byte)]
                if kind & part == 0 { break }
                if kind & mark != 0, end > start, text.isPrefix(end - 1) { count -= 1 }
                room[count] = byte
                count += Int(kind & digit) >> 1
                end += 1
            }
            return (end, count)
        }

        /// Of what is made of digits and separators, the parts whose pieces can belong to one spelling.
        private func forEachOfPairs(in range: Range<Int>, _ body: (JoinedText) -> Bool) -> Bool {
            var (place, start, count, last) = (range.lowerBound, range.lowerBound, 0, range.lowerBound)
            while let digits = nextDigits(from: place, to: range.upperBound) {
                if count > 0, !areNeighbours(last, digits) {
                    guard end(start, count, body) else { return false }
                    count = 0
                }
                if count == 0 { start = digits.lowerBound }
                count = copy(digits, to: count)
                (place, last) = (digits.upperBound, digits.upperBound)
            }
            return end(start, count, body)
        }

        /// Whether digits that end there and others may follow each other in a spelling, as far as two on each side tell; a
        /// single one is no pair.
        private func areNeighbours(_ end: Int, _ next: Range<Int>) -> Bool {
            guard end >= 2, next.count >= 2, has(digit, end - 2) else { return false }
            let left = text[end - 2].digitValue << 4 | text[end - 1].digitValue
            let right = text[next.lowerBound].digitValue << 4 | text[next.lowerBound + 1].digitValue
            return digits[left << 8 | right]
        }

        private func end(_ start: Int, _ count: Int, _ body: (JoinedText) -> Bool) -> Bool {
            guard count >= 2 * SecretSpellings.shortest else { return true }
            let bytes = UnsafeBufferPointer(rebasing: room[..<count])
            return body(JoinedText(kind: .pairs, bytes: bytes, source: text, start: start))
        }

        /// Digits that stand side by side, without the zero of `0x`.
        private func nextDigits(from start: Int, to end: Int) -> Range<Int>? {
            var first = start
            while first < end, !has(digit, first) || text.isPrefix(first) { first += 1 }
            var last = first
            while last < end, has(digit, last) { last += 1 }
            return first < last ? first..<last : nil
        }
    }
}

// MARK: Streams

extension JoinedText {
    /// Where the end of a text begins that may be the beginning of a broken piece; its count where none may.
    static func openEnd(of text: [UInt8], _ broken: BrokenSpellings) -> Int {
        let lines = openLines(in: text, atMost: broken.lines.longest)
        let pairs = openPairs(in: text, atMost: broken.pairs.longest)
        var ends = [firstOpen(lines, broken.lines), firstOpen(pairs, broken.pairs)]
        // the zero may be that of `0x`
        if pairs.last?.byte == UInt8(ascii: "0") { ends.append(firstOpen(pairs.dropLast(), broken.pairs)) }
        return ends.compactMap(\.self).min() ?? text.count
    }

    private static func firstOpen(_ end: [(byte: UInt8, place: Int, isLone: Bool)], _ matcher: SecretMatcher)
        -> Int?
    {
        let bytes = end.map(\.byte)
        return end.indices.first { !end[$0].isLone && matcher.mayBegin(bytes[$0...]) }.map { end[$0].place }
    }

    /// The end of a text that may go on in the next line.
    private static func openLines(
        in text: [UInt8], atMost longest: Int
    ) -> [(byte: UInt8, place: Int, isLone: Bool)] {
        var open: [(byte: UInt8, place: Int, isLone: Bool)] = []
        var place = beforeBreak(text.count, text)
        var endsLine = place < text.count
        while open.count < longest, place > 0, kinds[Int(text[place - 1])] & letter != 0 {
            place -= 1
            open.append((text[place], place, endsLine))
            endsLine = false
            guard place > 0, kinds[Int(text[place - 1])] & letter == 0 else { continue }
            let before = beforeBreak(place, text)
            endsLine = text[before..<place].contains(10)
            if endsLine { place = before }
        }
        return open.reversed()
    }

    /// Where a line's end and the blanks around it begin, of which any may be missing.
    private static func beforeBreak(_ end: Int, _ text: [UInt8]) -> Int {
        var place = end
        while place > 0, kinds[Int(text[place - 1])] & blank != 0 { place -= 1 }
        guard place > 0, text[place - 1] == 10 else { return place }
        place -= 1
        while place > 0, kinds[Int(text[place - 1])] & blank != 0 { place -= 1 }
        return place
    }

    private static func openPairs(
        in text: [UInt8], atMost longest: Int
    ) -> [(byte: UInt8, place: Int, isLone: Bool)] {
        var start = text.count
        while start > 0, text.count - start < longest * 6, kinds[Int(text[start - 1])] & part != 0 { start -= 1 }
        return text.withUnsafeBufferPointer { text in
            var walk = Walk(.pairs, text, from: start)
            var open: [(byte: UInt8, place: Int, isLone: Bool)] = []
            while let place = walk.next() { open.append((text[place], place, false)) }
            return open
        }
    }
}
