internal import Basics

/// Finds near misses among very many names without comparing each: names that are one edit apart share a
/// spelling with one byte left out.
struct SpellingIndex {
    private var names: [String: [String]] = [:]

    init(_ known: some Sequence<String>) {
        for name in known {
            for key in Self.keys(of: name) { names[key, default: []].append(name) }
        }
    }

    func nearest(to name: String) -> String? {
        var candidates: Set<String> = []
        for key in Self.keys(of: name) {
            candidates.formUnion((names[key] ?? []).prefix(50))
        }
        return Suggestion.nearest(to: name, among: candidates)
    }

    private static func keys(of name: String) -> Set<String> {
        let bytes = Array(name.lowercased().utf8.prefix(100))
        var keys: Set<String> = [String(decoding: bytes, as: UTF8.self)]
        for index in bytes.indices {
            keys.insert(String(decoding: bytes[..<index] + bytes[(index + 1)...], as: UTF8.self))
        }
        return keys
    }
}
