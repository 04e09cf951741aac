internal import Basics

/// Writes values into JSON as its author would have: same indentation, same spacing, same line ends.
struct JSONWriter {
    let bytes: [UInt8]
    let root: JSONNode

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        var node = root
        for (depth, step) in steps.enumerated() {
            if let child = node.child(step) {
                node = child
                continue
            }
            let inner = JSON.setting(value, at: steps[(depth + 1)...], in: nil)
            if case .scalar = node.content {
                // A way through `null`: it becomes what is to stand there.
                return [[replacement(of: node, by: JSON.setting(inner, at: [step], in: nil))]]
            }
            return [addition(of: inner, under: step, to: node)]
        }
        return [[replacement(of: node, by: value)]]
    }

    private func replacement(of node: JSONNode, by value: JSON) -> ByteEdit {
        let isSpread = node.elementRanges.isEmpty ? isPretty : isSpread(node)
        let indent = Lines.indentation(at: node.range.lowerBound, in: bytes)
        return ByteEdit(node.range, text(of: value, indent: isSpread ? indent : nil))
    }

    // MARK: Additions

    private func addition(of value: JSON, under step: ValuePath.Step, to node: JSONNode) -> [ByteEdit] {
        guard let last = node.elementRanges.last else {
            return [firstElement(value, under: step, in: node)]
        }
        let end = node.endsWithComma ? comma(after: last.upperBound) + 1 : last.upperBound
        let comma = node.endsWithComma ? [] : [ByteEdit(at: end, inserting: ",")]
        let ending = node.endsWithComma ? "," : ""
        guard isSpread(node), Lines.isFirst(last.lowerBound, in: bytes) else {
            let gap = isSpread(node) ? " " : gapBehindComma(in: node)
            return comma + [ByteEdit(at: end, inserting: gap + element(value, under: step, indent: nil) + ending)]
        }
        let indent = Lines.indentation(at: last.lowerBound, in: bytes)
        let line = newLine + indent + element(value, under: step, indent: indent) + ending
        return comma + [ByteEdit(at: endOfComments(after: end), inserting: line)]
    }

    private func firstElement(_ value: JSON, under step: ValuePath.Step, in node: JSONNode) -> ByteEdit {
        let place = node.range.lowerBound + 1
        let isEmpty = bytes[place..<(node.range.upperBound - 1)].allSatisfy(Lines.isSpace)
        let range = isEmpty ? place..<(node.range.upperBound - 1) : place..<place
        guard isPretty else { return ByteEdit(range, element(value, under: step, indent: nil)) }
        let outer = Lines.indentation(at: node.range.lowerBound, in: bytes)
        let inner = outer + unit
        let text = newLine + inner + element(value, under: step, indent: inner)
        return ByteEdit(range, isEmpty ? text + newLine + outer : text)
    }

    private func element(_ value: JSON, under step: ValuePath.Step, indent: String?) -> String {
        let text = text(of: value, indent: indent)
        guard case .key(let key) = step else { return text }
        return JSON.string(key).text() + colon + text
    }

    /// Behind the comments that stand on the same line.
    private func endOfComments(after offset: Int) -> Int {
        var end = offset
        var position = offset
        while position < bytes.count {
            if Lines.isBlank(bytes[position]) {
                position += 1
            } else if let next = JSONComment.end(at: position, in: bytes) {
                (position, end) = (next, next)
            } else {
                break
            }
        }
        return end
    }

    private func comma(after offset: Int) -> Int {
        var position = offset
        while position < bytes.count, bytes[position] != UInt8(ascii: ",") {
            position = JSONComment.end(at: position, in: bytes) ?? position + 1
        }
        return position
    }

    // MARK: The author's habits

    private var newLine: String { Lines.ending(of: bytes) }

    /// Whether the file is laid out over several lines.
    private var isPretty: Bool { root.elementRanges.isEmpty || isSpread(root) }

    /// Whether the elements stand on lines of their own.
    private func isSpread(_ node: JSONNode) -> Bool {
        guard let last = node.elementRanges.last else { return false }
        return bytes[node.range.lowerBound..<last.lowerBound].contains(Lines.feed)
    }

    /// What one level is indented by.
    private var unit: String {
        guard let first = root.elementRanges.first, isSpread(root) else { return "  " }
        let indent = Lines.indentation(at: first.lowerBound, in: bytes)
        return indent.isEmpty ? "  " : indent
    }

    /// The colon between a name and its value, with the spaces around it.
    private var colon: String {
        guard let (name, value) = firstMember(of: root) else { return ": " }
        let text = String(decoding: bytes[name.upperBound..<value.lowerBound], as: UTF8.self)
        return text.allSatisfy { $0 == ":" || $0 == " " } ? text : ": "
    }

    private func firstMember(of node: JSONNode) -> (name: Range<Int>, value: Range<Int>)? {
        switch node.content {
        case .scalar: return nil
        case .object(let members): return members.first.map { ($0.nameRange, $0.value.range) }
        case .array(let elements): return elements.lazy.compactMap { firstMember(of: $0) }.first
        }
    }

    private func gapBehindComma(in node: JSONNode) -> String {
        let ranges = node.elementRanges
        guard ranges.count > 1 else { return colon.hasSuffix(" ") ? " " : "" }
        let comma = comma(after: ranges[ranges.count - 2].upperBound)
        let gap = bytes[(comma + 1)..<ranges[ranges.count - 1].lowerBound]
        return gap.allSatisfy(Lines.isBlank) ? String(decoding: gap, as: UTF8.self) : " "
    }

    /// A value; over several lines where an indentation is given.
    private func text(of value: JSON, indent: String?) -> String {
        switch value {
        case .array(let elements): return group(elements.map { ("", $0) }, "[", "]", indent)
        case .object(let members):
            return group(members.map { (JSON.string($0.name).text() + colon, $0.value) }, "{", "}", indent)
        default: return value.text()
        }
    }

    private func group(
        _ items: [(name: String, value: JSON)], _ open: String, _ close: String, _ indent: String?
    ) -> String {
        guard !items.isEmpty else { return open + close }
        guard let indent else {
            let gap = colon.hasSuffix(" ") ? ", " : ","
            return open + items.map { $0.name + text(of: $0.value, indent: nil) }.joined(separator: gap) + close
        }
        let inner = indent + unit
        let lines = items.map { inner + $0.name + text(of: $0.value, indent: inner) }
        return open + newLine + lines.joined(separator: "," + newLine) + newLine + indent + close
    }
}
