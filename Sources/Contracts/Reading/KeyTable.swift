/// The keys a record knows at one level, and what each leads to.
struct KeyTable: Sendable {
    struct Target: Sendable {
        let field: Int
        let spelling: Int
        /// How the field is spelled today.
        let canonical: String
    }

    private(set) var children: [String: KeyTable] = [:]
    private(set) var target: Target?
    /// The dotted path that leads here.
    let path: String

    init(path: String = "") { self.path = path }

    /// Adds what a dotted path leads to; of two with one path the first counts.
    mutating func add(_ target: Target, at path: String) { add(target, at: path, from: path.startIndex) }

    private mutating func add(_ target: Target, at path: String, from start: String.Index) {
        guard let dot = path.utf8[start...].firstIndex(of: UInt8(ascii: ".")) else {
            let key = start == path.startIndex ? path : String(path[start...])
            return children[key, default: KeyTable(path: path)].lead(to: target)
        }
        children[String(path[start..<dot]), default: KeyTable(path: String(path[..<dot]))]
            .add(target, at: path, from: path.utf8.index(after: dot))
    }

    private mutating func lead(to target: Target) {
        if self.target == nil { self.target = target }
    }

    /// The key at the root under which everything below is found today, where that is another one.
    var successor: String? {
        guard target == nil, !path.isEmpty, !path.utf8.contains(UInt8(ascii: ".")) else { return nil }
        let heads = Set(canonicalPaths.map { $0.prefix { $0 != "." } })
        return heads.count == 1 ? heads.first.flatMap { $0 == path ? nil : String($0) } : nil
    }

    /// How everything here and below is spelled today.
    private var canonicalPaths: [String] {
        (target.map { [$0.canonical] } ?? []) + children.values.flatMap(\.canonicalPaths)
    }

    /// The canonical dotted paths of all keys below with that name.
    func paths(endingIn name: String) -> [String] {
        children.flatMap { key, child in
            (key == name && child.target?.spelling == 0 ? [child.path] : []) + child.paths(endingIn: name)
        }.sorted()
    }
}
