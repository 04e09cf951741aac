internal import Basics
internal import CYAML

/// Finds keys that stand twice in one mapping.
enum DuplicateKeys {
    /// Mappings up to this size are compared key by key, which takes no memory.
    private static let small = 24

    /// A key, and where its text lies.
    private struct Key {
        let slot: UInt32
        let text: UnsafeRawBufferPointer
    }

    static func problems(in tree: YAMLTree) -> [YAMLProblem] {
        var problems: [YAMLProblem] = []
        var keys: [Key] = []
        tree.withTexts { texts in
            for slot in tree.slots.indices where tree.slots[slot].kind.isMapping {
                keys.removeAll(keepingCapacity: true)
                gather(UInt32(slot), tree, texts, &keys)
                if mayRepeat(keys) { report(keys.map(\.slot), tree, &problems) }
            }
        }
        return problems
    }

    private static func gather(
        _ mapping: UInt32, _ tree: YAMLTree, _ texts: YAMLTree.Texts, _ keys: inout [Key]
    ) {
        var child = mapping + 1
        while child < tree.slots[Int(mapping)].link {
            let resolved = tree.resolved(child)
            let kind = tree.slots[Int(resolved)].kind
            if !kind.isCollection {
                let text = texts.text(of: resolved)
                let isMerge = kind == .plain && text.elementsEqual("<<".utf8)
                if !isMerge { keys.append(Key(slot: child, text: text)) }
            }
            child = tree.next(after: tree.next(after: child))
        }
    }

    /// Rules out what most mappings are: few keys, in ASCII, of which no two are the same.
    private static func mayRepeat(_ keys: [Key]) -> Bool {
        if keys.count > small { return true }
        for (index, key) in keys.enumerated() {
            if key.text.contains(where: { $0 >= 0x80 }) { return true }
            for other in keys[..<index] where YAMLTree.isSame(other.text, key.text) { return true }
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
