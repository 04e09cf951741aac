package import Basics

/// A task that is about to be written down.
package struct NewTask: Sendable {
    package var id: String
    package var title: String
    package var details: String?
    package var scope: String?
    package var priority: String?
    package var executor: String?
    package var isReady = false
    package var allowedPaths: [String] = []
    package var criteria: [String] = []
    package var dependencies: [String] = []
    package var labels: [String] = []
    package var inputs = JSON.object([])

    package init(id: String, title: String) { (self.id, self.title) = (id, title) }

    /// Its members in the order in which people write them; what says nothing is left out.
    var json: JSON {
        var members = [JSON.Member("id", .string(id)), JSON.Member("title", .string(title))]
        func add(_ name: String, _ value: JSON?) { if let value { members.append(JSON.Member(name, value)) } }
        func list(_ texts: [String]) -> JSON? { texts.isEmpty ? nil : .strings(texts) }
        add("description", details.map(JSON.string))
        add("scope", scope.map(JSON.string))
        add("priority", priority.map(JSON.string))
        add("ready", .bool(isReady))
        add("executor", executor.map(JSON.string))
        add("allowed_paths", list(allowedPaths))
        add("acceptance_criteria", list(criteria))
        add("dependencies", list(dependencies))
        add("labels", list(labels))
        if inputs.members?.isEmpty == false { add("inputs", inputs) }
        return .object(members)
    }

    /// The task as YAML.
    package var text: String { YAMLBlockText.lines(json).joined(separator: "\n") + "\n" }

    /// An id made of a title, unlike those that are taken.
    package static func id(from title: String, besides taken: Set<String>) -> String {
        var slug = ""
        for scalar in title.lowercased().unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                slug.unicodeScalars.append(scalar)
            } else if !slug.isEmpty, !slug.hasSuffix("-") {
                slug += "-"
            }
        }
        var words = slug.split(separator: "-")
        while words.count > 1, words.reduce(0, { $0 + $1.count + 1 }) > 51 { words.removeLast() }
        let name = words.isEmpty ? "task" : String(words.joined(separator: "-").prefix(90))
        guard taken.contains(name) else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
    }
}

/// Writes values as YAML in blocks, short lists in brackets.
enum YAMLBlockText {
    private static let longestList = 60

    /// The lines of a mapping's members.
    static func lines(_ value: JSON) -> [String] {
        (value.members ?? []).flatMap { entry(scalar($0.name), $0.value) }
    }

    private static func entry(_ key: String, _ value: JSON) -> [String] {
        if let text = value.string, let block = literal(text) { return ["\(key): \(block.mark)"] + block.lines }
        if let elements = value.elements, !elements.isEmpty {
            if let short = short(elements) { return ["\(key): \(short)"] }
            return ["\(key):"] + elements.flatMap(item).map(indented)
        }
        if let members = value.members, !members.isEmpty { return ["\(key):"] + lines(value).map(indented) }
        return ["\(key): \(flow(value))"]
    }

    private static func indented(_ line: String) -> String { line.isEmpty ? "" : "  " + line }

    private static func item(_ value: JSON) -> [String] {
        guard let members = value.members, !members.isEmpty else { return ["- " + flow(value)] }
        return lines(value).enumerated().map { $0 == 0 ? "- " + $1 : indented($1) }
    }

    private static func short(_ elements: [JSON]) -> String? {
        guard elements.allSatisfy({ $0.elements == nil && $0.members == nil }) else { return nil }
        let text = "[" + elements.map { inFlow($0) }.joined(separator: ", ") + "]"
        return text.count <= longestList ? text : nil
    }

    /// Text of several lines, as it stands; `nil` where it needs quotes.
    private static func literal(_ text: String) -> (mark: String, lines: [String])? {
        guard text.contains("\n"), text.first != " ", text.first != "\n", !text.hasSuffix("\n\n"),
            !text.unicodeScalars.contains(where: {
                $0.value < 32 && $0 != "\n" || (0x7F..<0xA0).contains($0.value)
            })
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let isEnded = lines.last == ""
        if isEnded { lines.removeLast() }
        return (isEnded ? "|" : "|-", lines.map { $0.isEmpty ? "" : "  " + $0 })
    }

    private static func flow(_ value: JSON) -> String {
        value.string.map(scalar) ?? value.text()
    }

    private static func inFlow(_ value: JSON) -> String {
        guard let text = value.string else { return value.text() }
        return text.utf8.contains { ",[]{}".utf8.contains($0) } ? quoted(text) : scalar(text)
    }

    /// Bare where every reader takes it for this text, else in quotes.
    static func scalar(_ text: String) -> String {
        let isSafe = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || " -_./*+()'@=;!?$<>~^,".unicodeScalars.contains(scalar)
                : scalar.properties.isAlphabetic
        }
        let isBare =
            isSafe && text.first?.isLetter == true && text.last != " " && !words.contains(text.lowercased())
        return isBare ? text : quoted(text)
    }

    /// In double quotes, where YAML would break lines at more characters than JSON does.
    private static func quoted(_ text: String) -> String {
        var result = ""
        for scalar in JSON.string(text).text().unicodeScalars {
            let isLineEnd = scalar == "\u{2028}" || scalar == "\u{2029}" || scalar == "\u{FEFF}"
            guard isLineEnd || (0x7F..<0xA0).contains(scalar.value) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return result
    }

    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
}
