internal import CYAML

/// Compares what two documents say, slot by slot: no text is made, and nothing is allocated for a node.
private struct YAMLComparison {
    let left: YAMLTree
    let right: YAMLTree
    let texts: (left: YAMLTree.Texts, right: YAMLTree.Texts)
    /// The ends of the collections that are being compared.
    var open: [(left: UInt32, right: UInt32)] = []

    /// Whether two nodes say the same, one node below each left out; `nil` where aliases would have to be followed.
    mutating func isSame(_ start: (left: UInt32, right: UInt32), apartFrom one: UInt32, _ other: UInt32) -> Bool? {
        var (here, there) = start
        let (end, otherEnd) = (next(after: here, texts.left), next(after: there, texts.right))
        while here < end {
            guard closes(here, there), there < otherEnd else { return false }
            if here == one || there == other {
                guard here == one, there == other else { return false }
                (here, there) = (next(after: here, texts.left), next(after: there, texts.right))
                continue
            }
            guard let isAlike = isAlike(here, there) else { return nil }
            guard isAlike else { return false }
            let (mine, theirs) = (texts.left.slots[Int(here)], texts.right.slots[Int(there)])
            if mine.kind.isCollection { open.append((mine.link, theirs.link)) }
            (here, there) = (here + 1, there + 1)
        }
        return closes(here, there) && there == otherEnd
    }

    /// The slot behind a node and all that it holds.
    private func next(after slot: UInt32, _ texts: YAMLTree.Texts) -> UInt32 {
        let found = texts.slots[Int(slot)]
        return found.kind.isCollection ? found.link : slot + 1
    }

    /// Whether the collections that end here end at the same place in both trees.
    private mutating func closes(_ here: UInt32, _ there: UInt32) -> Bool {
        while let last = open.last, last.left == here || last.right == there {
            guard last.left == here, last.right == there else { return false }
            open.removeLast()
        }
        return true
    }

    /// Whether two nodes are alike, whatever they hold; `nil` for aliases.
    private func isAlike(_ here: UInt32, _ there: UInt32) -> Bool? {
        let (one, other) = (texts.left.slots[Int(here)], texts.right.slots[Int(there)])
        if one.kind == .alias || other.kind == .alias { return nil }
        if one.hasProperties || other.hasProperties {
            let (mine, theirs) = (left.properties(of: here), right.properties(of: there))
            guard mine?.tag == theirs?.tag, mine?.anchor == theirs?.anchor else { return false }
        }
        if one.kind.isCollection {
            return one.kind.isMapping == other.kind.isMapping && one.kind.isSequence == other.kind.isSequence
        }
        return one.kind == other.kind
            && YAMLTree.isSame(texts.left.text(of: here), texts.right.text(of: there))
    }
}

extension YAMLNode {
    /// Whether two documents say the same, a node of each left out; `nil` where aliases would have to be followed.
    package func saysSame(as other: YAMLNode, apartFrom mine: YAMLNode, _ theirs: YAMLNode) -> Bool? {
        tree.withTexts { texts in
            other.tree.withTexts { others in
                var comparison = YAMLComparison(left: tree, right: other.tree, texts: (texts, others))
                return comparison.isSame((slot, other.slot), apartFrom: mine.slot, theirs.slot)
            }
        }
    }
}
