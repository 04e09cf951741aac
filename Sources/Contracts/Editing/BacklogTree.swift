internal import Basics
internal import YAML

/// A backlog as YAML, with one of its tasks picked out.
struct BacklogTree {
    private let root: YAMLNode
    private let task: YAMLNode
    private let candidates: [YAMLNode]

    init(_ bytes: [UInt8], _ taskID: String) throws(WriteBackRefusal) {
        let refusal = { (reason: String) in BacklogEditor.refusal(taskID, reason) }
        let document: YAMLDocument?
        do throws(YAMLError) {
            var limits = YAMLLimits()
            limits.bytes = contractFileLimit
            limits.nodes = ContractBounds.nodes
            document = try YAML.parse(bytes, limits: limits).first
        } catch { throw refusal(error.message) }
        guard let document, let root = document.root else { throw refusal("the file is empty") }
        if let problem = document.problems.first { throw refusal(problem.message) }
        let tasks = root["tasks"]
        let candidates = root.items ?? tasks?.items ?? [root]
        let matches = candidates.filter { ($0["id"] ?? $0["task_id"])?.reads(taskID) == true }
        guard let task = matches.first else {
            throw refusal(
                candidates.contains(where: { Self.mergedID($0) == taskID })
                    ? "its fields come through a merge key" : "it is not in the file")
        }
        if matches.count > 1 { throw refusal("several tasks have that id") }
        if task.aliasSpan != nil || tasks?.aliasSpan != nil {
            throw refusal("it is written elsewhere and only referred to here")
        }
        if task.anchor != nil { throw refusal("other places of the file refer to it") }
        if task.entries?.contains(where: \.isMerge) == true {
            throw refusal("some of its fields come through a merge key")
        }
        (self.root, self.task, self.candidates) = (root, task, candidates)
    }

    private init(_ tree: BacklogTree, _ task: YAMLNode) {
        (root, self.task, candidates) = (tree.root, task, tree.candidates)
    }

    /// The other tasks of the file that fit, by the bytes that their fields take and their ids.
    func others(where fits: (Range<Int>, String) -> Bool) -> [(id: String, tree: BacklogTree)] {
        candidates.compactMap { node in
            guard let id = (node["id"] ?? node["task_id"])?.scalar?.text, let entries = node.entries,
                let first = entries.first, let last = entries.last
            else { return nil }
            let start = first.key.place.start.offset
            let end = max(last.value.place.end.offset, last.key.place.end.offset, start)
            return fits(start..<end, id) ? (id, BacklogTree(self, node)) : nil
        }
    }

    var entries: [YAMLEntry] { task.entries ?? [] }

    var isFlow: Bool { task.isFlow }

    func entry(_ key: String) -> YAMLEntry? { entries.first { $0.key.scalar?.text == key } }

    /// Whether the edited bytes say what was asked for, and otherwise what they said before.
    func differsOnlyAsAsked(
        from result: [UInt8], _ taskID: String, _ fields: WriteBackFields
    ) throws(WriteBackRefusal) -> Bool {
        guard let after = try? BacklogTree(result, taskID) else { return false }
        for field in fields.values where after.entry(field.key)?.value.value != field.value { return false }
        let written = Set(fields.values.map(\.key))
        let rest = { (tree: BacklogTree) in
            tree.entries.filter { !written.contains($0.key.scalar?.text ?? "") }
        }
        guard Self.isSame(rest(self), rest(after)) else { return false }
        return root.saysSame(as: after.root, apartFrom: task, after.task)
            ?? Self.isSame(root, after.root, apartFrom: task, after.task)
    }

    private static func mergedID(_ node: YAMLNode) -> String? {
        node.entriesIncludingMerged.first { ["id", "task_id"].contains($0.entry.key.scalar?.text) }?.entry.value
            .scalar?
            .text
    }

    private static func isSame(_ left: [YAMLEntry], _ right: [YAMLEntry]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { isSame($0.key, $1.key) && isSame($0.value, $1.value) }
    }

    /// Compares what two trees say; two nodes are taken for the same.
    private static func isSame(
        _ left: YAMLNode, _ right: YAMLNode, apartFrom one: YAMLNode? = nil, _ other: YAMLNode? = nil
    ) -> Bool {
        if left.isIdentical(to: one) || right.isIdentical(to: other) {
            return left.isIdentical(to: one) && right.isIdentical(to: other)
        }
        guard left.tag == right.tag, left.anchor == right.anchor else { return false }
        switch (left.content, right.content) {
        case (.scalar(let first), .scalar(let second)): return first == second
        case (.sequence(let first), .sequence(let second)):
            return first.count == second.count
                && zip(first, second).allSatisfy { isSame($0, $1, apartFrom: one, other) }
        case (.mapping(let first), .mapping(let second)):
            return first.count == second.count
                && zip(first, second).allSatisfy {
                    isSame($0.key, $1.key) && isSame($0.value, $1.value, apartFrom: one, other)
                }
        default: return false
        }
    }
}
