/// A value that would not come back the same when its text is read again.
package struct UnsoundJSON: Error, Hashable {
    package let problem: String
}

extension JSON {
    /// The form that is hashed, written in one walk in which what would not come back the same is refused.
    package func soundCanonical(maximumDepth: Int) throws(UnsoundJSON) -> [UInt8] {
        var printer = SoundPrinter(maximumDepth: maximumDepth)
        printer.output.reserveCapacity(512)
        try printer.write(self, depth: 0)
        return printer.output
    }

    fileprivate static func isInteger(_ digits: String) -> Bool {
        let rest = digits.utf8.drop { $0 == UInt8(ascii: "-") }
        return !rest.isEmpty && digits.utf8.count - rest.count <= 1 && rest.allSatisfy { (48...57).contains($0) }
            && (rest.count == 1 || rest.first != UInt8(ascii: "0"))
    }
}

/// Writes containers itself, and leaves everything else to the common printer.
private struct SoundPrinter {
    let maximumDepth: Int
    var output: [UInt8] = []

    init(maximumDepth: Int) { self.maximumDepth = maximumDepth }

    mutating func write(_ value: JSON, depth: Int) throws(UnsoundJSON) {
        switch value {
        case .string(let text): JSON.appendString(text, to: &output, escapesNonASCII: true)
        case .object(let members): try write(members, depth)
        case .array(let elements): try write(elements, depth)
        case .bigInteger(let digits) where !JSON.isInteger(digits):
            throw UnsoundJSON(problem: "'\(digits.prefix(40))' is no integer")
        case .double(let number) where !number.isFinite: throw UnsoundJSON(problem: "a number is not finite")
        default: value.append(to: &output, .canonical)
        }
    }

    private mutating func write(_ elements: [JSON], _ depth: Int) throws(UnsoundJSON) {
        try enter(depth)
        output.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            try write(element, depth: depth + 1)
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: [JSON.Member], _ depth: Int) throws(UnsoundJSON) {
        try enter(depth)
        output.append(UInt8(ascii: "{"))
        var last: String?
        for member in JSON.sorted(members) {
            if let last {
                guard last != member.name || !last.utf8.elementsEqual(member.name.utf8) else {
                    throw UnsoundJSON(problem: "the member '\(last.prefix(40))' is there twice")
                }
                output.append(UInt8(ascii: ","))
            }
            JSON.appendString(member.name, to: &output, escapesNonASCII: true)
            output.append(UInt8(ascii: ":"))
            try write(member.value, depth: depth + 1)
            last = member.name
        }
        output.append(UInt8(ascii: "}"))
    }

    private func enter(_ depth: Int) throws(UnsoundJSON) {
        guard depth < maximumDepth else { throw UnsoundJSON(problem: "it is nested too deeply") }
    }
}
