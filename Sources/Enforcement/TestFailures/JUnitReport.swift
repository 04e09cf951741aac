internal import Basics

/// The failures that a JUnit file names: each `testcase` that holds a `failure` or an `error`.
///
/// A single pass over the tags. What is not such a file, or ends early, names nothing that could excuse anybody.
package struct JUnitReport {
    private static let depthLimit = 64

    private let bytes: [UInt8]
    private var place = 0
    private var open: [String] = []
    private var current: String?
    private var isFailed = false
    private var failures = TestFailures()

    package static func failures(in bytes: [UInt8]) -> TestFailures {
        var report = JUnitReport(bytes: bytes)
        do throws(Fault) {
            while try report.readTag() {}
            guard report.open.isEmpty, report.hasRoot else { throw Fault(reason: "it ends early") }
            return report.failures
        } catch { return TestFailures(problem: "the report is no JUnit file: \(error.reason)") }
    }

    private struct Fault: Error { let reason: String }

    private var hasRoot = false

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// `false` at the end.
    private mutating func readTag() throws(Fault) -> Bool {
        guard let start = bytes[place...].firstIndex(of: UInt8(ascii: "<")) else { return false }
        place = start
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")] {
            if try skip(start, to: end) { return true }
        }
        place += 1
        let isClosing = peek == UInt8(ascii: "/")
        if isClosing { place += 1 }
        let name = word()
        let attributes = try readAttributes()
        let isEmpty = bytes[place] == UInt8(ascii: "/")
        place += isEmpty ? 2 : 1
        if isClosing {
            guard open.popLast() == name else { throw Fault(reason: "'</\(name)>' closes nothing") }
            if name == "testcase" { endCase() }
        } else {
            try begin(name, attributes)
            if isEmpty {
                if name == "testcase" { endCase() }
            } else {
                guard open.count < Self.depthLimit else { throw Fault(reason: "it is nested too deep") }
                open.append(name)
            }
        }
        return true
    }

    private mutating func begin(_ name: String, _ attributes: [String: String]) throws(Fault) {
        if open.isEmpty {
            guard name == "testsuites" || name == "testsuite" else {
                throw Fault(reason: "it begins with '<\(name)>'")
            }
            hasRoot = true
        }
        switch name {
        case "testcase":
            let parts = ["file", "classname", "name"].compactMap { attributes[$0] }.filter { !$0.isEmpty }
            (current, isFailed) = (parts.joined(separator: " "), false)
        case "failure", "error":
            if current != nil {
                isFailed = true
            } else {
                failures.note("the report tells of an error outside of any test")
            }
        default: break
        }
    }

    private mutating func endCase() {
        if isFailed, let current { failures.add(current) }
        (current, isFailed) = (nil, false)
    }

    // MARK: Characters

    private var peek: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func skip(_ start: String, to end: String) throws(Fault) -> Bool {
        guard bytes[place...].starts(with: start.utf8) else { return false }
        let end = Array(end.utf8)
        place += start.utf8.count
        while place + end.count <= bytes.count {
            if bytes[place] == end[0], bytes[place...].starts(with: end) {
                place += end.count
                return true
            }
            place += 1
        }
        throw Fault(reason: "it ends early")
    }

    private mutating func word() -> String {
        let start = place
        while place < bytes.count, !" \t\r\n/>=".utf8.contains(bytes[place]) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    /// Up to the `>`, or the `/` before it.
    private mutating func readAttributes() throws(Fault) -> [String: String] {
        var found: [String: String] = [:]
        while true {
            while place < bytes.count, " \t\r\n".utf8.contains(bytes[place]) { place += 1 }
            guard place + 1 < bytes.count || peek == UInt8(ascii: ">") else {
                throw Fault(reason: "it ends early")
            }
            if peek == UInt8(ascii: ">") { return found }
            if peek == UInt8(ascii: "/") {
                guard bytes[place + 1] == UInt8(ascii: ">") else { throw Fault(reason: "a tag has a stray '/'") }
                return found
            }
            let name = word()
            guard !name.isEmpty, peek == UInt8(ascii: "=") else {
                throw Fault(reason: "an attribute has no value")
            }
            place += 1
            let quote = peek
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = bytes[(place + 1)...].firstIndex(of: quote)
            else { throw Fault(reason: "an attribute has no quotes") }
            found[name] = Self.text(bytes[(place + 1)..<end])
            place = end + 1
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        let entities = ["&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'", "&amp;": "&"]
        var result = ""
        var rest = text[...]
        while let sign = rest.firstIndex(of: "&") {
            result += rest[..<sign]
            rest = rest[sign...]
            if let (name, meaning) = entities.first(where: { rest.hasPrefix($0.key) }) {
                result += meaning
                rest = rest.dropFirst(name.count)
            } else {
                result.append("&")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
