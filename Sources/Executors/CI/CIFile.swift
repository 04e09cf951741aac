internal import Basics
internal import Editing
internal import Paths
internal import YAML

/// A file that defines CI, while it is edited: changes are collected, and made together at the end.
struct CIFile {
    let path: RepoPath
    /// The file as it was.
    let bytes: [UInt8]
    let root: YAMLNode?
    /// What the file said before any change.
    let value: JSON
    /// Only a person can change these.
    private(set) var left: [String] = []
    private var batch: YAMLBatch
    private var changes: [Change] = []
    private var places: [[ValuePath.Step]: Int] = [:]
    private let parts: CIParts
    private let formatter: YAMLFormatter

    private struct Change {
        let steps: [ValuePath.Step]
        let before: JSON?
        var after: JSON
        /// How the values before and after are told.
        var shown: (before: String, after: String)
        /// `nil` where they are still to be found.
        var edits: [ByteEdit]?
        /// Whether there is no other way to write it.
        var isOnlyWay = false
        /// A new member's sibling, before which it stands.
        var sibling: String?
        /// What is said where there is no way to write it; without it, the task fails.
        var orElse: String?
    }

    init(_ path: RepoPath, _ bytes: [UInt8]) throws(EditRefusal) {
        guard bytes.count <= FileFormat.sizeLimit else {
            throw EditRefusal(syntax: "it is larger than \(SizeText.text(FileFormat.sizeLimit))")
        }
        (self.path, self.bytes, batch) = (path, bytes, try YAMLBatch(bytes))
        (value, root) = (batch.value, batch.root)
        guard value.members != nil else { throw EditRefusal(syntax: "it is no mapping of keys") }
        (parts, formatter) = (CIParts(value, root), YAMLFormatter(root: root))
    }

    mutating func leave(_ reason: String) { left.append("\(path): \(reason)") }

    /// What the file says at a place with the changes so far.
    func value(at steps: [ValuePath.Step]) -> JSON? {
        if let place = places[steps] { return changes[place].after }
        return parts.value(at: steps)
    }

    /// Sets a value; what it was before is told.
    mutating func set(_ steps: [ValuePath.Step], to wanted: JSON, orElse: String? = nil) {
        let before = value(at: steps)
        guard before?.unordered != wanted.unordered else { return }
        add(Change(steps: steps, before: before, after: wanted, shown: Self.shown(before, wanted), orElse: orElse))
    }

    /// Sets a member; a new one stands before a sibling, where people look for it.
    mutating func set(_ key: String, in mapping: [ValuePath.Step], to wanted: JSON, before sibling: String) {
        let steps = mapping + [.key(key)]
        guard value(at: steps) == nil, let node = parts.node(at: mapping),
            let edit = insertion(of: key, wanted, into: node, before: sibling, isRoot: mapping.isEmpty, in: bytes)
        else { return set(steps, to: wanted) }
        add(
            Change(
                steps: steps, before: nil, after: wanted, shown: Self.shown(nil, wanted), edits: [edit],
                sibling: sibling))
    }

    /// Exchanges a scalar for another one, with a tag as the comment behind it.
    ///
    /// `shown` is how the value before and the new one are told.
    mutating func replaceScalar(
        _ node: YAMLNode, at steps: [ValuePath.Step], with text: String, tag: String?,
        shown: (before: String, after: String)
    ) throws(EditRefusal) {
        guard let scalar = node.scalar, node.aliasSpan == nil, scalar.style != .literal, scalar.style != .folded
        else { throw EditRefusal("'\(ValuePath(steps))' is written in a way that only a person can change") }
        var range = node.span.byteRange
        if scalar.style != .plain { range = (range.lowerBound + 1)..<(range.upperBound - 1) }
        var edits = scalar.text == text ? [] : [ByteEdit(range, text)]
        if let tag { edits += TagComment.edits(setting: tag, behind: node.span.byteRange.upperBound, in: bytes) }
        guard !edits.isEmpty else { return }
        add(
            Change(
                steps: steps, before: .string(scalar.text), after: .string(text), shown: shown, edits: edits,
                isOnlyWay: true))
    }

    private mutating func add(_ change: Change) {
        guard let place = places[change.steps] else {
            places[change.steps] = changes.count
            return changes.append(change)
        }
        changes[place].after = change.after
        changes[place].shown.after = change.shown.after
        changes[place].edits = change.edits
    }

    private static func shown(_ before: JSON?, _ after: JSON) -> (before: String, after: String) {
        (before?.plainText ?? "", after.plainText)
    }

    // MARK: The result

    /// The file with all changes, and what is told of them.
    mutating func finish() throws(EditRefusal) -> (bytes: [UInt8], notes: [String]) {
        findEdits()
        let ready = changes.indices.filter { changes[$0].edits != nil }
        var (result, refused) = batch.applying(
            ready.map { YAMLBatch.Change(changes[$0].steps, changes[$0].after, changes[$0].edits ?? []) })
        let rest = Set(changes.indices).subtracting(ready).union(refused.map { ready[$0] }).sorted()
        var notes = ChangeNotes(path)
        for place in changes.indices {
            if rest.contains(sorted: place), try !write(changes[place], to: &result) { continue }
            notes.add(
                "\(ValuePath(changes[place].steps))", changes[place].shown.before, changes[place].shown.after)
        }
        return (result, notes.lines)
    }

    private mutating func findEdits() {
        let open = changes.indices.filter { changes[$0].edits == nil && !changes[$0].after.isCollection }
        let found = batch.changes(for: open.map { Assignment(ValuePath(changes[$0].steps), changes[$0].after) })
        for (place, change) in zip(open, found) { changes[place].edits = change?.edits }
    }

    /// Writes by itself what could not be written with the others; says whether there was a way.
    private mutating func write(_ change: Change, to text: inout [UInt8]) throws(EditRefusal) -> Bool {
        do throws(EditRefusal) {
            guard !change.isOnlyWay else {
                throw EditRefusal(
                    "the layout around '\(ValuePath(change.steps))' leaves no safe place to write it")
            }
            if let result = inserted(change, in: text) {
                text = result
            } else {
                text = try FileFormat.yaml.setting(ValuePath(change.steps), to: change.after, in: text)
            }
            return true
        } catch {
            guard let reason = change.orElse else { throw error }
            leave("\(reason): \(error.message)")
            return false
        }
    }

    /// The text with a new member before its sibling; `nil` where that is no way.
    private func inserted(_ change: Change, in text: [UInt8]) -> [UInt8]? {
        guard let sibling = change.sibling, case .key(let key)? = change.steps.last,
            var batch = try? YAMLBatch(text), let node = batch.root?.node(at: change.steps.dropLast()),
            let edit = insertion(
                of: key, change.after, into: node, before: sibling, isRoot: change.steps.count == 1, in: text)
        else { return nil }
        let (result, refused) = batch.applying([YAMLBatch.Change(change.steps, change.after, [edit])])
        return refused.isEmpty ? result : nil
    }

    private func insertion(
        of key: String, _ wanted: JSON, into node: YAMLNode, before sibling: String, isRoot: Bool, in text: [UInt8]
    ) -> ByteEdit? {
        guard !node.isFlow, let entry = node.entries?.first(where: { $0.key.reads(sibling) }) else { return nil }
        var place = Lines.start(of: entry.key.span.start.offset, in: text)
        // Comments right above belong to what they stand above.
        while place > 0 {
            let above = Lines.start(of: place - 1, in: text)
            let line = text[above..<place].drop(while: Lines.isBlank)
            guard line.first == UInt8(ascii: "#"), above < place else { break }
            place = above
        }
        guard place > 0 || isRoot else { return nil }
        var lines = formatter.lines(of: .object([.init(key, wanted)]), indent: node.indent)
        // Sections stand as far from each other as they did.
        if isRoot, place > 0, Lines.isEmpty(before: place, in: text) { lines.append("") }
        return Lines.insertion(of: lines, at: place, in: text)
    }
}

extension [Int] {
    /// Whether an array in order has the number.
    fileprivate func contains(sorted number: Int) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == number
    }
}

/// The jobs and other parts of a file that defines CI by their names, however many there are.
struct CIParts {
    private let value: JSON
    private let root: YAMLNode?
    private let top: [String: JSON]
    private let jobs: [String: JSON]
    private let topNodes: [String: YAMLNode]
    private let jobNodes: [String: YAMLNode]

    init(_ value: JSON, _ root: YAMLNode?) {
        (self.value, self.root) = (value, root)
        (top, jobs) = (Self.members(value), Self.members(value["jobs"]))
        (topNodes, jobNodes) = (Self.nodes(root), Self.nodes(root?["jobs"]))
    }

    private static func members(_ value: JSON?) -> [String: JSON] {
        Dictionary((value?.members ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private static func nodes(_ node: YAMLNode?) -> [String: YAMLNode] {
        Dictionary(
            (node?.entries ?? []).compactMap { entry in entry.key.scalar.map { ($0.text, entry.value) } },
            uniquingKeysWith: { first, _ in first })
    }

    func value(at steps: [ValuePath.Step]) -> JSON? {
        guard case .key(let name)? = steps.first else { return steps.isEmpty ? value : nil }
        if name == "jobs", steps.count > 1, case .key(let job) = steps[1] {
            return jobs[job]?.value(at: steps[2...])
        }
        return top[name]?.value(at: steps[1...])
    }

    func node(at steps: [ValuePath.Step]) -> YAMLNode? {
        guard case .key(let name)? = steps.first else { return root }
        if name == "jobs", steps.count > 1, case .key(let job) = steps[1] {
            return jobNodes[job]?.node(at: steps[2...])
        }
        return topNodes[name]?.node(at: steps[1...])
    }
}
