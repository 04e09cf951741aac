internal import Basics

extension SecretText {
    /// A value that looks random, behind a `:` or `=` and a name that says what it is.
    func assignment(at mark: Int) -> SecretMatch? {
        guard let name = name(before: mark), let value = value(after: mark) else { return nil }
        // Tokens of a known shape are found by it, and named better.
        if value.range.count > 1, SecretTable.shared.token(in: self, at: value.range.lowerBound) != nil {
            return nil
        }
        if name == .authorization { return authorization(value.range) }
        if name == .login { return login(value.range) }
        guard value.range.count >= 8, !isPlaceholder(value.range, isShaped: false),
            !isReference(value.range, isQuoted: value.isQuoted)
        else { return nil }
        let measure = SecretValue(self, value.range)
        let kind = name == .password ? "a password" : "a secret"
        let isSecret =
            value.isQuoted
            ? (name == .password ? measure.isPassword : measure.isRandom(from: 16))
            : measure.isRandom(from: name == .password ? 12 : 20)
        return isSecret ? SecretMatch(kind: kind, range: value.range) : nil
    }

    /// `Authorization: Bearer …`.
    private func authorization(_ range: Range<Int>) -> SecretMatch? {
        let end = (range.lowerBound..<min(count, range.lowerBound + 8)).first { self[$0] == 32 }
        guard let end,
            ["bearer", "basic", "token"].contains(where: { lowered(range.lowerBound..<end).elementsEqual($0.utf8) }
            )
        else { return nil }
        let token = end + 1..<self.end(of: [.dotted, .base64Sign], from: end + 1, limit: 2048)
        guard !isPlaceholder(token, isShaped: false), SecretValue(self, token).isRandom(from: 20) else {
            return nil
        }
        return SecretMatch(kind: "a secret", range: token)
    }

    /// `auth`: a user's name and password in base 64, as Docker and npm keep them.
    private func login(_ range: Range<Int>) -> SecretMatch? {
        guard range.count >= 16, !isPlaceholder(range, isShaped: true) else { return nil }
        let text = decodedBase64(range)
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0, text.count - colon > 8,
            text.allSatisfy({ (33..<127).contains($0) })
        else { return nil }
        return SecretMatch(kind: "a password", range: range)
    }

    // MARK: Values

    private func value(after mark: Int) -> (range: Range<Int>, isQuoted: Bool)? {
        var start = mark + 1
        if start < count, self[start] == UInt8(ascii: ">") { start += 1 }
        if self[mark] == UInt8(ascii: ">") { return plainValue(from: start) }
        let limit = min(count, start + 4)
        while start < limit, self[start] == 32 || self[start] == 9 { start += 1 }
        // The letters that some languages write before a string.
        if start + 1 < count, "bruf@L".utf8.contains(self[start]), Self.isQuote(self[start + 1]) { start += 1 }
        // In a string within a string, quotes are escaped.
        if start + 1 < count, self[start] == UInt8(ascii: "\\"), Self.isQuote(self[start + 1]) { start += 1 }
        guard start < count else { return nil }
        guard Self.isQuote(self[start]) else { return plainValue(from: start) }
        let quote = self[start]
        var end = start + 1
        let last = min(count, end + 600)
        while end < last, self[end] != quote, self[end] > 32 { end += 1 }
        // Only `Authorization` may have a space, and is read again there.
        guard end < last, self[end] == quote || self[end] == 32 else { return nil }
        if self[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        return end > start + 1 ? (start + 1..<end, true) : nil
    }

    /// Up to the end of the line, of the string around it, or of the pair of names and values.
    private func plainValue(from place: Int) -> (range: Range<Int>, isQuoted: Bool)? {
        let start = hasPrefix(Self.encoding, at: place) ? place + Self.encoding.count : place
        var end = end(of: [.word, .base64Sign], from: start, limit: 600)
        // Names of types have dots and commas; what a service made up has a dot between long parts.
        if end < count, self[end] == UInt8(ascii: "."), end - start >= 14 {
            let rest = self.end(of: .dotted, from: end, limit: 600)
            if rest - end > 30 { end = rest }
        }
        guard end > start else { return nil }
        // Signs in a URL's query are written as `%2B`.
        let isEncoded =
            end + 2 < count && self[end] == UInt8(ascii: "%") && SecretAlphabet.hex.contains(self[end + 1])
        let closes = isEncoded || end == count || " \t\r\n;&\"'`\\<".utf8.contains(self[end])
        return closes ? (start..<end, false) : nil
    }

    private static let encoding = Array("base64:".utf8)

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
    }

    // MARK: Names

    private enum Name { case password, secret, authorization, login }

    private static let names: [(ending: [UInt8], name: Name)] =
        endings(["password", "passwd", "passphrase", "pwd"], .password)
        + endings(
            [
                "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "accountkey", "encryptionkey",
                "signingkey", "masterkey", "secretkeybase", "authkey", "appkey", "credential", "credentials",
            ], .secret) + endings(["auth"], .login) + endings(["authorization"], .authorization)

    /// What stands before the name of a thing whose digest follows.
    private static let checksum = Array("checksum/".utf8)

    /// Written backwards, as names are read.
    private static func endings(_ words: [String], _ name: Name) -> [(ending: [UInt8], name: Name)] {
        words.map { (Array($0.utf8.reversed()), name) }
    }

    private static let harmless = [
        "nexttoken", "pagetoken", "changetoken", "continuationtoken", "synctoken", "updatetoken", "resumetoken",
        "paginationtoken", "cancellationtoken", "clientrequesttoken", "idempotencytoken", "purchasetoken",
    ].map { Array($0.utf8.reversed()) }

    /// What the name on the left of `:` or `=` says; in `key: String = ` it stands before the type.
    private func name(before mark: Int) -> Name? {
        guard mark > 0, !"=!<>+-*/%&|^~".utf8.contains(self[mark - 1]) else { return nil }
        if self[mark] == UInt8(ascii: ">") { return elementName(before: mark) }
        if isSignature(before: mark) { return .secret }
        var end = mark
        if self[end - 1] == UInt8(ascii: ":") { end -= 1 }
        let (name, start) = word(endingAt: end)
        if let name { return name }
        var place = start
        while place > 0, self[place - 1] == 32 { place -= 1 }
        guard self[mark] == UInt8(ascii: "="), place > 1, self[place - 1] == UInt8(ascii: ":") else { return nil }
        return word(endingAt: place - 1).name
    }

    /// `<password>`: an element of XML whose text follows.
    private func elementName(before mark: Int) -> Name? {
        let (name, start) = word(endingAt: mark)
        return start > 0 && self[start - 1] == UInt8(ascii: "<") && (name == .password || name == .secret)
            ? name : nil
    }

    /// `?sig=` or `&sig=`: what opens a URL to whoever holds it.
    private func isSignature(before mark: Int) -> Bool {
        self[mark - 1] == UInt8(ascii: "g") && mark >= 4
            && (hasPrefix(Array("?sig".utf8), at: mark - 4) || hasPrefix(Array("&sig".utf8), at: mark - 4))
    }

    private func word(endingAt end: Int) -> (name: Name?, start: Int) {
        var place = end
        while place > 0, end - place < 6,
            self[place - 1] == 32 || self[place - 1] == 9 || Self.isQuote(self[place - 1])
                || self[place - 1] == UInt8(ascii: "]") || self[place - 1] == UInt8(ascii: "?")
                || self[place - 1] == UInt8(ascii: "\\")
        { place -= 1 }
        guard place > 0, "dnteyshDNTEYSH".utf8.contains(self[place - 1]) else {
            while place > 0, isWord(place - 1) { place -= 1 }
            return (nil, place)
        }
        var letters: [UInt8] = []
        while place > 0, letters.count < 40, isWord(place - 1) || self[place - 1] == UInt8(ascii: ".") {
            place -= 1
            if SecretAlphabet.alphanumeric.contains(self[place]) {
                letters.append((65...90).contains(self[place]) ? self[place] | 0x20 : self[place])
            }
        }
        // 'AWS::IAM::AccessKey' is a kind of thing, and a token for the next page opens nothing.
        let isType = place > 1 && self[place - 1] == UInt8(ascii: ":") && self[place - 2] == UInt8(ascii: ":")
        if place > 8, self[place - 1] == UInt8(ascii: "/"), hasPrefix(Self.checksum, at: place - 9) {
            return (nil, place)
        }
        guard !isType, !Self.harmless.contains(where: { letters.starts(with: $0) }) else { return (nil, place) }
        return (Self.names.first { letters.starts(with: $0.ending) }?.name, place)
    }

    // MARK: What is no secret

    private static let standIns =
        words([
            "example", "changeme", "change-me", "change_me", "placeholder", "redacted", "xxxx", "****", "...",
            "replace",
        ]) + published

    /// What stands in the documentation of services, in lower case: keys of Stripe, JSON web tokens about John Doe, and
    /// Aladdin's password.
    private static let published = words([
        "4ec39hqlyjwdarjtt1zdp7dc", "bqokikjovbii2hlwgh4olfq2", "eyjzdwiioiixmjm0nty3odkwi",
        "qwxhzgrpbjpvcgvu",
    ])

    private static let namedStandIns = words([
        "dummy", "sample", "your", "todo", "fixme", "insert", "fake", "mock", "secret", "not-a-", "foobar",
        "hunter2",
        "1234567", "abcdefg", "qwerty", "deadbeef", "000000", "password", "passw0rd", "p@ssw", "token", "test",
        "none",
        "null", "pass",
    ])

    private static func words(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    /// Whether a value says that it stands for another one, or repeats a few characters.
    ///
    /// What has the shape of a token is trusted to be one unless it says so plainly.
    func isPlaceholder(_ range: Range<Int>, isShaped: Bool) -> Bool {
        var seen = SecretCharacters()
        for index in range { seen.insert(self[index]) }
        if seen.count <= 5 { return true }
        let lowered = lowered(range)
        return (isShaped ? Self.standIns : Self.standIns + Self.namedStandIns)
            .contains { lowered.contains(piece: $0) }
    }

    /// Whether the value names a variable, a file or an address rather than being the secret itself.
    private func isReference(_ range: Range<Int>, isQuoted: Bool = false) -> Bool {
        if (isQuoted ? "$<{@#/.~" : "$<{%@#/.~*").utf8.contains(self[range.lowerBound]) { return true }
        // In a string of its own, a parenthesis calls nothing.
        let signs = isQuoted ? "{}<>[] ".utf8 : "{}<>()[] ".utf8
        for index in range where signs.contains(self[index]) || self[index] >= 128 { return true }
        let lowered = lowered(range)
        return lowered.contains(piece: "://") || lowered.starts(with: "arn:".utf8)
            || lowered.starts(with: "sha".utf8) || lowered.starts(with: "urn:".utf8)
    }

    // MARK: Passwords in URLs

    /// The password of `https://user:password@host`, found at the colon of `://`.
    func urlPassword(at colon: Int) -> Range<Int>? {
        guard colon + 3 < count, self[colon] == UInt8(ascii: ":"), self[colon + 1] == UInt8(ascii: "/"),
            self[colon + 2] == UInt8(ascii: "/"), colon > 0, isWord(colon - 1)
        else { return nil }
        var end = colon + 3
        var separator: Int?
        while end < count, end - colon < 500 {
            let byte = self[end]
            if byte == UInt8(ascii: "@") { break }
            if byte <= 32 || "/\"'<>#?".utf8.contains(byte) { return nil }
            if byte == UInt8(ascii: ":"), separator == nil { separator = end }
            end += 1
        }
        guard let separator, end < count, self[end] == UInt8(ascii: "@"), end > separator + 1 else { return nil }
        return separator + 1..<end
    }

    /// Whether the password in a URL is more than a stand-in, and opens more than one's own machine.
    func isRealPassword(_ range: Range<Int>) -> Bool {
        guard range.count >= 6, !isPlaceholder(range, isShaped: false), !isReference(range) else { return false }
        let host = String(
            decoding: lowered(range.upperBound + 1..<min(count, range.upperBound + 100))
                .prefix { SecretAlphabet.dotted.contains($0) }, as: UTF8.self)
        // A name without a dot is a neighbour's in a test network.
        let isLocal =
            !host.contains(".") || host.hasPrefix("127.") || host.hasPrefix("0.") || host.contains("example")
            || [".local", ".test", ".invalid", ".localhost"].contains { host.hasSuffix($0) }
        if isLocal { return false }
        let measure = SecretValue(self, range)
        return measure.hasDigit || measure.kindCount >= 3 || range.count >= 16
    }
}

/// Which characters occurred.
struct SecretCharacters {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
    }

    var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }
}
