/// The types, modules or suites that are open at a place of the code.
struct CodeScopes {
    private var open: [(name: String, end: Int, isSkipped: Bool)] = []

    /// Leaves what ended before the place.
    mutating func move(to place: Int) { while let last = open.last, last.end < place { open.removeLast() } }

    /// Beyond a hundred levels nothing is of this world.
    mutating func enter(_ name: String, until end: Int, isSkipped: Bool) {
        if open.count < 100 { open.append((name, end, isSkipped)) }
    }

    var names: [String] { open.map(\.name) }

    var isSkipped: Bool { open.contains(where: \.isSkipped) }
}
