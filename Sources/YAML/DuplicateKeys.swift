internal import Basics

/// Finds keys that stand twice in one mapping.
enum DuplicateKeys {
    /// Mappings up to this size are compared key by key, which takes no memory.
    private static let small = 24

    static func problems(in tree: YAMLTree) -> [YAMLProblem] {
        var problems: [YAMLProblem] = []
        var keys: [UInt32] = []
        for slot in tree.slots.indices where tree.slots[slot].kind.isMapping {
            keys.removeAll(keepingCapacity: true)
            for (index, child) in YAMLNode(tree: tree, slot: UInt32(slot)).children.enumerated()
            where index.isMultiple(of: 2) && child.isScalar && !YAMLEntry(tree: tree, slot: child.slot).isMerge {
                keys.append(child.slot)
            }
            if mayRepeat(keys, tree) { report(keys, tree, &problems) }
        }
        return problems
    }

    /// Rules out what most mappings are: few keys, in ASCII, of which no two are the same.
    private static func mayRepeat(_ keys: [UInt32], _ tree: YAMLTree) -> Bool {
        if keys.count > small { return true }
        for (index, key) in keys.enumerated() {
            let text = tree.text(of: tree.resolved(key))
            if text.contains(where: { $0 >= 0x80 }) { return true }
            for other in keys[..<index] {
                let other = tree.resolved(other)
                if tree.textLength(of: other) == text.count, tree.isSameText(other, tree.resolved(key)) {
                    return true
                }
            }
        }
        return false
    }

    private static func report(_ keys: [UInt32], _ tree: YAMLTree, _ problems: inout [YAMLProblem]) {
        var seen: [String: SourceSpan] = [:]
        for key in keys.map({ YAMLNode(tree: tree, slot: $0) }) {
            guard let text = key.scalar?.text else { continue }
            guard let first = seen[text] else {
                seen[text] = key.place
                continue
            }
            problems.append(
                YAMLProblem(
                    kind: .duplicateKey, message: "the key '\(text)' stands twice in one mapping",
                    span: key.place, related: [("first written here", first)]))
        }
    }
}
