/// Finds credentials in a text by the shapes that only credentials have, in one pass over the bytes.
package enum SecretScan {
    /// A place that holds a credential; never the credential itself.
    package struct Finding: Hashable, Sendable {
        package let kind: String
        package let range: Range<Int>
        /// Counted from 1.
        package let line: Int
    }

    /// How a token begins, and how many characters of its alphabet have to follow.
    private struct Shape {
        let prefix: [UInt8]
        let kind: String
        let length: Int

        init(_ prefix: String, _ length: Int, _ kind: String) {
            (self.prefix, self.length, self.kind) = (Array(prefix.utf8), length, kind)
        }
    }

    private static let shapes = [
        Shape("ghp_", 30, "a GitHub token"), Shape("gho_", 30, "a GitHub token"),
        Shape("ghu_", 30, "a GitHub token"),
        Shape("ghs_", 30, "a GitHub token"), Shape("ghr_", 30, "a GitHub token"),
        Shape("github_pat_", 40, "a GitHub token"), Shape("glpat-", 20, "a GitLab token"),
        Shape("AKIA", 16, "an AWS access key"), Shape("ASIA", 16, "an AWS access key"),
        Shape("xoxb-", 20, "a Slack token"), Shape("xoxp-", 20, "a Slack token"),
        Shape("sk-ant-", 20, "an Anthropic API key"), Shape("sk-proj-", 20, "an OpenAI API key"),
        Shape("eyJ", 40, "a JSON web token"), Shape("-----BEGIN ", 5, "a private key"),
        Shape("AIza", 35, "a Google API key"), Shape("npm_", 36, "an npm token"),
        Shape("pypi-", 40, "a PyPI token"),
        Shape("hf_", 30, "a Hugging Face token"),
    ]

    private static let shapesByFirstByte: [[Shape]] = {
        var table = [[Shape]](repeating: [], count: 256)
        for shape in shapes { table[Int(shape.prefix[0])].append(shape) }
        return table
    }()

    /// At most a thousand findings, in order.
    ///
    /// Passwords in URLs are left out unless asked for, as examples in documentation have them too.
    package static func findings(in bytes: [UInt8], includingURLPasswords: Bool = false) -> [Finding] {
        let table = shapesByFirstByte
        let isStart = table.map { !$0.isEmpty }
        var findings: [Finding] = []
        var index = 0
        var line = 1
        var previous = UInt8(ascii: " ")
        while index < bytes.count, findings.count < 1000 {
            let byte = bytes[index]
            var found: (kind: String, range: Range<Int>)?
            if isStart[Int(byte)], !isWord(previous) {
                found = table[Int(byte)].lazy.compactMap { match($0, bytes, index) }.first
            } else if includingURLPasswords, byte == UInt8(ascii: ":") {
                found = password(bytes, index)
            }
            if let found {
                line += bytes[index..<found.range.lowerBound].count { $0 == UInt8(ascii: "\n") }
                findings.append(Finding(kind: found.kind, range: found.range, line: line))
                line += bytes[found.range].count { $0 == UInt8(ascii: "\n") }
                index = found.range.upperBound
                previous = UInt8(ascii: " ")
                continue
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            previous = byte
            index += 1
        }
        return findings
    }

    private typealias Match = (kind: String, range: Range<Int>)

    private static func match(_ shape: Shape, _ bytes: [UInt8], _ start: Int) -> Match? {
        let body = start + shape.prefix.count
        guard body < bytes.count, bytes[start..<body].elementsEqual(shape.prefix) else { return nil }
        if shape.kind == "a private key" { return privateKey(bytes, start) }
        var end = body
        while end < bytes.count, isWord(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
        while end > body, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
        guard end - body >= shape.length else { return nil }
        let hasDots = bytes[body..<end].count { $0 == UInt8(ascii: ".") } >= 2
        if shape.kind == "a JSON web token", !hasDots { return nil }
        return (shape.kind, start..<end)
    }

    /// From `-----BEGIN … PRIVATE KEY-----` to its end, or to the end of the file.
    private static func privateKey(_ bytes: [UInt8], _ start: Int) -> Match? {
        let head = String(decoding: bytes[start..<min(start + 60, bytes.count)], as: UTF8.self)
        guard let line = head.split(separator: "\n").first, line.contains("PRIVATE KEY-----") else { return nil }
        let marker = Array("-----END ".utf8)
        var end = start + line.utf8.count
        while end < bytes.count, !bytes[end...].starts(with: marker) { end += 1 }
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        return ("a private key", start..<end)
    }

    /// `https://user:password@host`, found at the colon of `://`.
    private static func password(_ bytes: [UInt8], _ colon: Int) -> Match? {
        guard colon + 3 < bytes.count, bytes[colon + 1] == UInt8(ascii: "/"),
            bytes[colon + 2] == UInt8(ascii: "/"),
            colon > 0, isWord(bytes[colon - 1])
        else { return nil }
        var end = colon + 3
        var separator: Int?
        while end < bytes.count, end - colon < 500 {
            let byte = bytes[end]
            if byte == UInt8(ascii: "@") { break }
            if byte <= 32 || "/\"'<>#?".utf8.contains(byte) { return nil }
            if byte == UInt8(ascii: ":"), separator == nil { separator = end }
            end += 1
        }
        guard let separator, end < bytes.count, bytes[end] == UInt8(ascii: "@"), end > separator + 1 else {
            return nil
        }
        return ("a password in a URL", separator + 1..<end)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
