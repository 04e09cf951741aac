/// The keys a record knows at one level, and what each leads to.
final class KeyTable: Sendable {
    struct Target: Sendable {
        let field: Int
        let spelling: Int
        /// How the field is spelled today.
        let canonical: String
    }

    let children: [String: KeyTable]
    let target: Target?
    /// The dotted path that leads here.
    let path: String
    /// The key at the root under which everything below is found today, where that is another one.
    let successor: String?

    /// Builds the level below `path` from all spellings that pass through it.
    init(path: String, _ spellings: [(keys: ArraySlice<String>, target: Target)]) {
        self.path = path
        target = spellings.first { $0.keys.isEmpty }?.target
        var groups: [String: [(keys: ArraySlice<String>, target: Target)]] = [:]
        for spelling in spellings {
            if let key = spelling.keys.first {
                groups[key, default: []].append((spelling.keys.dropFirst(), spelling.target))
            }
        }
        var children: [String: KeyTable] = [:]
        for (key, group) in groups { children[key] = KeyTable(path: path.isEmpty ? key : "\(path).\(key)", group) }
        self.children = children
        let isGroup = target == nil && !path.isEmpty && !path.utf8.contains(UInt8(ascii: "."))
        successor = isGroup ? Self.commonHead(of: spellings.map(\.target.canonical), otherThan: path) : nil
    }

    /// The first key that all these dotted paths share.
    private static func commonHead(of paths: [String], otherThan known: String) -> String? {
        let heads = Set(paths.map { $0.prefix { $0 != "." } })
        return heads.count == 1 ? heads.first.flatMap { $0 == known ? nil : String($0) } : nil
    }

    /// The canonical dotted paths of all keys below with that name.
    func paths(endingIn name: String) -> [String] {
        children.flatMap { key, child in
            (key == name && child.target?.spelling == 0 ? [child.path] : []) + child.paths(endingIn: name)
        }.sorted()
    }
}
