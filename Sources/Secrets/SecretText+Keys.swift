extension SecretText {
    private static let dashes = Array("-----".utf8)
    private static let keyEnd = Array("-----END ".utf8)
    private static let ellipses = ["...", "\u{2026}", "[...", "<"].map { Array($0.utf8) }

    /// From `-----BEGIN … PRIVATE KEY` to its end, or to the end of its base 64; a mere mention has no key behind it.
    ///
    /// What begins as a key does counts without its end as well; other base 64 only as a whole block.
    func privateKey(at start: Int) -> SecretMatch? {
        if self[start] == UInt8(ascii: "P") { return puttyKey(at: start) }
        guard let header = keyHeader(at: start), let run = keyMaterial(from: header.upperBound),
            !isPlaceholder(run, isShaped: true), SecretValue(self, run).distinct > 8,
            run.count >= 200 || !Self.ellipses.contains(where: { hasPrefix($0, at: run.upperBound) })
        else { return nil }
        let (end, isClosed) = keyEnd(from: run.upperBound)
        guard hasKeyFraming(run) || (isClosed && run.count >= 40) else { return nil }
        return SecretMatch(kind: "a private key", range: start..<end)
    }

    private func keyHeader(at start: Int) -> Range<Int>? {
        let body = start + "-----BEGIN ".utf8.count
        let end = end(of: [.upper, .digit, .space, .underscore], from: body, limit: 60)
        guard hasPrefix(Self.dashes, at: end) else { return nil }
        let title = String(decoding: bytes[body..<end], as: UTF8.self)
        return title.hasSuffix("PRIVATE KEY") || title.hasSuffix("PRIVATE KEY BLOCK") ? start..<end + 5 : nil
    }

    /// The first 32 or more characters of base 64 in a row; line breaks may be written as escapes.
    private func keyMaterial(from start: Int) -> Range<Int>? {
        let limit = min(count, start + 600)
        var index = start
        while index < limit {
            if self[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if hasPrefix(Self.dashes, at: index) { return nil }
            let end = end(of: .base64, from: index)
            if end - index >= 32 { return index..<end }
            index = max(end, index + 1)
        }
        return nil
    }

    /// Behind the closing line, or where the base 64 stops.
    private func keyEnd(from start: Int) -> (end: Int, isClosed: Bool) {
        let limit = min(count, start + 64 << 10)
        var (index, last) = (start, start)
        while index < limit, self[index] != UInt8(ascii: "-") || !hasPrefix(Self.dashes, at: index) {
            if self[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            let end = end(of: .base64, from: index)
            if end - index >= 4 { last = end }
            index = max(end, index + 1)
        }
        guard index < limit, hasPrefix(Self.keyEnd, at: index) else { return (last, false) }
        var end = index + Self.keyEnd.count
        end = self.end(of: [.upper, .digit, .space, .underscore], from: end, limit: 60)
        return (hasPrefix(Self.dashes, at: end) ? end + 5 : end, true)
    }

    /// Whether the base 64 decodes to how a key begins: a DER sequence with a version or an algorithm, OpenSSH's magic
    /// word, or OpenPGP's packet of a secret key.
    private func hasKeyFraming(_ run: Range<Int>) -> Bool {
        let head = decodedBase64(run.prefix(24))
        guard head.count >= 15 else { return false }
        if head.starts(with: "openssh-key-v1".utf8) { return true }
        if (0x94...0x97).contains(head[0]) || head[0] == 0xC5 { return true }
        guard head[0] == 0x30 else { return false }
        let lengthBytes = head[1] < 0x80 ? 0 : Int(head[1] & 0x7F)
        guard lengthBytes <= 3 else { return false }
        let tag = head[2 + lengthBytes]
        return (tag == 2 && head[3 + lengthBytes] == 1) || tag == 0x30
    }

    private func puttyKey(at start: Int) -> SecretMatch? {
        let end = min(count, start + 4096)
        let lines = Array("Private-Lines:".utf8)
        guard let place = (start..<end).first(where: { hasPrefix(lines, at: $0) }) else { return nil }
        return SecretMatch(kind: "a private key", range: start..<self.end(of: [.word, .base64Sign], from: place))
    }

    /// The bytes of base 64 of either alphabet, up to the first other character.
    func decodedBase64(_ range: Range<Int>) -> [UInt8] {
        var (result, bits, held): ([UInt8], UInt32, Int) = ([], 0, 0)
        for index in range {
            guard let value = Self.sextet(self[index]) else { break }
            (bits, held) = (bits << 6 | value, held + 6)
            if held >= 8 {
                held -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return result
    }

    private static func sextet(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 65...90: UInt32(byte) - 65
        case 97...122: UInt32(byte) - 71
        case 48...57: UInt32(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
