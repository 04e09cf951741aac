/// The keys a record knows at one level, and what each leads to.
final class KeyTable: Sendable {
    struct Target: Sendable {
        let field: Int
        let spelling: Int
    }

    let children: [String: KeyTable]
    let target: Target?
    /// The dotted path that leads here.
    let path: String

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
    }

    /// The dotted paths of all keys below with that name.
    func paths(endingIn name: String) -> [String] {
        children.flatMap { key, child in
            (key == name && child.target != nil ? [child.path] : []) + child.paths(endingIn: name)
        }.sorted()
    }
}
