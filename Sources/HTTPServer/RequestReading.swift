internal import HTTP

/// Judges the head of a request that was kept, as the server judges one that comes in.
package enum RequestReading {
    /// The status that it is refused with; `nil` where it is not.
    package static func refusal(ofHead head: [UInt8]) -> Int? {
        var lines = head.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        guard !lines.isEmpty else { return 400 }
        let words = lines.removeFirst().split(separator: " ", maxSplits: 2).map { String($0) }
        guard words.count == 3 else { return 400 }
        let fields = lines.map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return HTTPHeaders.Field(String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        let check = RequestCheck(method: words[0], version: words[2], fields: fields)
        do throws(RequestCheck.Refusal) {
            _ = try check.checked(words[1])
            return nil
        } catch { return error.status }
    }
}
