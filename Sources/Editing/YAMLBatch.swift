package import Basics
package import YAML

/// Changes of one YAML file that are made together: it is read once before them and, where all is well, once after them.
package struct YAMLBatch {
    /// Bytes that make a place of the file say something.
    package struct Change {
        package let steps: [ValuePath.Step]
        package let value: JSON
        package let edits: [ByteEdit]

        package init(_ steps: [ValuePath.Step], _ value: JSON, _ edits: [ByteEdit]) {
            (self.steps, self.value, self.edits) = (steps, value, edits)
        }
    }

    package let bytes: [UInt8]
    private let source: YAMLSource
    /// How often a text was read as YAML.
    package private(set) var reads = 1

    package init(_ bytes: [UInt8]) throws(EditRefusal) {
        (self.bytes, source) = (bytes, try YAMLSource(bytes))
    }

    package var value: JSON { source.value }

    /// The only document of the file.
    package var root: YAMLNode? { source.documents.count == 1 ? source.documents[0].root : nil }

    /// Changes for the assignments that exchange one scalar for another; `nil` for those that take more than that.
    package func changes(for assignments: [Assignment]) -> [Change?] {
        var found = [Change?](repeating: nil, count: assignments.count)
        // What has two spellings could be meant by two assignments, of which the later one holds.
        let isPlain = assignments.allSatisfy {
            !$0.value.isCollection && $0.path.steps.allSatisfy(\.hasOneSpelling)
        }
        guard isPlain else { return found }
        let tree = AssignmentTree(assignments.map { $0.path.steps[...] })
        let values = assignments.map(\.value)
        func collect(_ place: Int, _ edits: [ByteEdit]) {
            found[place] = Change(assignments[place].path.steps, values[place], edits)
        }
        if source.documents.count > 1 {
            for (index, document) in source.documents.enumerated() {
                guard let root = document.root, let child = tree.children[.index(index)] else { continue }
                YAMLWriter(bytes: bytes, root: root).scalarEdits(child, values, below: [.index(index)], collect)
            }
        } else if let root {
            YAMLWriter(bytes: bytes, root: root).scalarEdits(tree, values, below: [], collect)
        }
        let last = Dictionary(assignments.indices.map { (assignments[$0].path, $0) }, uniquingKeysWith: { $1 })
        for (place, assignment) in assignments.enumerated() {
            // The one that comes after it stands for it.
            guard let later = last[assignment.path], later != place, let change = found[later] else { continue }
            found[place] = Change(change.steps, change.value, [])
        }
        return found
    }

    /// The text with the changes, and the places in the list of those that it cannot have.
    package mutating func applying(_ changes: [Change]) -> (bytes: [UInt8], refused: [Int]) {
        let accepted = sound(Self.apart(changes), of: changes)
        return (result(of: accepted, changes), Set(changes.indices).subtracting(accepted).sorted())
    }

    /// The changes that hold together; those that do not are looked for by halves.
    private mutating func sound(_ places: [Int], of changes: [Change]) -> [Int] {
        guard !places.isEmpty, !holds(places, of: changes) else { return places }
        guard places.count > 1 else { return [] }
        let middle = places.count / 2
        let first = sound(Array(places[..<middle]), of: changes)
        let both = first + sound(Array(places[middle...]), of: changes)
        return both.count < places.count && holds(both, of: changes) ? both : first
    }

    private mutating func holds(_ places: [Int], of changes: [Change]) -> Bool {
        reads += 1
        let tree = AssignmentTree(places.map { changes[$0].steps[...] })
        let expected = tree.applied(to: value, values: places.map { changes[$0].value })
        guard let read = try? YAMLSource(result(of: places, changes)).value else { return false }
        return read == expected || read.unordered == expected.unordered
    }

    private func result(of places: [Int], _ changes: [Change]) -> [UInt8] {
        ByteEdit.apply(places.flatMap { changes[$0].edits }, to: bytes)
    }

    /// Those whose edits touch none of another change; of two that do, the first one is taken.
    private static func apart(_ changes: [Change]) -> [Int] {
        let edits = changes.indices.flatMap { place in changes[place].edits.map { (range: $0.range, place: place) }
        }
        let sorted = edits.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.place)
                < ($1.range.lowerBound, $1.range.upperBound, $1.place)
        }
        var refused: Set<Int> = []
        for (one, other) in zip(sorted, sorted.dropFirst()) where one.place != other.place {
            let isApart =
                one.range.upperBound <= other.range.lowerBound && one.range.lowerBound < other.range.lowerBound
            if !isApart { refused.insert(max(one.place, other.place)) }
        }
        return changes.indices.filter { !refused.contains($0) }
    }
}

extension ValuePath.Step {
    fileprivate var hasOneSpelling: Bool {
        switch self {
        case .key(let key): Int(key) == nil
        case .index(let index): index >= 0
        case .element: false
        }
    }
}

extension YAMLWriter {
    /// The edits that exchange scalars for others, found on one walk through the document.
    ///
    /// What does not stand there, stands there twice, is shared or has a tag is left out.
    fileprivate func scalarEdits(
        _ tree: AssignmentTree, _ values: [JSON], below steps: [ValuePath.Step],
        _ collect: (Int, [ByteEdit]) -> Void
    ) {
        walk(Spot(node: root, holder: .document, isInFlow: false), tree, values, steps, collect)
    }

    private func walk(
        _ spot: Spot, _ tree: AssignmentTree, _ values: [JSON], _ steps: [ValuePath.Step],
        _ collect: (Int, [ByteEdit]) -> Void
    ) {
        guard (try? checkIsOwn(spot.node, before: steps[...])) != nil else { return }
        let isInFlow = spot.isInFlow || spot.node.isFlow
        if let place = tree.assignment {
            guard tree.children.isEmpty, spot.node.isScalar,
                let edits = scalarEdit(of: spot, values[place], at: steps)
            else { return }
            return collect(place, edits)
        }
        for (index, item) in (spot.node.items ?? []).enumerated() {
            guard let child = tree.children[.index(index)] else { continue }
            let inner = Spot(node: item, holder: .item(of: spot.node), isInFlow: isInFlow)
            walk(inner, child, values, steps + [.index(index)], collect)
        }
        guard let entries = spot.node.entries else { return }
        var seen: [String: [YAMLEntry]] = [:]
        for entry in entries {
            guard let key = entry.key.scalar?.text, tree.children[.key(key)] != nil else { continue }
            seen[key, default: []].append(entry)
        }
        for (key, found) in seen where found.count == 1 {
            guard let child = tree.children[.key(key)] else { continue }
            let inner = Spot(node: found[0].value, holder: .entry(found[0], of: spot.node), isInFlow: isInFlow)
            walk(inner, child, values, steps + [.key(key)], collect)
        }
    }

    /// The best way to write a scalar; none where it says so already.
    private func scalarEdit(of spot: Spot, _ value: JSON, at steps: [ValuePath.Step]) -> [ByteEdit]? {
        if spot.node.plainValue == value { return [] }
        return (try? replacements(of: spot, by: value, at: steps[...]))?.first
    }
}
